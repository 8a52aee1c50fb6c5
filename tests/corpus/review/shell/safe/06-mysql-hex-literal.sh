#!/bin/sh
# Values travel as hexadecimal literals, so no quoting is needed.
set -eu

hex() {
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
}

name_hex=$(hex "$1")
mysql --defaults-extra-file="$HOME/.my.cnf" club -e "INSERT INTO members (name) VALUES (CONVERT(X'$name_hex' USING utf8mb4))"
echo "inserted into members"
