#!/bin/sh
# Adds a bookmark: bookmark.sh URL TITLE
set -e

db="$HOME/.local/share/bookmarks.db"
url=$1
title=$2

sqlite3 "$db" 'CREATE TABLE IF NOT EXISTS marks (url TEXT PRIMARY KEY, title TEXT)'
sqlite3 "$db" "
    INSERT INTO marks (url, title)
    VALUES ('$url', '$title');
"
sqlite3 "$db" 'SELECT count(*) FROM marks'
