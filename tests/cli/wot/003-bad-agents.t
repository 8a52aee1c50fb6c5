An agent that crashes, hangs, floods, lies or is missing: one error, the right exit code, and the run
can be resumed once the cause is mended.

  $ tk init w >/dev/null && cd w && mkdir -p wots templates/a
  $ printf 'name = "a"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\ntimeout = "500ms"\n[output]\nn = "int"\n' > templates/a/template.toml
  $ tk repo new agent a template=a sponsor=user:$(id -un) >/dev/null
  $ printf 'wot = "one"\n[[step]]\nagent = "a"\n' > wots/one.toml
  $ try() { printf '#!/bin/sh\n%s\n' "$1" > templates/a/run; chmod +x templates/a/run; tk wot run one --quiet --run-file id; }
  $ try 'echo no such luck >&2; exit 3'
  tk: [TK-AGT-0002] agent:w/a ended with status 3: no such luck
  [1]
  $ try 'kill -9 $$'
  tk: [TK-AGT-0002] agent:w/a was ended by signal 9
  [1]
  $ try 'sleep 60'
  tk: [TK-AGT-0003] agent:w/a took longer than 500 ms
    mend: raise `timeout` of the step or of its template
  [6]
  $ TK_AGENT_OUTPUT=1000 try 'yes'
  tk: [TK-AGT-0005] agent:w/a wrote more than 1000 bytes
    mend: raise agent.output in tk.toml if that is right
  [7]
  $ try 'echo nope'
  tk: [TK-AGT-0004] agent:w/a's output:1:2: malformed JSON: syntax error while parsing value - invalid literal
    mend: an exec agent prints one JSON object on stdout and its log on stderr
  [1]
  $ try 'echo "[1]"'
  tk: [TK-AGT-0004] agent:w/a gave a list, not one JSON object
  [1]
  $ try 'printf "{\"n\": \"\\377\"}"'
  tk: [TK-AGT-0004] agent:w/a's output:1:8: not UTF-8
    mend: an exec agent prints one JSON object on stdout and its log on stderr
  [1]
  $ try 'echo "{}"'
  tk: [TK-AGT-0004] agent:w/a gave no `n`
    mend: its template's [output] promises it
  [1]
  $ try 'echo "{\"n\": \"one\"}"'
  tk: [TK-AGT-0004] agent:w/a gave a wrong value: `n` must be int, not text
  [1]
  $ rm templates/a/run; tk wot run one --quiet --run-file id
  tk: [TK-AGT-0002] agent:w/a: cannot start */work/w/templates/a/./run: No such file or directory (glob)
    mend: a program below /usr, or below a path of the profile
  [1]
  $ printf '#!/bin/sh\necho "{\\"n\\": 7}"\n' > templates/a/run; chmod +x templates/a/run; tk wot resume $(cat id) | tail -3
  {
    "n": 7
  }
  $ tk wot show $(cat id) --json | grep -E '"(attempt|state)"' | sed 's/^ *//'
  "state": "done",
  "attempt": 2,
  "state": "done",
  $ tk repo set agent:a state=suspended >/dev/null; tk wot run one --quiet
  tk: [TK-ACL-0004] agent:w/a is suspended
  [3]
  $ tk log verify
  ok: 85 rows; the chain holds and every record is the fold of its rows
