An agent asks for somebody's right; it gets it for a while, for a purpose, counted.

  $ tk init w >/dev/null && cd w
  $ tk repo new user rita >/dev/null; tk repo new role release >/dev/null; tk repo new grant rita-releases role=role:release to=user:rita >/dev/null
  $ tk repo new rule releases effect=permit role=role:release actions="run.start borrow.request" 'resource=**' >/dev/null
  $ tk repo new agent bot template=bot sponsor=user:rita >/dev/null; tk repo new role asks >/dev/null; tk repo new grant bot-asks role=role:asks to=agent:bot >/dev/null
  $ tk repo new rule bot-asks effect=permit role=role:asks actions=borrow.request 'resource=user:w/rita' >/dev/null
  $ plain() { sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/20[0-9-]{8}T[0-9:.]+Z/TIME/g; s/row [0-9]+/row N/; s/[0-9a-f]{64}/HASH/'; }
  $ one() { python3 -c "import json,sys; print(json.load(sys.stdin)['$1'])"; }
  $ bot=$(tk acl token --for agent:bot 2>/dev/null); rita=$(tk acl token --for user:rita 2>/dev/null)
  $ ask() { TK_TOKEN=$bot tk acl borrow request --lender user:rita --action run.start --resource 'wot:w/**' --ttl 30m --max-uses 2 --purpose "deploy 1.4" "$@"; }
  $ ask >said 2>&1; echo $?; plain < said
  $ ask --json 2>/dev/null | plain
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox list | plain
  $ tk inbox show $item | plain
  $ tk inbox show $item | awk 'length > 80'
  $ tk inbox show $item --json | python3 -c 'import json,sys; i=json.load(sys.stdin); print(len(i["hash"]), i["lends"])'
  $ hash=$(tk inbox show $item --json | one hash); tk inbox show $item | grep -c "^hash *$hash$"

Who approves: rita, and nobody for her.

  $ TK_TOKEN=$bot tk acl borrow approve $item 2>&1 | plain
  $ tk acl borrow approve $item 2>&1 | plain
  $ tk acl borrow approve zz
  $ tk acl borrow approve
  $ tk acl borrow aprove $item 2>&1 | plain
  $ TK_TOKEN=$rita tk inbox answer $item approve --hash 00000000 2>&1 | plain
  $ TK_TOKEN=$rita tk acl borrow approve $item | plain
  $ tk acl borrow list | plain

It is used, for what it was given, as often as it was given.

  $ lease=$(tk acl borrow list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["leases"][0]["id"])')
  $ use() { TK_TOKEN=$bot tk acl borrow use $lease "$@"; }
  $ use --action run.start --resource wot:w/x | plain
  $ use --action run.start --resource hive:w/x 2>&1 | plain
  $ use --action run.advance --resource wot:w/x 2>&1 | plain
  $ use --action run.start --resource wot:w/x --purpose fun 2>&1 | plain
  $ use --action run.strat --resource wot:w/x 2>&1 | plain
  $ tk acl borrow use $lease --action run.start --resource wot:w/x 2>&1 | plain
  $ use --action run.start --resource wot:w/x | plain
  $ use --action run.start --resource wot:w/x 2>&1 | plain
  $ tk log --borrow $lease --json | python3 -c 'import json,sys; d=json.load(sys.stdin); d=d if isinstance(d,list) else d["rows"]; print(*[r["event_type"] for r in d])'

Denied; given by its lender; given back; revoked, by either verb.

  $ ask >/dev/null 2>&1; item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ TK_TOKEN=$rita tk acl borrow deny $item --reason "not on a Friday" | plain
  $ tk inbox show $item | grep state
  $ lend() { TK_TOKEN=$rita tk acl borrow request --lender user:rita --borrower agent:bot --action run.start --resource 'wot:w/**' --purpose p "$@" --json | one id; }
  $ lease=$(lend); TK_TOKEN=$bot tk acl borrow return $lease | plain; use --action run.start --resource wot:w/x 2>&1 | plain
  $ lease=$(lend --ttl 1m); TK_TOKEN=$rita tk acl borrow revoke $lease --reason "changed my mind" | plain; tk acl revoke $lease | plain
  $ lease=$(lend --ttl 2m); tk acl revoke $lease --reason "an incident" | plain; tk acl borrow revoke $lease | plain
  $ tk acl borrow list; tk acl borrow list --all | wc -l

What cannot be lent, and what is asked for wrongly.

  $ lend() { TK_TOKEN=$rita tk acl borrow request --lender user:rita --borrower agent:bot --purpose p --resource 'wot:w/**' "$@"; }
  $ lend --action cast.answer
  $ lend --action run.start --ttl 9h
  $ lend --action run.start --ttl soon
  $ lend --action run.start --max-uses many
  $ lend --action run.start --when 'actor.kind ='
  $ lend --action run.strat
  $ lend --action run.start --borrower agent:bto
  $ lend --action run.start --on-revoke kil
  $ lend --action run.start --resource 'wot:'
  $ lend --action run.start --via 00000000-0000-7000-8000-000000000000
  $ TK_TOKEN=$rita tk acl borrow request --lender user:rita --action run.start --resource '**'
  $ TK_TOKEN=$rita tk acl borrow use 00000000 --action run.start --resource wot:w/x
  $ lend --action run.start --purpos p
