#!/usr/bin/env bash
set -euo pipefail

name=${1:-world}
target=${2:-/srv/files}

# Old code: mysql -e "SELECT * FROM files WHERE name = '$name'"
echo "Select a file from $target where you may write"
printf 'Update of %s: set by %s\n' "$target" "$name"
logger -t files "delete $name from $target requested"
if [[ ! -e $target/$name ]]; then
    echo "Nothing to delete from $target; insert a disk into the drive, $USER" >&2
    exit 1
fi
rm -- "$target/$name"
