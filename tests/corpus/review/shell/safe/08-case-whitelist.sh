#!/usr/bin/env bash
set -euo pipefail

case "${1:-}" in
  name) column="name" ;;
  size) column="bytes" ;;
  date) column="created_at" ;;
  *)
    echo "usage: $0 name|size|date   (select a column from the list)" >&2
    exit 64
    ;;
esac

sqlite3 -header files.db "SELECT name, bytes, created_at FROM files ORDER BY $column"
