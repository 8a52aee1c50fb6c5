An agent asks for somebody's right; it gets it for a while, for a purpose, counted.

  $ tk init w >/dev/null && cd w
  $ tk repo new user rita >/dev/null; tk repo new role release >/dev/null; tk repo new grant rita-releases role=role:release to=user:rita >/dev/null
  $ tk repo new rule releases effect=permit role=role:release actions="run.start borrow.request" 'resource=**' >/dev/null
  $ tk repo new agent bot template=bot sponsor=user:rita >/dev/null; tk repo new role asks >/dev/null; tk repo new grant bot-asks role=role:asks to=agent:bot >/dev/null
  $ tk repo new rule bot-asks effect=permit role=role:asks actions=borrow.request 'resource=user:w/rita' >/dev/null
  $ plain() { sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/20[0-9-]{8}T[0-9:.]+Z/TIME/g; s/row [0-9]+/row N/; s/[0-9a-f]{64}/HASH/; s/[0-9a-f]{16}$/HEX/; s/w\/[0-9a-f]{16}:/w\/HEX:/; s/commit [0-9a-f]+/commit C/'; }
  $ one() { python3 -c "import json,sys; print(json.load(sys.stdin)['$1'])"; }
  $ bot=$(tk acl token --for agent:bot 2>/dev/null); rita=$(tk acl token --for user:rita 2>/dev/null)
  $ ask() { TK_TOKEN=$bot tk acl borrow request --lender user:rita --action run.start --resource 'wot:w/**' --ttl 30m --max-uses 2 --purpose "deploy 1.4" "$@"; }
  $ ask >said 2>&1; echo $?; plain < said
  5
  tk: it waits for consent: tk acl borrow approve ID, by user:w/rita
  ID  requested  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 0 of 2 uses
  $ ask --json 2>/dev/null | plain
  {
    "actions": [
      "run.start"
    ],
    "borrower": "agent:w/bot",
    "break_glass": false,
    "depth": 0,
    "id": "ID",
    "item": "ID",
    "lender": "user:w/rita",
    "max_uses": 2,
    "on_revoke": "deny",
    "purpose": "deploy 1.4",
    "resource": "wot:w/**",
    "state": "requested",
    "ttl_ms": 1800000,
    "uses": 0
  }
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox list | plain
  agent:w/bot asks for the right of user:w/rita
    to run.start on wot:w/**: 30 min, 2 uses
    for "deploy 1.4"; needs 1 of user:w/rita
    tk inbox answer ID approve|deny
  $ tk inbox show $item | plain
  item          ID
  state         open
  asked by      agent:w/bot
  borrower      agent:w/bot
  the right of  user:w/rita
  to            run.start
  on            wot:w/**
  how long      30 min, 2 uses
  purpose       deploy 1.4
  lent on       never
  at its end    what still comes: deny
  needs         1 of user:w/rita
  since         TIME
  until         TIME
  hash          HASH
  
  tk inbox answer ID approve|deny
  $ tk inbox show $item | awk 'length > 80'
  $ tk inbox show $item --json | python3 -c 'import json,sys; i=json.load(sys.stdin); print(len(i["hash"]), i["lends"])'
  64 {'actions': ['run.start'], 'borrower': 'agent:w/bot', 'depth': 0, 'lender': 'user:w/rita', 'max_uses': 2, 'on_revoke': 'deny', 'purpose': 'deploy 1.4', 'resource': 'wot:w/**', 'ttl_ms': 1800000}
  $ hash=$(tk inbox show $item --json | one hash); tk inbox show $item | grep -c "^hash *$hash$"
  1

Who approves: rita, and nobody for her.

  $ TK_TOKEN=$bot tk acl borrow approve $item 2>&1 | plain
  tk: [TK-LAW-0005] agent:w/bot may not cast.answer on parked:w/HEX: forbidden by rule agents-never-answer
    mend: see: tk law explain agent:w/bot cast.answer parked:w/HEX
  $ tk acl borrow approve $item 2>&1 | plain
  tk: [TK-REC-0014] user:w/root may not approve this: it waits for an approval of user:w/rita
    mend: law must let them answer by a rule of that very role
  $ tk acl borrow approve zz
  tk: [TK-REC-0001] no lease is asked for under zz
    mend: `tk inbox list` shows what is asked for
  [2]
  $ tk acl borrow approve
  tk: [TK-CLI-0001] which lease? tk acl borrow approve LEASE
    mend: tk acl borrow list shows them
  [2]
  $ tk acl borrow aprove $item 2>&1 | plain
  tk: [TK-CLI-0001] DEED takes no "aprove"
    mend: did you mean approve?
  $ TK_TOKEN=$rita tk inbox answer $item approve --hash 00000000 2>&1 | plain
  tk: [TK-REC-0014] item ID asks for another thing: its hash is HASH
    mend: read it once more: tk inbox show ID
  $ TK_TOKEN=$rita tk acl borrow approve $item | plain
  ID  active  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 0 of 2 uses, until TIME
  $ tk acl borrow list | plain
  ID  active  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 0 of 2 uses, until TIME

It is used, for what it was given, as often as it was given.

  $ lease=$(tk acl borrow list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["leases"][0]["id"])')
  $ use() { TK_TOKEN=$bot tk acl borrow use $lease "$@"; }
  $ use --action run.start --resource wot:w/x | plain
  ID  active  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 1 of 2 uses, until TIME
  $ use --action run.start --resource hive:w/x 2>&1 | plain
  tk: [TK-ACL-0007] agent:w/bot may not run.start on hive:w/x: lease ID is for wot:w/** only
    mend: tk acl borrow list shows what is left of it
  $ use --action run.advance --resource wot:w/x 2>&1 | plain
  tk: [TK-ACL-0007] agent:w/bot may not run.advance on wot:w/x: lease ID is not for run.advance
    mend: tk acl borrow list shows what is left of it
  $ use --action run.start --resource wot:w/x --purpose fun 2>&1 | plain
  tk: [TK-ACL-0007] agent:w/bot may not run.start on wot:w/x: lease ID is for the purpose "deploy 1.4" only
    mend: tk acl borrow list shows what is left of it
  $ use --action run.strat --resource wot:w/x 2>&1 | plain
  tk: [TK-LAW-0002] unknown action run.strat
    mend: did you mean run.start?
  $ tk acl borrow use $lease --action run.start --resource wot:w/x 2>&1 | plain
  tk: [TK-ACL-0007] user:w/root may not run.start on wot:w/x: lease ID is not lent to user:w/root
    mend: tk acl borrow list shows what is left of it
  $ use --action run.start --resource wot:w/x | plain
  ID  active  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 2 of 2 uses, until TIME
  $ use --action run.start --resource wot:w/x 2>&1 | plain
  tk: [TK-ACL-0007] agent:w/bot may not run.start on wot:w/x: lease ID has no use left of 2
    mend: tk acl borrow list shows what is left of it
  $ tk log --borrow $lease --json | python3 -c 'import json,sys; d=json.load(sys.stdin); d=d if isinstance(d,list) else d["rows"]; print(*[r["event_type"] for r in d])'
  transition.parked borrow.granted borrow.used acl.denied acl.denied acl.denied acl.denied borrow.used acl.denied borrow.ended

Denied; given by its lender; given back; revoked, by either verb.

  $ ask >/dev/null 2>&1; item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ TK_TOKEN=$rita tk acl borrow deny $item --reason "not on a Friday" | plain
  ID  denied  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "deploy 1.4"; 0 of 2 uses
  $ tk inbox show $item | grep state
  state         denied: denied by user:w/rita: not on a Friday
  $ lend() { TK_TOKEN=$rita tk acl borrow request --lender user:rita --borrower agent:bot --action run.start --resource 'wot:w/**' --purpose p "$@" --json | one id; }
  $ lease=$(lend); TK_TOKEN=$bot tk acl borrow return $lease | plain; use --action run.start --resource wot:w/x 2>&1 | plain
  ID  was ended: returned  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "p"; 0 uses
  tk: [TK-ACL-0007] agent:w/bot may not run.start on wot:w/x: lease ID was ended: returned
    mend: tk acl borrow list shows what is left of it
  $ lease=$(lend --ttl 1m); TK_TOKEN=$rita tk acl borrow revoke $lease --reason "changed my mind" | plain; tk acl revoke $lease | plain
  ID  was ended: changed my mind  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "p"; 0 uses
  lease ID had ended before
  $ lease=$(lend --ttl 2m); tk acl revoke $lease --reason "an incident" | plain; tk acl borrow revoke $lease | plain
  lease ID is revoked  (row N)
  ID  was ended: an incident  agent:w/bot may run.start on wot:w/** by the right of user:w/rita, for "p"; 0 uses
  $ tk acl borrow list; tk acl borrow list --all | wc -l
  no lease is alive (--all shows those that are over)
  4

What cannot be lent, and what is asked for wrongly.

  $ lend() { TK_TOKEN=$rita tk acl borrow request --lender user:rita --borrower agent:bot --purpose p --resource 'wot:w/**' "$@"; }
  $ lend --action cast.answer
  tk: [TK-ACL-0009] cast.answer is never lent
  [3]
  $ lend --action run.start --ttl 9h
  tk: [TK-ACL-0008] 9 h is longer than a lease may last: 8 h
  [7]
  $ lend --action run.start --ttl soon
  tk: [TK-CLI-0001] not a duration: soon
    mend: write it like 120s, 15m, 1h30m or 250ms
  [2]
  $ lend --action run.start --max-uses many
  tk: [TK-CLI-0001] --max-uses takes a number, not "many"
  [2]
  $ lend --action run.start --when 'actor.kind ='
  tk: [TK-EXPR-0001] a single =
    mend: write ==
  [2]
  $ lend --action run.strat
  tk: [TK-LAW-0002] unknown action run.strat
    mend: did you mean run.start?
  [2]
  $ TK_TOKEN=$rita tk acl borrow request --lender user:rita --borrower agent:bto --action run.start --resource '**' --purpose p 2>&1 | plain
  tk: [TK-WS-0003] no entity agent:bto at commit C
    mend: did you mean agent:bot?
  $ lend --action run.start --on-revoke kil
  tk: [TK-CLI-0001] --on-revoke takes no "kil"
    mend: did you mean kill?
  [2]
  $ TK_TOKEN=$rita tk acl borrow request --lender user:rti --action run.start --resource '**' --purpose p 2>&1 | plain
  tk: [TK-WS-0003] no entity user:rti at commit C
    mend: did you mean user:rita?
  $ lend --action run.start --via 00000000-0000-7000-8000-000000000000
  tk: [TK-ACL-0007] user:w/rita holds no lease 00000000-0000-7000-8000-000000000000
    mend: tk acl borrow list shows what they hold
  [3]
  $ TK_TOKEN=$rita tk acl borrow request --lender user:rita --action run.start --resource '**'
  tk: [TK-CLI-0001] tk acl borrow request needs --purpose
    mend: see: tk acl borrow -h
  [2]
  $ TK_TOKEN=$rita tk acl borrow use 00000000 --action run.start --resource wot:w/x
  tk: [TK-REC-0001] no borrow 00000000
    mend: `tk record list` shows them
  [2]
  $ lend --action run.start --purpos p
  tk: [TK-CLI-0001] unknown option --purpos
    mend: did you mean --purpose?
  [2]
