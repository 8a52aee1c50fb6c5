An agent's program in a box: law says who may have one, the box says what it sees.

  $ tk init acme >/dev/null && cd acme && tk repo new agent builder sponsor=user:$(ls galaxies/acme/users | sed 's/.xml//') >/dev/null
  $ tk run --as agent:builder -- echo hello
  tk: [TK-LAW-0005] agent:acme/builder may not box.run on box:acme/build: no rule of agent:acme/builder's roles permits box.run
    mend: where agents may: tk repo new rule boxes effect=permit role=role:agent actions=box.run resource='box:**/build'
  [3]
  $ tk repo new rule boxes effect=permit role=role:agent actions=box.run 'resource=box:acme/build' >/dev/null
  $ tk run --as agent:builder -- echo hello
  hello
  $ tk run --as agent:builder -- sh -c 'exit 7'
  [7]
  $ tk run --as agent:builder -- printf '<%s>\n' '[a,b]' '[]' '[[1],[2]]' ''
  <[a,b]>
  <[]>
  <[[1],[2]]>
  <>
  $ tk run --as agent:builder --profile read-only -- true
  tk: [TK-LAW-0005] agent:acme/builder may not box.run on box:acme/read-only: rule boxes permits box.run on box:acme/build, which does not cover box:acme/read-only
    mend: where agents may: tk repo new rule boxes effect=permit role=role:agent actions=box.run resource='box:**/read-only'
  [3]

It stands in the workspace where law lets it see that, and writes where law lets it.

  $ tk run --as agent:builder -- ls MANIFEST.xml
  ls: cannot access 'MANIFEST.xml': No such file or directory
  [2]
  $ tk repo new rule tree effect=permit role=role:agent actions=box.read resource=workspace:acme/tree >/dev/null
  $ tk run --as agent:builder -- ls MANIFEST.xml .tk
  MANIFEST.xml
  
  .tk:
  $ tk run --as agent:builder -- sh -c 'echo x > MANIFEST.xml' 2>&1 | sed 's/.*cannot/cannot/'
  cannot create MANIFEST.xml: Read-only file system
  $ tk run --as agent:builder --explain -- make | grep -e workspace: -e /acme/ | sed 's|/.*/acme|…/acme|'
  read     …/acme  (tree, workspace:acme/tree)
  hidden   …/acme/.tk
  $ tk run --as agent:builder -- sh -c 'cat /etc/shadow; touch /usr/x; cat /proc/1/environ' 2>&1 | sed 's/^\([a-z]*\): [0-9]*: /\1: /'
  cat: /etc/shadow: No such file or directory
  touch: cannot touch '/usr/x': Read-only file system
  cat: /proc/1/environ: Permission denied

What is not there is named, and nothing is started.

  $ tk run --as agent:builder -- no-such-program
  tk: [TK-BOX-0004] no-such-program: No such file or directory
    mend: a program below /usr, or below a path of the profile
  [2]
  $ tk run --as agent:builder --profile biuld -- true
  tk: [TK-BOX-0002] no box profile biuld
    mend: did you mean build?
  [2]
  $ tk run --as agent:builder --allow-missing mount -- true
  tk: [TK-CLI-0001] there is no box without mount
    mend: landlock, net, ipc, uts or cgroup may be missing
  [2]
  $ tk run -- true
  tk: [TK-CLI-0001] whose program is it?
    mend: --as AGENT, like --as agent:analyst
  [2]
  $ mkdir profiles && printf 'read = ["/srv"]\nnetwork = "all"\n' > profiles/open.toml && git add profiles && git commit -qm profile
  $ tk run --as agent:builder --profile open -- true
  tk: [TK-BOX-0002] profiles/open.toml:2:11: network is none or proxy, not all
    mend: network = "none"
  [2]

Stopped, and started again by somebody else.

  $ tk stop agent:builder
  tk: [TK-CLI-0001] why? It stands in the journal
    mend: --reason "writes to the wrong tables"
  [2]
  $ tk stop agent:builder --reason "writes to the wrong tables" | sed 's/row [0-9]*/row …/'
  agent:acme/builder is halted  (row …)
  0 boxes ended
  $ tk run --as agent:builder -- true 2>&1 | sed 's/since [^ ]*/since …/'
  tk: [TK-ACL-0010] agent:acme/builder is halted since …
    mend: tk start agent:acme/builder
  $ tk start agent:builder 2>&1 | sed 's/user:acme.[a-z]*/user:…/'
  tk: [TK-REC-0008] resume is not allowed now: who halted an actor is not the one who lets it go on
  $ tk log --event box.started --jsonl | wc -l
  8
  $ tk log verify >/dev/null && echo whole
  whole
