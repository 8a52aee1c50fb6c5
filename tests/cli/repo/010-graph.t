Entities, the relations between them, and who may do what, as HEAD or any other commit declares them.

  $ tk init w >/dev/null && cd w
  $ tk repo new user rita title="Invoice reviewer" >/dev/null
  $ tk repo new group reviewers --member user:rita >/dev/null
  $ tk repo new group everybody --member group:reviewers >/dev/null
  $ tk repo new agent helper sponsor=user:rita title="reconciles each ledger" >/dev/null
  $ tk repo new grant reviewers-review role=role:reviewer to=group:reviewers >/dev/null
  $ tk repo query 'user:rita <-[member]-* group:*'
  user:w/rita <-[member]- group:w/reviewers <-[member]- group:w/everybody
  user:w/rita <-[member]- group:w/reviewers
  $ tk repo query 'grant:reviewers-review -> *'
  grant:w/reviewers-review -[in]-> galaxy:w
  grant:w/reviewers-review -[to]-> group:w/reviewers
  grant:w/reviewers-review -[role]-> role:w/reviewer
  $ tk repo query 'user:*' --where 'entity.title.contains("Invoice") && "group:w/reviewers" in entity.by_member'
  user:w/rita
  $ tk repo query 'user:nobody'
  [1]
  $ tk repo query 'user:rita => group:*'
  tk: [TK-WS-0013] query:1:11: no step: =>
    mend: ->, <-, --, -[member]->, <-[member]- or -[member]-, each with a * behind it for one step or more
  [2]
  $ tk repo query 'user:rita -[membr]-> *'
  tk: [TK-WS-0013] nothing here refers by "membr"
    mend: did you mean member?
  [2]
  $ tk repo query --where 'entity.title ='
  tk: [TK-WS-0013] --where:1:14: a single =
    mend: write ==
  [2]
  $ tk repo impact user:rita
  breaks  user:w/rita <-[sponsor]- agent:w/helper
  loses   user:w/rita <-[member]- group:w/reviewers
  $ tk repo graph agent:helper
  agent:w/helper -[sponsor]-> user:w/rita
  agent:w/helper -[in]-> galaxy:w
  agent:** -[matches]-> agent:w/helper
  ** -[matches]-> agent:w/helper
  $ tk repo graph agent:helper --mermaid
  flowchart LR
    n0["agent:w/helper"]
    n1["galaxy:w"]
    n16["user:w/rita"]
    n18(["agent:**"])
    n20(["**"])
    n0 -- "sponsor" --> n16
    n0 -- "in" --> n1
    n18 -- "matches" --> n0
    n20 -- "matches" --> n0
  $ tk repo graph agent:helper --dot
  digraph workspace {
    rankdir=LR;
    node [shape=box];
    n0 [label="agent:w/helper"];
    n1 [label="galaxy:w"];
    n16 [label="user:w/rita"];
    n18 [label="agent:**" shape=ellipse];
    n20 [label="**" shape=ellipse];
    n0 -> n16 [label="sponsor"];
    n0 -> n1 [label="in"];
    n18 -> n0 [label="matches"];
    n20 -> n0 [label="matches"];
  }
  $ tk repo who-can cast.answer cast:w/x --json | python3 -c 'import json,sys; w=json.load(sys.stdin)["who"]; print([[p["name"] for p in a["paths"][0]] for a in w if "rita" in a["actor"]])'
  [['user:w/rita', 'group:w/reviewers', 'reviewers-review', 'role:w/reviewer', 'reviewers-answer', 'cast:w/x']]
  $ tk repo who-can cast.answer cast:w/x --at HEAD~1 | grep rita
  [1]
  $ tk repo search 'reviewing invoices'
  user:w/rita               Invoice reviewer
  role:w/reviewer
  group:w/reviewers
  grant:w/reviewers-review
  rule:w/reviewers-answer
  agent:w/helper            reconciles each ledger
  role:w/reader
  rule:w/readers-read
  $ tk repo search rtia --limit 1
  user:w/rita  Invoice reviewer
  $ tk repo search reconciliation --limit 1
  agent:w/helper  reconciles each ledger
  $ tk repo search helper --at HEAD~2 --by words
  [1]
  $ ls .tk/at | sed 's/^[0-9a-f]*\././' | sort
  .db
  .db-shm
  .db-wal
  .law
  .vectors.2.i8

A damaged index is made anew; an entity that is not valid is named.

  $ rm -f .tk/index.db-wal .tk/index.db-shm && head -c 4000 /dev/zero > .tk/index.db && rm .tk/graph.idx
  $ tk repo query 'group:*'
  group:w/everybody
  group:w/reviewers
  $ echo '<user name="bad" nonsense="1"/>' > galaxies/w/users/bad.xml && git add -A && git commit -qm bad
  $ tk repo query 'group:*'
  tk: [TK-WS-0004] galaxies/w/users/bad.xml:1:18: <user> has no attribute nonsense
    mend: known: uid, unix, shell, home, ssh-keys, groups, title, email, full-name, id, name, version, state, owner, labels, created-at, updated-at, context, lock
  [2]
