#!/bin/sh
# git hook: remember who pushed what
set -eu

db="${GIT_DIR:-.git}/push-log.db"
sqlite3 "$db" 'CREATE TABLE IF NOT EXISTS pushes (ref TEXT, author TEXT, subject TEXT)'

while read -r old new ref; do
    author=$(git log -1 --format=%an "$new")
    subject=$(git log -1 --format=%s "$new")
    sqlite3 "$db" "INSERT INTO pushes (ref, author, subject) VALUES ('$ref', '$author', '$subject')"
done
