What a workspace can show for the controls of a frame: each with its query, its figure and its rows.

  $ tk init w >/dev/null && cd w
  $ tk compliance report --frame ai-act >report; tail -1 report | sed 's/Journal.*//'
  $ grep -A4 "^14 " report | sed -E 's/[0-9a-f]{16}/HASH/; s/w\/[a-z_-]+$/w\/ME/'
  $ for f in soc2 iso27001 hipaa gdpr; do tk compliance report --frame $f | tail -1 | sed 's/Journal.*//'; done
  $ tk compliance report --frame gdpr | grep -A1 '^35 '

The printed query is what was run.

  $ query() { tk compliance report --frame soc2 --json | python3 -c 'import json,sys; print(next(k["query"] for c in json.load(sys.stdin)["controls"] for k in c["checks"] if k["check"] == sys.argv[1]))' $1; }
  $ python3 -c 'import sqlite3,sys; rows = list(sqlite3.connect("file:.tk/journal.db?mode=ro", uri=True).execute(sys.argv[1])); print(sum(r[1] for r in rows), "of", len(rows))' "$(query decisions-say-why)"

A control fails with the rows that speak against it.

  $ tk repo new agent bot sponsor=user:$(id -un) >/dev/null; tk repo new grant boss role=role:owner to=agent:bot >/dev/null
  $ tk compliance report --frame soc2 >report; grep FAIL -A2 report | sed -E 's/[0-9a-f]{16}/HASH/'
  $ tk compliance report --frame soc2 --json | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["passed"], r["failed"], r["not_automatable"], [c["id"] for c in r["controls"] if c["result"] == "fail"])'
  $ tk compliance report --frame soc2 --since 1h | tail -1 | sed 's/Journal.*//'
  $ grep -ci complian report
  $ tk compliance report --frame sox; tk compliance report; tk compliance report --frame soc2 --since yesterday
