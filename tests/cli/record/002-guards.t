A definition of nine states, some of them in each other, with guards, what is set, and an invariant.

  $ tk init w >/dev/null && cd w && mkdir records
  $ cat > records/order.toml <<'T'
  > record = "order"
  > initial = "draft"
  > [fields]
  > total = { type = "int", default = 0 }
  > paid = { type = "int", default = 0 }
  > address = "text"
  > shipped_by = "text"
  > visits = { type = "int", default = 0 }
  > [[state]]
  > name = "draft"
  > [[state]]
  > name = "active"
  > initial = "placed"
  > on_enter = [{ set = "visits", to = "record.visits + 1" }]
  > tools = ["order_read"]
  > [[state]]
  > name = "placed"
  > parent = "active"
  > tools = ["order_pay"]
  > [[state]]
  > name = "packing"
  > parent = "active"
  > [[state]]
  > name = "on_hold"
  > parent = "active"
  > [[state]]
  > name = "shipped"
  > on_enter = [{ set = "shipped_by", to = "actor.kind" }]
  > [[state]]
  > name = "returned"
  > [[state]]
  > name = "closed"
  > final = true
  > [[state]]
  > name = "cancelled"
  > final = true
  > [[transition]]
  > event = "add"
  > from = ["draft"]
  > input = { price = "int" }
  > guard = [{ when = "input.price > 0", reason = "a price is more than nothing" }]
  > set = { total = "record.total + input.price" }
  > [[transition]]
  > event = "place"
  > from = ["draft"]
  > to = "active"
  > input = { address = "text" }
  > guard = [
  >   { when = "record.total > 0", reason = "there is nothing in it" },
  >   { when = "size(input.address) >= 5", reason = "the address is too short" },
  >   { when = "now > timestamp('2020-01-01T00:00:00Z')", reason = "the shop is not open yet" },
  > ]
  > [[transition]]
  > event = "pay"
  > from = ["active"]
  > input = { amount = "int" }
  > set = { paid = "record.paid + input.amount" }
  > [[transition]]
  > event = "pack"
  > from = ["placed", "on_hold"]
  > to = "packing"
  > [[transition]]
  > event = "hold"
  > from = ["active"]
  > to = "on_hold"
  > [[transition]]
  > event = "ship"
  > from = ["packing"]
  > to = "shipped"
  > guard = { when = "record.paid >= record.total", reason = "it is not paid" }
  > [[transition]]
  > event = "return"
  > from = ["shipped"]
  > to = "returned"
  > [[transition]]
  > event = "settle"
  > from = ["returned", "shipped"]
  > to = "closed"
  > guard = { when = "record.paid == record.total", reason = "money is owed" }
  > [[transition]]
  > event = "cancel"
  > from = ["draft", "active"]
  > to = "cancelled"
  > guard = { when = "record.paid == 0", reason = "pay back first" }
  > [[invariant]]
  > when = "record.paid <= record.total"
  > reason = "nobody pays more than the total"
  > T
  $ git add -A && git commit -qm order
  $ id=$(tk record new order --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ step() { tk record step $id "$@" | sed "s/$id/ID/"; return ${PIPESTATUS[0]}; }

Every condition that does not hold gives its reason, and the refusal is journaled.

  $ step place address=x
  tk: [TK-REC-0008] place is not allowed now: there is nothing in it; the address is too short
  [1]
  $ tk log --entity $id --kind failed | sed -E 's/^.*\[failed\]/[failed]/'
  [failed]  (step 5 guard: place is not allowed now: there is nothing in it; the address is too short)
  $ step add price=0
  tk: [TK-REC-0008] add is not allowed now: a price is more than nothing
  [1]
  $ step add price=7
  ID  draft → draft  (row 17)
  $ step place address="1 High Street"
  ID  draft → placed  (row 18)
  $ tk record show $id --json | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["state"], r["fields"]["visits"], r["tools"], r["events"])'
  placed 1 ['order_pay', 'order_read'] ['pack', 'pay', 'hold', 'cancel']

A transition of a state holds in the states in it; an internal one stays where it is.

  $ step pay amount=5
  ID  placed → placed  (row 19)
  $ step hold
  ID  placed → on_hold  (row 20)
  $ step pack
  ID  on_hold → packing  (row 21)
  $ step ship
  tk: [TK-REC-0008] ship is not allowed now: it is not paid
  [1]
  $ step pay amount=3
  tk: [TK-REC-0010] an invariant of order would be broken: nobody pays more than the total
  [1]
  $ step pay amount=2
  ID  packing → packing  (row 24)
  $ step ship --explain | sed -E 's/ +[0-9]+ us/ N us/; s/definition [0-9a-f]+/definition D/; s/  +/  /g'
  1  resolve N us  user:w/*, order ID, definition D (glob)
  2  validate N us  no idempotency key
  3  match N us  packing --ship → shipped
  4  authorise N us  order.ship allowed by rule owners-do-all
  5  guard N us  1 condition met
  6  obligations N us  none is open
  7  reduce N us  version 8
  8  commit N us  row 25, flushed
  9  publish N us  0 effects
  10  mirror and seal N us  leaf 24 of the tree; the last checkpoint is of 0 rows
  ID  packing → shipped  (row 25)
  $ tk record show $id | grep -E "^(state|version|shipped_by|visits)"
  state       shipped
  version     8
  shipped_by  "user"
  visits      2
  $ step cancel
  tk: [TK-REC-0003] cancel is not legal for order in state shipped
    mend: legal events: return, settle
  [1]
  $ step settle
  ID  shipped → closed  (row 27)
  $ tk log verify
  ok: 27 rows; the chain holds and every record is the fold of its rows
