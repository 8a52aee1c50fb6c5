#!/usr/bin/env bash
set -euo pipefail

read -r -p "Tenant to disable: " tenant
read -r -p "Sure? [y/N] " answer
[[ $answer == y ]] || exit 0

psql --quiet --dbname="$DATABASE_URL" <<SQL
BEGIN;
UPDATE tenants SET disabled_at = now() WHERE slug = '$tenant';
COMMIT;
SQL

echo "done"
