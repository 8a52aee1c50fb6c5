What a workspace can show for the controls of a frame: each with its query, its figure and its rows.

  $ tk init w >/dev/null && cd w
  $ tk compliance report --frame ai-act >report; tail -1 report | sed 's/Journal.*//'
  6 of 6 automatable controls pass; 5 are not automatable. 
  $ grep -A4 "^14 " report | sed -E 's/[0-9a-f]{16}/HASH/; s/w\/[a-z_-]+$/w\/ME/' | cut -c1-120
  14  pass: people can oversee, decide and stop it
      pass  agents-can-be-halted: for every agent there is somebody whom law lets halt it
            0 of 0 against it (there is nothing yet that it could be about)
      pass  halts-hold: nothing was done by an actor between its halt and its going on
            0 of 0 against it (there is nothing yet that it could be about)
  $ for f in soc2 iso27001 hipaa gdpr; do tk compliance report --frame $f | tail -1 | sed 's/Journal.*//'; done
  6 of 6 automatable controls pass; 5 are not automatable. 
  13 of 13 automatable controls pass; 4 are not automatable. 
  11 of 11 automatable controls pass; 5 are not automatable. 
  6 of 6 automatable controls pass; 6 are not automatable. 
  $ tk compliance report --frame gdpr | grep -A1 '^35 '
  35  not automatable: risky processing is assessed first
      a human shows: the assessments

The printed query is what was run.

  $ query() { tk compliance report --frame soc2 --json | python3 -c 'import json,sys; print(next(k["query"] for c in json.load(sys.stdin)["controls"] for k in c["checks"] if k["check"] == sys.argv[1]))' $1; }
  $ python3 -c 'import sqlite3,sys; rows = list(sqlite3.connect("file:.tk/journal.db?mode=ro", uri=True).execute(sys.argv[1])); print(sum(r[1] for r in rows), "of", len(rows))' "$(query decisions-say-why)"
  0 of 13

A control fails with the rows that speak against it.

  $ tk repo new agent bot sponsor=user:$(id -un) >/dev/null; tk repo new grant boss role=role:owner to=agent:bot >/dev/null
  $ tk compliance report --frame soc2 >report; grep FAIL -A2 report | sed -E 's/[0-9a-f]{16}/HASH/'
  tk: [TK-AUD-0002] 1 control of soc2 failed
    mend: each is above, with its rows
      FAIL  no-god-mode: nobody but the owners may do everything
            1 of 3 against it
            row 15  HASH  god-rule agent:w/bot galaxies/w/grants/boss.xml:1
  $ tk compliance report --frame soc2 --json | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["passed"], r["failed"], r["not_automatable"], [c["id"] for c in r["controls"] if c["result"] == "fail"])'
  5 1 5 ['CC6.1']
  $ tk compliance report --frame soc2 --since 1h | tail -1 | sed 's/Journal.*//'
  tk: [TK-AUD-0002] 1 control of soc2 failed
    mend: each is above, with its rows
  5 of 6 automatable controls pass; 5 are not automatable. 
  $ grep -ci complian report
  0
  [1]
  $ tk compliance report --frame sox; tk compliance report; tk compliance report --frame soc2 --since yesterday
  tk: [TK-CLI-0001] --frame takes no "sox"
    mend: did you mean soc2?
  tk: [TK-CLI-0001] --frame says which controls
    mend: soc2, iso27001, hipaa, gdpr or ai-act
  tk: [TK-CLI-0001] not an RFC 3339 time: yesterday
    mend: write it like 2026-11-22T10:00:00Z; the years 1678 to 2261 can be told
  [2]
