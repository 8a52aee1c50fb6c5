Personal data is sealed before anything is written, and gone when its key is.

  $ tk init w >/dev/null && cd w && mkdir records
  $ printf 'record = "contact"\ninitial = "open"\n[fields]\nmail = { type = "text", pii = true }\nphone = { type = "text", pii = "owner" }\nowner = "text"\n[[state]]\nname = "open"\n[[transition]]\nevent = "set"\nfrom = ["open"]\nto = "open"\ninput = { mail = "text" }\n' > records/contact.toml
  $ git add -A && git -c user.name=t -c user.email=t@example.org commit -qm contact
  $ tk repo new user rita email=rita@example.org full-name="Rita R"
  user:w/rita  galaxies/w/users/rita.xml
  $ sed 's/pii:v1:[-0-9a-zA-Z_:]*/MARK/g; s/id="[^"]*"/id="…"/' galaxies/w/users/rita.xml
  <user id="…" name="rita" email="MARK" full-name="MARK"/>
  $ tk repo get user:rita | grep -E 'email|full-name'
  email      rita@example.org
  full-name  Rita R
  $ id=$(tk record new contact mail=c@example.org phone=555 owner=user:rita | cut -d' ' -f1)
  $ tk record show $id | grep -E 'mail|phone'
  mail     "c@example.org"
  phone    "555"
  $ tk log --entity $id --json | grep -c 'pii:v1:'
  1
  $ tk record step $id set mial=c@example.org
  tk: [TK-REC-0004] event set takes no `mial`
    mend: `tk record show` and the definition say what it takes
  [2]
  $ tk record new contact phone=555
  tk: [TK-PII-0001] `phone` is personal and `owner`, which says whose data it is, is missing
  [2]
  $ tk record new contact phone=555 owner=user:nobody
  tk: [TK-WS-0003] no entity user:nobody at commit * (glob)
  [2]
  $ tk log subject user:rita --reason "asked for it" --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["state"], d["attributes"]["email"], [r["fields"].get("phone") for r in d["records"] if r["type"] == "contact"])'
  keyed rita@example.org ['555']
  $ sed -i 's/email="[^"]*"/email="rita@example.org"/' galaxies/w/users/rita.xml && tk repo validate | sed 's/=…//'
  galaxies/w/users/rita.xml:1:68: email is personal and stands here in clear [TK-PII-0001]
    mend: take the attribute out and commit that; then `tk repo set user:rita email` seals it
  $ git checkout -q galaxies
  $ tk log erase user:rita --reason "asked for it" | sed 's/key of [-0-9a-f]*/key of ID/'
  erased: the key of ID is destroyed, what was sealed under it is gone
  $ tk log erase user:rita | sed 's/^[-0-9a-f]* was/ID was/'
  ID was erased before; there is no key of it
  $ tk repo get user:rita | grep -E 'email|full-name'
  email      (erased)
  full-name  (erased)
  $ tk record show $id | grep -E 'mail|phone'
  mail     "c@example.org"
  phone    "(erased)"
  $ tk repo set user:rita email=new@example.org 2>&1 | sed -E 's/subject [-0-9a-f]*/subject ID/; s/at [-0-9]+T.*/at TIME/'
  tk: [TK-PII-0002] subject ID was erased at TIME
    mend: what was sealed for it is gone for good, and nothing new is taken
  $ tk log erase user:nobody
  tk: [TK-WS-0003] no entity user:nobody at commit * (glob)
  [2]
  $ tk log erase 0192f3a0-0000-7000-8000-000000000000
  tk: [TK-WS-0003] neither an entity nor a record: 0192f3a0-0000-7000-8000-000000000000
    mend: name it by its reference (user:alice) or its whole id; tk repo get user lists people
  [2]
  $ tk log verify | head -1 | sed 's/[0-9]* rows/N rows/'
  ok: N rows; the chain holds and every record is the fold of its rows

How long payloads are kept, and that nobody removes one before.

  $ tk log prune
  nothing to prune: no payload's time is over
  $ printf '[retention]\n"contact.*" = "30d"\n' >> tk.toml && tk log prune
  tk: [TK-WS-0010] tk.toml:5:15: `contact.*` would be kept for less than 183 days
    mend: 183d is the least
  [2]
  $ sed -i 's/30d/200d/' tk.toml && tk config 'retention.contact.*' --explain
  retention.contact.*  200d  tk.toml:5:15
  $ tk record step $id set mail=d@example.org >/dev/null; tk log prune --type 'contact.*' --before 1s 2>&1 | sed -E 's/[0-9-]+T[0-9:.]+Z/TIME/g'; TK_CLOCK=+1h tk log prune --type 'contact.*' --before 1s 2>&1 | sed -E 's/[0-9-]+T[0-9:.]+Z/TIME/g'
  nothing to prune: no payload's time is over
  tk: [TK-JRN-0008] nothing is pruned: contact.updated of TIME must be kept until TIME
    mend: [retention] in tk.toml says how long each type is kept, 183d or more
  $ TK_CLOCK=+201d tk log prune --type 'contact.*'
  pruned: the payloads of 1 row
  $ tk log verify | head -1 | sed 's/[0-9]* rows/N rows/'
  ok: N rows; the chain holds and every record is the fold of its rows
  $ tk log --event log.pruned --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(len(d), d[0]["payload"]["input"]["rows"], d[0]["rule_id"])'
  1 1 owners-do-all

What a definition may not say of personal fields.

  $ head() { printf 'record = "t"\ninitial = "a"\n[fields]\nwho = "text"\n%b\n[[state]]\nname = "a"\n[[transition]]\nevent = "go"\nfrom = ["a"]\nto = "a"\n%b\n' "$1" "$2" > records/t.toml; tk record lint t; }
  $ head 'mail = { type = "int", pii = true }'
  tk: [TK-REC-0002] records/t.toml:5:30: only a text can be personal, not int
  [2]
  $ head 'mail = { type = "text", pii = true, default = "x@example.org" }'
  tk: [TK-REC-0002] records/t.toml:5:47: `mail` is personal and can have no default: it would stand here in clear
  [2]
  $ head 'mail = { type = "text", pii = "whom" }'
  tk: [TK-REC-0002] records/t.toml:5:31: `pii` names no field: whom
    mend: did you mean "who"?
  [2]
  $ head 'mail = { type = "text", pii = 7 }'
  tk: [TK-TOML-0003] records/t.toml:5:31: `pii` must be true, or the field that names the subject
  [2]
  $ head 'mail = { type = "text", pii = true }' "set = { mail = \"'x@example.org'\" }"
  tk: [TK-REC-0002] records/t.toml:12:16: `mail` is personal: only an input gives it a value
    mend: null takes it away
  [2]
  $ head 'mail = { type = "text", pii = true }' 'input = { mail = "json" }'
  tk: [TK-REC-0002] records/t.toml:12:9: `mail` is a personal field: it is given as text, not json
  [2]
