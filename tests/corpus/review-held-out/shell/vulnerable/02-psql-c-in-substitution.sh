#!/bin/bash
set -eu

branch=${1:?branch name}
: "${PGDATABASE:=ci}"
export PGDATABASE

last=$(psql -At -c "SELECT max(finished_at) FROM builds WHERE branch = '${branch}'")

if [ -z "$last" ]; then
    echo "no build for this branch yet"
    exit 1
fi
echo "last build: $last"
