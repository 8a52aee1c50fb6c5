A record goes on under the definition that it was made under, until it is migrated.

  $ tk init w >/dev/null && cd w && mkdir records
  $ cat > records/ticket.toml <<'T'
  > record = "ticket"
  > initial = "triage"
  > [fields]
  > title = "text"
  > [[state]]
  > name = "triage"
  > [[state]]
  > name = "closed"
  > final = true
  > [[transition]]
  > event = "close"
  > from = ["triage"]
  > to = "closed"
  > T
  $ git add -A && git commit -qm one
  $ for n in 1 2; do tk record new ticket title=t$n --name t$n >/dev/null; done
  $ id=$(tk record list ticket --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk record step $id close >/dev/null
  $ sed -i 's/triage/open/; s/version = 1//' records/ticket.toml && sed -i '1a version = 2' records/ticket.toml
  $ sed -i 's/"triage"/"open"/; s/title = "text"/title = "text"\nsize = { type = "int", default = 1 }/' records/ticket.toml
  $ git commit -qam two
  $ tk record migrate ticket --dry-run | sed -E 's/[0-9a-f]{8}-[0-9a-f-]+/ID/g'
  ID  closed  →  closed
  ID  triage  →  refused: record ID is in state triage, which is gone
  2 records would go to version 2 of ticket
  $ tk record migrate ticket 2>&1 | sed -E 's/[0-9a-f]{8}-[0-9a-f-]+/ID/g'
  tk: [TK-REC-0012] record ID is in state triage, which is gone
    mend: say where it leads: [migrate] states = { triage = "open" }
  $ printf '[migrate]\nstates = { triage = "opne" }\n' >> records/ticket.toml; tk record migrate ticket --dry-run
  tk: [TK-REC-0002] records/ticket.toml:17:21: `triage` leads to no state: opne
    mend: did you mean "open"?
  [2]
  $ sed -i 's/opne/open/' records/ticket.toml; git commit -qam three
  $ tk record migrate ticket --dry-run | sed -E 's/[0-9a-f]{8}-[0-9a-f-]+/ID/g'
  ID  closed  →  closed
  ID  triage  →  open
  2 records would go to version 2 of ticket
  $ tk record migrate ticket 2>&1 | sed -E 's/[0-9a-f]{8}-[0-9a-f-]+/ID/g'
  ID  closed  →  closed
  ID  triage  →  open
  2 records went to version 2 of ticket
  $ tk record migrate ticket
  0 records went to version 2 of ticket
  $ tk record list ticket --json | python3 -c 'import json,sys; print([(r["state"], r["version"], r["fields"]) for r in json.load(sys.stdin)])'
  [('closed', 3, {'size': 1, 'title': 't1'}), ('open', 2, {'size': 1, 'title': 't2'})]
  $ tk log --event ticket.migrated | sed -E 's/^([0-9]+)  [^ ]*/\1 …/; s/[0-9a-f]{8}-[0-9a-f-]*/ID/'
  17 …  ticket.migrated  ticket ID  closed  by user:w/* (glob)
  18 …  ticket.migrated  ticket ID  triage → open  by user:w/* (glob)
  $ tk record migrate user
  tk: [TK-REC-0007] the definition of user is tk's own
    mend: its records go on under the one that they are pinned to
  [3]
  $ tk record migrate tikcet --dry-run
  tk: [TK-REC-0001] no record tikcet
    mend: `tk record list` shows them
  [2]
  $ tk log verify
  ok: 18 rows; the chain holds and every record is the fold of its rows
