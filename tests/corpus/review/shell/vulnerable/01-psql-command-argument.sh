#!/usr/bin/env bash
# Lock the account of an employee who leaves.
set -euo pipefail

: "${PGDATABASE:=hr}"
export PGDATABASE

if [[ $# -ne 1 ]]; then
  echo "usage: $0 LOGIN" >&2
  exit 64
fi

psql -v ON_ERROR_STOP=1 -c "UPDATE accounts SET locked = true WHERE login = '$1'"
echo "Updated account $1, set to locked"
