What an agent says beyond its template goes nowhere, and what it says cannot damage the run.

  $ tk init w >/dev/null && cd w && mkdir -p wots
  $ agent() { mkdir -p templates/$1; printf 'name = "%s"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n%b' $1 "$2" > templates/$1/template.toml; printf "#!/bin/sh\ncat >in\n%s\n" "$3" > templates/$1/run; chmod +x templates/$1/run; tk repo new agent $1 template=$1 sponsor=user:$(id -un) >/dev/null; }
  $ agent liar '[output]\nn = "int"\n' 'echo "{\"n\": 1, \"diff\": \"EVIL\"}"'
  $ agent seer '[input]\ndiff = "text"\n[output]\nseen = "json"\n' 'echo "{\"seen\": $(cat in)}"'
  $ printf 'wot = "o"\n[input]\ndiff = "text"\n[[step]]\nagent = "liar"\n[[step]]\nagent = "seer"\n' > wots/o.toml
  $ tk wot run o --input diff=GOOD --json | grep -E 'GOOD|EVIL'
        "diff": "GOOD"
  $ agent cas '[output]\nn = "json"\n' 'echo "{\"n\": {\"\$cas\": \"zz\"}}"'
  $ printf 'wot = "c"\n[[step]]\nagent = "cas"\n' > wots/c.toml
  $ tk wot run c --json --run-file id | grep cas
        "$cas": "zz"
  $ tk wot show $(cat id) --json | grep -c '"$cas": "zz"'
  2
  $ tk wot resume $(cat id) --json | grep cas
        "$cas": "zz"

Loops that overlap are refused; limits that cannot be read are errors; the terminal is safe.

  $ agent l '[input]\nx = "int"\n[output]\nx = "int"\n' 'echo "{\"x\": 1}"'
  $ printf 'wot = "l"\n[input]\nx = "int"\n[[step]]\nname = "a"\nagent = "l"\n[[step]]\nname = "b"\nagent = "l"\nfeedback = { map = { x = "x" }, max_iterations = 2, to = "a" }\n[[step]]\nname = "c"\nagent = "l"\nfeedback = { map = { x = "x" }, max_iterations = 2, to = "a" }\n' > wots/l.toml; tk wot check l
  tk: [TK-WOT-0002] wots/l.toml:14:12: the feedback loops of b and c overlap
    mend: nested loops are not yet accepted; give one step both, or split the workflow
  [2]
  $ TK_AGENT_MEMORY=lots tk wot run c
  tk: [TK-WS-0007] agent.memory = "lots" (environment TK_AGENT_MEMORY) is not a number
    mend: write digits only
  [2]
  $ TK_TOKEN=bogus tk log
  tk: [TK-ACL-0002] TK_TOKEN does not count: it has not the three parts of a signed token
    mend: a step's token dies with the step; others are made by tk acl token
  [3]
  $ tk repo set user:$(id -un) title=$(printf '\033[31mRED') >/dev/null; tk repo get user:$(id -un) | grep -c $(printf '\033')
  tk: [TK-XML-0001] galaxies/w/users/*.xml:1:38: a control character (glob)
    mend: take it out
  0
  [1]
  $ tk log --limit x
  tk: [TK-CLI-0001] --limit takes a number, not "x"
  [2]
  $ tk wot list --state bogus
  tk: [TK-CLI-0001] --state takes no "bogus"
    mend: choose from: running, waiting, done, rejected, failed, timed_out
  [2]
  $ tk help -a | head -1
  Commands of tk

What is suspended has no effect.

  $ tk repo new user rita >/dev/null; tk repo new grant g1 role=role:reviewer to=user:rita >/dev/null; tk law can user:rita cast.answer cast:w/x
  yes
  $ tk repo set grant:g1 state=suspended >/dev/null; tk law can user:rita cast.answer cast:w/x
  no
  [1]
  $ tk repo set grant:g1 state= >/dev/null; tk law can user:rita cast.answer cast:w/x
  yes
  $ tk repo set role:reviewer state=retired >/dev/null; tk law can user:rita cast.answer cast:w/x
  no
  [1]
  $ tk log --entity grant:w/g1 | wc -l; tk record list grant --state suspended | wc -l
  3
  0

A comment is what XML says it is: law and its positions see the same text.

  $ echo '<rules><!--><rule/>--><rule id="b" effect="permit" role="role:reader" actions="run.read" resource="**"/></rules>' > galaxies/w/rules/more.xml; tk repo validate
  valid: 20 entities in 13 files
