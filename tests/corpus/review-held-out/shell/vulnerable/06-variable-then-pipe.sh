#!/bin/bash
# Called by the web hook: the commit message arrives in the environment.
set -eu

message=${HOOK_MESSAGE:-}
revision=$(git rev-parse --short HEAD)

SQL="INSERT INTO deployments (revision, message) VALUES ('deploy', '"$message"')"
echo "$SQL" | mysql --host=db.internal deploy

logger -t deploy "recorded revision $revision"
