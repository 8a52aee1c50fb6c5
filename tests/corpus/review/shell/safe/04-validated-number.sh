#!/bin/bash
set -euo pipefail

days=${1:-30}
if ! [[ $days =~ ^[0-9]+$ ]]; then
  echo "usage: $0 DAYS (a number)" >&2
  exit 64
fi

psql -d metrics -c "DELETE FROM samples WHERE taken_at < now() - interval '$days days'"
echo "samples older than $days days were deleted from metrics"
