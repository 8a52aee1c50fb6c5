A workspace is a git repository with law, a journal and you as its owner.

  $ tk init w
  workspace in */work/w; you are user:w/*, its owner (glob)
  $ cd w && git log --format=%s%n%b | sed 's/: .*/: …/' && git status --short
  tk init
  Tk-Actor: …
  Tk-Trace: …
  Tk-Seq: …
  $ tk status | sed 's/  */ /g'
  workspace */work/w (glob)
  you are user:w/* (glob)
  law commit *, policy * (glob)
  journal 13 rows
  permissions 0 agents, 2 grants, 0 groups, 4 roles, 5 rules, 1 user
  context w
  runs 0, of which 0 running and 0 waiting for a human
  approvals 0 items in the inbox: tk inbox list
  rights lent 0 leases in force: tk acl borrow list
  audit 0 grants too wide (tk audit god-mode looks at tokens and leases too); a checkpoint covers 0 rows; tk compliance report --frame soc2
  $ tk init .
  tk: [TK-WS-0002] */work/w is a workspace already (glob)
    mend: tk status shows it
  [4]
  $ tk log verify
  ok: 13 rows; the chain holds and every record is the fold of its rows

In an existing repository nothing is written over.

  $ mkdir ../old && cd ../old && git init -q && echo mine > tk.txt && echo build/ > .gitignore && git add . && git commit -qm mine
  $ tk init . --galaxy shop
  workspace in */work/old; you are user:shop/*, its owner (glob)
  $ cat .gitignore tk.txt
  build/
  .tk/
  mine
  $ git log --format=%s
  tk init
  mine
  $ mkdir ../stand && cd ../stand && echo x > MANIFEST.xml && tk init .
  tk: [TK-WS-0002] MANIFEST.xml: stands in the way of a new workspace
    mend: move it away first
  [4]
  $ tk init --template code-reveiw elsewhere
  tk: [TK-CLI-0001] no workspace template code-reveiw
    mend: did you mean code-review?
  [2]
