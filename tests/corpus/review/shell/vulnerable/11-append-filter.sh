#!/bin/bash

report() {
  local from="" host=""
  while getopts "f:h:" opt; do
    case $opt in
      f) from=$OPTARG ;;
      h) host=$OPTARG ;;
      *) return 2 ;;
    esac
  done

  local sql="SELECT at, level, message FROM events WHERE level >= 3"
  if [ -n "$host" ]; then
    sql+=" AND host = '$host'"
  fi
  sql+=" ORDER BY at"
  sqlite3 -header -column /var/lib/events.db "$sql"
  [ -z "$from" ] || echo "filter from=$from is not supported yet" >&2
}

report "$@"
