#!/usr/bin/env bash

choose_disk() {
  local host=$1
  echo "Select a disk from $host to continue:"
  select disk in $(lsblk -dno NAME); do
    [ -n "$disk" ] && break
    echo "Please select a number from the list where $host shows its disks"
  done
  echo "Update $disk: set label? The partition table will be dropped from $host"
  read -r -p "Delete everything from $disk? [y/N] " answer
  [[ $answer == y ]] || { echo "Nothing was deleted from $disk"; return 1; }
  printf 'Insert the medium into %s and press enter\n' "$host"
  read -r _
}

choose_disk "${1:-localhost}"
