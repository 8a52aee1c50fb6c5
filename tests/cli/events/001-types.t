The closed catalogue of what can happen.

  $ tk events types | head -4
  $ tk init w >/dev/null && cd w
  $ tk events types | wc -l
  $ tk events types --layer 3 | grep -E '^(borrow|law|key)\.'
  $ tk events types --layer 5 | tail -3
  $ tk events types --json | python3 -c 'import json,sys; e={t["type"]: t for t in json.load(sys.stdin)}["borrow.used"]; print(e["layer"], e["emitted"], e["payload"], e["schema"]["type"])'

A workspace's own records add theirs.

  $ mkdir records; printf 'record = "ticket"\ninitial = "open"\n[fields]\ntitle = { type = "text" }\n[[state]]\nname = "open"\n[[state]]\nname = "shut"\n[[transition]]\nevent = "shut"\nfrom = ["open"]\nto = "shut"\n' > records/ticket.toml
  $ tk events types | grep '^ticket'
  $ tk events types --layer 7
  $ printf 'record = "ticket"\n' > records/ticket.toml; tk events types | tail -1
