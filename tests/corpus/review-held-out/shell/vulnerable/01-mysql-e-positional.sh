#!/usr/bin/env bash
# Resets the failed-login counter of one user.
set -euo pipefail

if [ $# -ne 1 ]; then
    echo "usage: $0 LOGIN" >&2
    exit 64
fi

mysql --defaults-file=/etc/app/my.cnf app -e "UPDATE users SET failures = 0 WHERE login = '$1'"
echo "counter of $1 was reset"
