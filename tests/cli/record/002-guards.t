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
  $ tk log --entity $id --kind failed | sed -E 's/^.*\[failed\]/[failed]/'
  $ step add price=0
  $ step add price=7
  $ step place address="1 High Street"
  $ tk record show $id --json | python3 -c 'import json,sys; r=json.load(sys.stdin); print(r["state"], r["fields"]["visits"], r["tools"], r["events"])'

A transition of a state holds in the states in it; an internal one stays where it is.

  $ step pay amount=5
  $ step hold
  $ step pack
  $ step ship
  $ step pay amount=3
  $ step pay amount=2
  $ step ship --explain | sed -E 's/ +[0-9]+ us/ N us/; s/definition [0-9a-f]+/definition D/; s/  +/  /g'
  $ tk record show $id | grep -E "^(state|version|shipped_by|visits)"
  $ step cancel
  $ step settle
  $ tk log verify
