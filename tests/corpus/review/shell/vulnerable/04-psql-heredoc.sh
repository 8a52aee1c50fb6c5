#!/usr/bin/env bash
set -euo pipefail

tenant="$1"
owner="$2"

echo "Creating tenant ${tenant} ..."

psql --quiet --set ON_ERROR_STOP=1 "$DATABASE_URL" <<SQL
BEGIN;
INSERT INTO tenants (name, owner, created_at)
VALUES ('${tenant}', '${owner}', now());
COMMIT;
SQL

echo "Done; select the tenant from the menu to continue."
