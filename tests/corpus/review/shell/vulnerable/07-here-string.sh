#!/bin/bash
set -o errexit -o nounset

remove_user() {
  local mail=$1
  mysql --login-path=mailadmin vmail <<< "DELETE FROM mailbox WHERE username = '$mail'"
  rm -rf -- "/var/vmail/${mail:?}"
  logger -t mailadmin "delete of $mail from mailbox done"
}

for address in "$@"; do
  case "$address" in
    *@*) remove_user "$address" ;;
    *) echo "skipping $address" >&2 ;;
  esac
done
