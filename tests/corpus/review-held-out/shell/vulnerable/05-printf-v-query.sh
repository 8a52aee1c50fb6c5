#!/usr/bin/env bash
set -euo pipefail

lookup_mac() {
    local host=$1 query
    printf -v query "SELECT mac FROM leases WHERE hostname = '%s' LIMIT 1" "$host"
    mysql -N -B dhcp <<<"$query"
}

for host in "$@"; do
    mac=$(lookup_mac "$host")
    printf '%-20s %s\n' "$host" "${mac:-unknown}"
done
