#!/bin/bash
# Example of what happens on the server:
#   psql -c "SELECT * FROM users WHERE name = '$1'"
# This script only talks to the HTTP API.

usage() {
  cat <<EOF
Usage: ${0##*/} COMMAND

Commands:
  select NAME    select a cluster from ${CONFIG_DIR:-/etc/clusters}
  update NAME    update the cluster and set it as default
  delete NAME    delete the cluster from ${CONFIG_DIR:-/etc/clusters}
EOF
}

case "${1:-}" in
  select|update|delete) curl -fsS -X POST --data-urlencode "name=$2" "$API_URL/clusters/$1" ;;
  *) usage; exit 64 ;;
esac
