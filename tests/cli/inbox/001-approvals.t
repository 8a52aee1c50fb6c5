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
  $ tk record step $id ship --as user:ann
  $ tk record step $id ship --reason "it is Tuesday" --as user:ann >said 2>&1; echo $?; no_ids < said
  $ tk record show $id | grep -E "^(state|version)"
  $ tk inbox list | no_ids
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox answer $item approve --as user:ann 2>&1 | no_ids
  $ tk inbox answer $item approve --as user:bob 2>&1 | no_ids
  $ tk inbox answer $item maybe --as user:lea
  $ tk inbox answer $item approve --as user:lea | no_ids
  $ tk inbox answer $item approve --as user:lea 2>&1 | no_ids
  $ tk inbox answer $item approve --as user:lou | no_ids
  $ tk inbox answer $item approve --as user:lou 2>&1 | no_ids
  $ tk inbox list
  $ tk log --entity $id | no_ids | sed -E 's/^([0-9]+)  [^ ]*/N …/; s/w\/[a-z_-]+ for/w\/ME for/'
  $ tk record step $item approve
  $ tk log verify | sed -E 's/[0-9]+/N/'

The record moved while somebody thought about it.

  $ id=$(tk record new release notes=x --as user:ann --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ tk record step $id ship --reason r --as user:bob >/dev/null 2>&1; tk record step $id write notes=y --as user:ann >/dev/null
  $ item=$(tk inbox list --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk inbox answer $item approve --as user:lea >/dev/null; tk inbox answer $item approve --as user:lou 2>&1 | no_ids
  $ tk inbox list
  $ tk inbox answer 00000000 approve
