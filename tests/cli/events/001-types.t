The closed catalogue of what can happen.

  $ tk events types | head -4
  type                          layer  emitted  what happened
  acl.allowed                   5      later    law's yes to something that is no transition and that no other row tells of
  acl.denied                    3      yes      law's no to something that is no transition
  action.created                3      yes      action was declared or made
  $ tk init w >/dev/null && cd w
  $ tk events types | wc -l
  286
  $ tk events types --layer 3 | grep -E '^(borrow|law|key)\.'
  borrow.created            3      as       borrow was declared or made: borrow.granted
  borrow.deleted            3      as       borrow was taken away: borrow.ended
  borrow.ended              3      yes      a lease ended: returned, revoked, spent or over
  borrow.granted            3      yes      a lease began
  borrow.reviewed           3      yes      a lease that was taken by breaking the glass was reviewed
  borrow.state_changed      3      as       borrow went into another state: borrow.ended
  borrow.updated            3      as       borrow changed and kept its state: borrow.reviewed, borrow.used
  borrow.used               3      yes      a lease was used once
  key.created               3      yes      a signing key was made and waits for its turn
  key.retired               3      yes      a signing key signs no more; what it signed counts until a time
  key.rotated               3      yes      a signing key took over
  law.reviewed              3      yes      somebody attests that the grants were looked through
  $ tk events types --layer 5 | tail -3
  profile.deleted              5      later    profile was taken away
  profile.state_changed        5      yes      profile went into another state
  profile.updated              5      yes      profile changed and kept its state
  $ tk events types --json | python3 -c 'import json,sys; e={t["type"]: t for t in json.load(sys.stdin)}["borrow.used"]; print(e["layer"], e["emitted"], e["payload"], e["schema"]["type"])'
  3 True {input: {action?: text|json, purpose?: text|json, resource?: text|json}, arguments?: json} object

A workspace's own records add theirs.

  $ mkdir records; printf 'record = "ticket"\ninitial = "open"\n[fields]\ntitle = { type = "text" }\n[[state]]\nname = "open"\n[[state]]\nname = "shut"\n[[transition]]\nevent = "shut"\nfrom = ["open"]\nto = "shut"\n' > records/ticket.toml
  $ tk events types | grep '^ticket'
  ticket.created                own    yes      of the workspace's own ticket
  ticket.migrated               own    yes      of the workspace's own ticket
  ticket.state_changed          own    yes      of the workspace's own ticket
  $ tk events types --layer 7
  tk: [TK-CLI-0001] --layer takes no "7"
    mend: did you mean 1?
  [2]
  $ printf 'record = "ticket"\n' > records/ticket.toml; tk events types | tail -1
  tk: [TK-TOML-0002] records/ticket.toml:1:1: `initial` is missing
    mend: add a line: initial = "…"
