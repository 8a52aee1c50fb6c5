#!/bin/sh
# Nightly clean-up, no input at all.
set -eu

log=/var/log/app/cleanup.log

mysql --defaults-file=/etc/app/my.cnf app >>"$log" <<'EOF'
DELETE FROM sessions WHERE expires < NOW();
DELETE FROM carts WHERE total = '$0' AND updated < NOW() - INTERVAL 30 DAY;
OPTIMIZE TABLE sessions;
EOF

echo "$(date) clean-up finished" >>"$log"
