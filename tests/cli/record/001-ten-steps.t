A record of one's own type, and the ten steps of its transitions.

  $ tk init w >/dev/null && cd w && mkdir records
  $ cat > records/ticket.toml <<'X'
  > record = "ticket"
  > initial = "open"
  > [fields]
  > title = { type = "text" }
  > size = { type = "int" }
  > [[state]]
  > name = "open"
  > [[state]]
  > name = "closed"
  > [[transition]]
  > event = "close"
  > from = ["open"]
  > to = "closed"
  > input = { reason = "text" }
  > X

Law does not know ticket.new before HEAD declares it.

  $ tk record new ticket title=x
  tk: [TK-LAW-0002] unknown action ticket.new
    mend: `tk law actions` lists them; a definition in records/ counts once it is committed
  [2]
  $ git add -A && git commit -qm ticket
  $ tk record new ticket title="printer on fire" size=3 --name fire | sed 's/^[^ ]*/ID/'
  ID  open  (row 15)
  $ id=$(tk record list ticket --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["id"])')
  $ tk record step $id clsoe
  tk: [TK-REC-0003] clsoe is not legal for ticket in state open
    mend: did you mean close?
  [1]
  $ tk record step $id close reason=done --key k1 --explain | sed -E "s/$id/ID/g; s/ +[0-9]+ us/ N us/; s/definition [0-9a-f]+/definition D/; s/  +/  /g"
  1  resolve N us  user:w/*, ticket ID, definition D (glob)
  2  validate N us  key is new
  3  match N us  open --close → closed
  4  authorise N us  ticket.close allowed by rule owners-do-all
  5  guard N us  no guard
  6  obligations N us  none is open
  7  reduce N us  version 2
  8  commit N us  row 17, flushed
  9  publish N us  0 effects
  10  mirror and seal N us  leaf 16 of the tree; the last checkpoint is of 0 rows
  ID  open → closed  (row 17)
  $ tk record step $id close reason=done --key k1 | sed 's/^[^ ]*/ID/'
  ID  open → closed  (row 17, repeated)
  $ tk record step $id close reason=again
  tk: [TK-REC-0003] close is not legal for ticket in state closed
    mend: no event is: the state is final
  [1]
  $ tk record step $id clsoe
  tk: [TK-REC-0003] clsoe is not legal for ticket in state closed
    mend: no event is: the state is final
  [1]
  $ tk record new ticket size=big
  tk: [TK-CLI-0001] `size` must be int, not "big"
  [2]
  $ tk record new ticket titel=x
  tk: [TK-REC-0004] a new ticket takes no `titel`
    mend: did you mean `title`?
  [2]
  $ tk record step 0000 close
  tk: [TK-REC-0001] no record 0000
    mend: `tk record list` shows them
  [2]
  $ tk record new user x
  tk: [TK-REC-0007] a user is declared, not recorded by hand
    mend: tk repo new user NAME, tk repo set user:NAME
  [3]
  $ tk record new tiket title=x
  tk: [TK-REC-0001] no record type tiket
    mend: declare it in records/tiket.toml
  [2]
  $ tk log --entity $id | sed -E 's/^([0-9]+)  [^ ]*/\1 …/; s/[0-9a-f]{8}-[0-9a-f-]*/ID/'
  15 …  ticket.created  ticket ID  → open  by user:w/* (glob)
  16 …  transition.failed  ticket ID  open  by user:w/*  [failed]  (step 3 match: clsoe is not legal for ticket in state open) (glob)
  17 …  ticket.state_changed  ticket ID  open → closed  by user:w/* (glob)
  18 …  transition.failed  ticket ID  closed  by user:w/*  [failed]  (step 3 match: close is not legal for ticket in state closed) (glob)
  19 …  transition.failed  ticket ID  closed  by user:w/*  [failed]  (step 3 match: clsoe is not legal for ticket in state closed) (glob)
  $ tk log verify
  ok: 21 rows; the chain holds and every record is the fold of its rows
