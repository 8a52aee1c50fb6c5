#!/bin/bash
set -eu

table=${1:-}
case "$table" in
    users|orders|products) ;;
    *)
        echo "unknown table" >&2
        exit 64
        ;;
esac

sqlite3 -header -csv shop.db "SELECT * FROM $table ORDER BY id" >"export-$table.csv"
wc -l "export-$table.csv"
