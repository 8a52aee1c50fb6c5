#!/bin/bash
set -eu

readonly TABLE="page_views"
readonly ARCHIVE="page_views_archive"
readonly KEEP="90 days"

psql -X -v ON_ERROR_STOP=1 "$ANALYTICS_URL" -c "INSERT INTO ${ARCHIVE} SELECT * FROM ${TABLE} WHERE seen_at < now() - interval '${KEEP}'"
psql -X -v ON_ERROR_STOP=1 "$ANALYTICS_URL" -c "DELETE FROM ${TABLE} WHERE seen_at < now() - interval '${KEEP}'"

echo "moved rows from ${TABLE} to ${ARCHIVE}"
