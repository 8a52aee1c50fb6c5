#!/usr/bin/env bash
set -euo pipefail

id=${1:-}
if [[ ! $id =~ ^[0-9]+$ ]]; then
    echo "the job id must be a number" >&2
    exit 64
fi

psql -At jobs -c "SELECT state FROM jobs WHERE id = $id"
psql -At jobs -c "UPDATE jobs SET polled_at = now() WHERE id = $id"
