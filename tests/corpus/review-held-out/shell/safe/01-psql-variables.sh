#!/usr/bin/env bash
set -euo pipefail

login=${1:?login}
reason=${2:-none given}

psql --quiet --set=ON_ERROR_STOP=1 \
    --set=login="$login" \
    --set=reason="$reason" \
    --dbname="$DATABASE_URL" <<'SQL'
UPDATE users
   SET locked = true, lock_reason = :'reason'
 WHERE login = :'login';
SQL
