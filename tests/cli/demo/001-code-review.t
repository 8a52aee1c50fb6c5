The main job on the bundled sample: both planted flaws with file:line, who approved, the journal.

  $ tk demo code-review > out; echo $?; grep -cE '^- \*\*critical\*\* `(orders.py:16|payment.js:3):' out; grep -E 'approved by|verify' out | sed -E 's/ at .*//; s/Run [^,]*, [0-9]+/RUN, N/'
  0
  2
  approved by user:acme/rita
  RUN, N rows, tk log verify: ok
  $ grep -c 51Nq8ZrKx0vTgY3mWc7LpB2dHsJ9uEfA4 out
  0
  [1]
  $ tk demo code-review --answer reject --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["verdict"], d["answered_by"], d["approved_by"], len(d["findings"]) > 1, d["journal"]["verified"], d["workspace"])'
  rejected user:acme/rita None True True None
  $ tk demo code-review --answer none --gate-timeout 200ms --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["verdict"], d["answered_by"])'; echo ${PIPESTATUS[0]}
  timed_out timeout
  6
  $ tk demo code-review --meddle | grep 'tried to answer'
  An agent tried to answer too and got exit 127: there is no tk in its box
  $ tk demo code-review --fail-on high >/dev/null
  tk: [TK-DEMO-0001] findings of severity high or above
  [1]
  $ tk demo code-review --answer none --json > w.json; echo $?; ws=$(python3 -c 'import json; print(json.load(open("w.json"))["workspace"])'); cd $ws && run=$(python3 -c 'import json; print(json.load(open("../../w.json"))["run"])' 2>/dev/null || tk wot list | cut -d' ' -f1); tk wot answer $run human_review approve | sed 's/by.*//'; tk wot resume $run --json | grep '"state"'; tk log verify | sed 's/[0-9]* rows/N rows/'
  5
  human_review: approve 
    "state": "done"
  ok: N rows; the chain holds and every record is the fold of its rows
  $ tk demo code-review --ask
  tk: [TK-CLI-0003] --ask needs a terminal on standard input
    mend: leave it out, or use --answer
  [2]
