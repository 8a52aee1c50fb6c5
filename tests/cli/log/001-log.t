The journal answers who, what, when; a closed pipe is no error; a broken chain is exit 8.

  $ tk init w >/dev/null && cd w && tk repo new user rita >/dev/null
  $ tk log | head -1 | sed -E 's/[0-9-]+T[0-9:.]+Z/TIME/'
  1  TIME  galaxy.created  galaxy galaxy:w  → active  by user:w/* (glob)
  $ tk log 2>err | head -1 >/dev/null; cat err
  $ tk log --event user.created --json | python3 -c 'import json,sys; print(len(json.load(sys.stdin)))'
  2
  $ tk log --since 1h --jsonl --limit 1 | python3 -c 'import json,sys; d=json.loads(sys.stdin.readline()); print(d["seq"], d["kind"], d["decision"], d["rule_id"])'
  1 done allow genesis
  $ tk log --since yesterday
  tk: [TK-CLI-0001] not an RFC 3339 time: yesterday
    mend: write it like 2026-11-22T10:00:00Z; the years 1678 to 2261 can be told
  [2]
  $ tk log verify --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["ok"])'
  True
  $ python3 -c 'import sqlite3; c=sqlite3.connect(".tk/journal.db"); c.execute("update journal set actor_id=? where seq=3", ("x",)); c.commit()'
  $ tk log verify
  tk: [TK-JRN-0002] row 3 (grant.created of grant *): its hash does not fit; it was changed or moved (glob)
    mend: keep the file as it is and compare it with a backup
  [8]
  $ python3 -c 'import sqlite3; c=sqlite3.connect(".tk/journal.db"); c.execute("pragma user_version=99"); c.commit()'
  $ tk log
  tk: [TK-JRN-0001] */work/w/.tk/journal.db has format 99, this tk knows 2 (glob)
    mend: use the tk that wrote it, or a newer one
  [2]
