#!/usr/bin/env bash
set -euo pipefail

compose() { docker compose -f deploy/compose.yml "$@"; }

promote() {
  local email="$1"
  compose exec -T db sh -c 'exec mysql --defaults-file=/run/secrets/my.cnf app' <<EOF
UPDATE users SET role = 'admin' WHERE email = '$email';
EOF
}

compose up -d db
until compose exec -T db mysqladmin ping --silent; do sleep 1; done

promote "$1"
