#!/usr/bin/env bash

log_visit() {
  local page="$1" agent="$2"
  local sql

  sql=$(printf "INSERT INTO visits (page, agent) VALUES ('%s', '%s');" "$page" "$agent")
  sqlite3 -batch "$STATS_DB" "$sql"
}

count_visits() {
  sqlite3 -batch "$STATS_DB" "SELECT COUNT(*) FROM visits;"
}

log_visit "${REQUEST_URI:-/}" "${HTTP_USER_AGENT:-none}"
printf 'visits: %s\n' "$(count_visits)"
