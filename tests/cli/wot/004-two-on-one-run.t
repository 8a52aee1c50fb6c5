One process drives a run at a time; an interrupt leaves the run resumable; templates are pinned.

  $ tk init w >/dev/null && cd w && mkdir -p wots templates/a
  $ printf 'name = "a"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n[output]\nn = "int"\n' > templates/a/template.toml
  $ printf '#!/bin/sh\nwhile [ ! -e "$TK_WORKSPACE/go" ]; do sleep 0.05; done\necho "{\\"n\\": 1}"\n' > templates/a/run; chmod +x templates/a/run
  $ tk repo new agent a template=a sponsor=user:$(id -un) >/dev/null
  $ tk repo new rule tree effect=permit role=role:agent actions=box.read 'resource=workspace:**' >/dev/null
  $ printf 'wot = "one"\n[[step]]\nagent = "a"\n' > wots/one.toml
  $ tk wot run one --quiet --run-file id >/dev/null 2>err & pid=$!; while [ ! -e id ] || ! tk wot show $(cat id) --json | grep -q '"step": "a"'; do sleep 0.05; done
  $ tk wot resume $(cat id) 2>&1 | sed -E "s/$(cat id)/RUN/; s/pid [0-9]+/pid N/"
  tk: [TK-WOT-0009] run RUN: another tk (pid N) is on it
  $ kill -INT $pid; wait $pid; echo $?; sed "s/$(cat id)/RUN/" err
  130
  tk: interrupted; nothing that was done is lost
    mend: go on with: tk wot resume RUN
  $ tk wot show $(cat id) --json | grep '"state"' | sort | uniq -c | sed 's/^ *//'
  1       "state": "failed",
  1   "state": "running",
  $ touch go; tk wot resume $(cat id) --json | grep state
    "state": "done"
  $ rm go; (sleep 0.3; touch go) & tk wot run one --quiet >/dev/null; echo $?
  0
  $ printf 'wot = "g"\n[[step]]\ncast = "gate"\nprompt = "?"\n[[step]]\nagent = "a"\n' > wots/g.toml; tk wot run g --quiet --run-file id >/dev/null; tk wot answer $(cat id) gate approve >/dev/null; sed -i 's/version = "1"/version = "2"/' templates/a/template.toml; tk wot resume $(cat id) 2>&1 | sed "s/$(cat id)/RUN/"
  tk: [TK-WOT-0017] a template changed since run RUN began
    mend: put the old one back (git), or start a new run
