A transition that needs approvals waits in the inbox until others gave them.

  $ tk init w >/dev/null && cd w && mkdir records
  $ cat > records/release.toml <<'T'
  > record = "release"
  > initial = "ready"
  > [fields]
  > notes = { type = "text", default = "" }
  > [[state]]
  > name = "ready"
  > [[state]]
  > name = "out"
  > final = true
  > [[transition]]
  > event = "ship"
  > from = ["ready"]
  > to = "out"
  > guard = { when = "record.notes != ''", reason = "there are no notes" }
  > obligations = [{ kind = "approval", of = "role:lead", n = 2 }, { kind = "reason" }]
  > [[transition]]
  > event = "write"
  > from = ["ready"]
  > input = { notes = "text" }
  > T
  $ git add -A && git commit -qm release
  $ for who in ann lea lou bob; do tk repo new user $who >/dev/null; done
  $ tk repo new role lead >/dev/null; for who in lea lou ann; do tk repo new grant lead-$who role=role:lead to=user:$who >/dev/null; done
  $ tk repo new role dev >/dev/null; tk repo new grant dev-ann role=role:dev to=user:ann >/dev/null; tk repo new grant dev-bob role=role:dev to=user:bob >/dev/null
  $ tk repo new rule devs-release effect=permit role=role:dev actions=release.* 'resource=release:**' >/dev/null
  $ tk repo new rule leads-answer effect=permit role=role:lead actions=cast.answer 'resource=parked:**' >/dev/null
  $ id=$(tk record new release --as user:ann --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ no_ids() { sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g'; }
  $ tk record step $id ship --as user:ann; tk record step $id write notes=hello --as user:ann | no_ids
  tk: [TK-REC-0008] ship is not allowed now: there are no notes
  ID  ready → ready  (row 29)
  $ tk record step $id ship --as user:ann
  tk: [TK-REC-0009] ship needs a reason
    mend: ask again with --reason "…"
  [5]
  $ tk record step $id ship --reason "it is Tuesday" --as user:ann >said 2>&1; echo $?; no_ids < said
  5
  tk: [TK-REC-0009] ship waits for 2 approvals of role:lead: item ID
    mend: `tk inbox list` shows it; somebody else answers: tk inbox answer ID approve
  $ tk record show $id | grep -E "^(state|version)"
  state    ready
  version  2
  $ tk inbox list | no_ids
  ship {} on release:w/ID, asked by user:w/ann; needs 2 of role:lead
    tk inbox answer ID approve|deny
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox answer $item approve --as user:ann 2>&1 | no_ids
  tk: [TK-REC-0014] user:w/ann may not approve this: nobody approves what they asked for themselves
    mend: somebody else must answer
  $ tk inbox answer $item approve --as user:bob 2>&1 | no_ids
  tk: [TK-LAW-0005] user:w/bob may not cast.answer on parked:w/*: no rule of user:w/bob's roles permits cast.answer (glob)
    mend: see: tk law explain user:w/bob cast.answer parked:w/* (glob)
  $ tk inbox answer $item maybe --as user:lea
  tk: [TK-CLI-0001] VALUE takes no "maybe"
    mend: choose from: approve, deny
  [2]
  $ tk inbox answer $item approve --as user:lea | no_ids
  noted; it still waits: ship {} on release:w/ID, asked by user:w/ann; needs 2 of role:lead; approved by user:w/lea
  $ tk inbox answer $item approve --as user:lea 2>&1 | no_ids
  tk: [TK-REC-0014] user:w/lea may not approve this: they approved it already
    mend: another person must answer
  $ tk inbox answer $item approve --as user:lou | no_ids
  approved and done: ID  ready → out  (row 38)
  $ tk inbox answer $item approve --as user:lou 2>&1 | no_ids
  tk: [TK-REC-0015] item ID is done
  $ tk inbox list
  nothing waits
  $ tk log --entity $id | no_ids | sed -E 's/^([0-9]+)  [^ ]*/N …/; s/w\/[a-z_-]+ for/w\/ME for/'
  N …  release.created  release ID  → ready  by user:w/ME for user:w/ann
  N …  transition.failed  release ID  ready  by user:w/ME for user:w/ann  [failed]  (step 5 guard: ship is not allowed now: there are no notes)
  N …  release.updated  release ID  ready  by user:w/ME for user:w/ann
  N …  transition.parked  release ID  ready  by user:w/ME for user:w/ann  [parked]  (step 6 obligations: ship needs a reason)
  N …  transition.parked  release ID  ready  by user:w/ME for user:w/ann  [parked]  (step 6 obligations: ship waits for 2 approvals of role:lead: item ID)
  N …  release.state_changed  release ID  ready → out  by user:w/ME for user:w/ann  (it is Tuesday)
  $ tk record step $item approve
  tk: [TK-REC-0007] what is parked is answered, not stepped
    mend: tk inbox list, tk inbox answer
  [3]
  $ tk log verify | sed -E 's/[0-9]+/N/'
  ok: N rows; the chain holds and every record is the fold of its rows

The record moved while somebody thought about it.

  $ id=$(tk record new release notes=x --as user:ann --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ tk record step $id ship --reason r --as user:bob >/dev/null 2>&1; tk record step $id write notes=y --as user:ann >/dev/null
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox answer $item approve --as user:lea >/dev/null; tk inbox answer $item approve --as user:lou 2>&1 | no_ids
  tk: [TK-REC-0005] release ID is at version 2, not 1
    mend: look at it with `tk record show` and ask again
  $ tk inbox list
  nothing waits
  $ tk inbox answer 00000000 approve
  tk: [TK-REC-0001] nothing waits under 00000000
    mend: `tk inbox list` shows what does
  [2]
