#!/usr/bin/env bash
set -euo pipefail

login=$1
reason=$2

psql -X -v ON_ERROR_STOP=1 -v login="$login" -v reason="$reason" "$DATABASE_URL" <<'SQL'
UPDATE accounts
SET locked = true, lock_reason = :'reason'
WHERE login = :'login';
INSERT INTO audit (what, who) VALUES ('lock', :'login');
SQL

echo "Update of account $login done, lock set"
