#!/bin/bash
# Provision a role and a database for a preview environment.
set -eu

branch="$(git rev-parse --abbrev-ref HEAD)"
name="preview_${branch}"

exists=$(sudo -u postgres psql -tAc "SELECT 1 FROM pg_database WHERE datname = '$name'")
if [ "$exists" != "1" ]; then
  sudo -u postgres createdb "$name"
  echo "created $name"
fi

sudo -u postgres psql -tAc "SELECT count(*) FROM pg_stat_activity"
