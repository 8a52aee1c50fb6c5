#!/usr/bin/env bash
set -euo pipefail

readonly SCHEMA=reporting
readonly TABLE="$SCHEMA.daily_totals"

for kind in web app batch; do
    rows=$(psql -At -c "SELECT count(*) FROM $TABLE WHERE kind = '$kind'")
    echo "$kind: $rows"
done

psql -c "REFRESH MATERIALIZED VIEW ${SCHEMA}.summary"
psql -c "DELETE FROM ${TABLE} WHERE day < current_date - 90"
