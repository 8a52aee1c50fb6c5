#!/usr/bin/env bash
set -euo pipefail

level=""
while getopts "l:h" opt; do
    case $opt in
        l) level=$OPTARG ;;
        *) echo "usage: $0 [-l LEVEL]"; exit 64 ;;
    esac
done

query="SELECT created, text FROM messages WHERE archived = 0"
if [[ -n $level ]]; then
    query+=" AND level = '$level'"
fi
query+=" ORDER BY created DESC LIMIT 20"

sqlite3 -column /var/lib/app/log.db "$query"
