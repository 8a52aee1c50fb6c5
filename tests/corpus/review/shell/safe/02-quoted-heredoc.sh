#!/bin/bash
# Nightly clean-up.
set -eu

mysql --defaults-extra-file=/etc/app/my.cnf app <<'EOF'
DELETE FROM sessions WHERE expires_at < NOW();
UPDATE counters SET value = 0 WHERE name LIKE '$daily%';
INSERT INTO job_log (job, finished_at) VALUES ('cleanup', NOW());
EOF

sqlite3 /var/lib/app/cache.db 'DELETE FROM cache WHERE key LIKE "$tmp%"; VACUUM;'
echo "cleanup on $(hostname) finished"
