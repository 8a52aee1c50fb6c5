Entities, the relations between them, and who may do what, as HEAD or any other commit declares them.

  $ tk init w >/dev/null && cd w
  $ tk repo new user rita title="Invoice reviewer" >/dev/null
  $ tk repo new group reviewers --member user:rita >/dev/null
  $ tk repo new group everybody --member group:reviewers >/dev/null
  $ tk repo new agent helper sponsor=user:rita title="reconciles each ledger" >/dev/null
  $ tk repo new grant reviewers-review role=role:reviewer to=group:reviewers >/dev/null
  $ tk repo query 'user:rita <-[member]-* group:*'
  $ tk repo query 'grant:reviewers-review -> *'
  $ tk repo query 'user:*' --where 'entity.title.contains("Invoice") && "group:w/reviewers" in entity.by_member'
  $ tk repo query 'user:nobody'
  $ tk repo query 'user:rita => group:*'
  $ tk repo query 'user:rita -[membr]-> *'
  $ tk repo query --where 'entity.title ='
  $ tk repo impact user:rita
  $ tk repo graph agent:helper
  $ tk repo graph agent:helper --mermaid
  $ tk repo graph agent:helper --dot
  $ tk repo who-can cast.answer cast:w/x --json | python3 -c 'import json,sys; w=json.load(sys.stdin)["who"]; print([[p["name"] for p in a["paths"][0]] for a in w if "rita" in a["actor"]])'
  $ tk repo who-can cast.answer cast:w/x --at HEAD~1 | grep rita
  $ tk repo search 'reviewing invoices'
  $ tk repo search rtia --limit 1
  $ tk repo search reconciliation --limit 1
  $ tk repo search helper --at HEAD~2 --by words
  $ ls .tk/at | sed 's/^[0-9a-f]*\././' | sort

A damaged index is made anew; an entity that is not valid is named.

  $ rm -f .tk/index.db-wal .tk/index.db-shm && head -c 4000 /dev/zero > .tk/index.db && rm .tk/graph.idx
  $ tk repo query 'group:*'
  $ echo '<user name="bad" nonsense="1"/>' > galaxies/w/users/bad.xml && git add -A && git commit -qm bad
  $ tk repo query 'group:*'
