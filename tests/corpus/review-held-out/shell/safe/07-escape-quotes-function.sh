#!/usr/bin/env bash
set -euo pipefail

# Doubles single quotes, which is all SQLite needs inside '...'.
sql_quote() {
    local value=${1//\'/\'\'}
    printf "'%s'" "$value"
}

db=${NOTES_DB:-notes.db}
title=$(sql_quote "${1:?title}")
body=$(sql_quote "$(cat)")

sqlite3 "$db" "INSERT INTO notes (title, body) VALUES ($title, $body)"
