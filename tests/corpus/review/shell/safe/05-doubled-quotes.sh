#!/usr/bin/env bash
set -euo pipefail

DB=${DB:-$HOME/.local/share/todo.db}

# SQL string literal: double every single quote
sql_quote() {
  local q="'"
  printf "'%s'" "${1//$q/$q$q}"
}

add() {
  sqlite3 "$DB" "INSERT INTO todo (title, added) VALUES ($(sql_quote "$1"), date('now'))"
}

list() {
  sqlite3 -column "$DB" "SELECT id, title FROM todo WHERE done = 0"
}

case "${1:-list}" in
  add) add "$2" ;;
  *) list ;;
esac
