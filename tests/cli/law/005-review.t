Grants that nobody uses, and that somebody looked.

  $ tk init w >/dev/null && cd w && me=user:$(id -un)
  $ tidy() { sed -E "s/20[0-9T:.-]+Z/TIME/; s/[[:alnum:]_-]+\.[[:alnum:]_-]{40,}\.[[:alnum:]_-]+/JWS/; s/(user:|w\/)$(id -un)/\1ME/g; s/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/ +/ /g"; }
  $ tk law review | tidy
  grant role to last used uses
  grant:w/owner role:w/owner user:ME never 0
  grant:w/every-agent role:w/agent agent:** never 0
  $ tk law review --unused 1ms | tidy
  grant role to last used uses
  grant:w/owner role:w/owner user:ME never 0 unused: galaxies/w/grants/default.xml:2
  grant:w/every-agent role:w/agent agent:** never 0 unused: galaxies/w/grants/default.xml:3
  $ tk law review --attest
  tk: [TK-CLI-0001] who attests says why
    mend: --reason "quarterly review"
  [2]
  $ tk law review --attest --reason "looked at all" | tidy | tail -2
  attested: row 17; the statement, signed:
  JWS
  $ tk log --event law.reviewed | sed -E 's/^[0-9]+ .* by/N … by/' | tidy
  N … by user:w/ME (looked at all)
  $ tk repo new agent bot sponsor=$me >/dev/null; tk law review --attest --reason "me too" --as agent:bot 2>&1 | tidy; tk law review --unused soon
  tk: [TK-LAW-0005] agent:w/bot may not law.review on review:w/ID: no rule of agent:w/bot's roles permits law.review
   mend: see: tk law explain agent:w/bot law.review review:w/ID
  tk: [TK-CLI-0001] not a duration: soon
    mend: write it like 120s, 15m, 1h30m or 250ms
  [2]
  $ tk law review --attest --reason "quarterly" --json | python3 -c 'import json,sys,base64; d=json.load(sys.stdin); s=d["statement"].split("."); print([json.loads(base64.urlsafe_b64decode(p + "==")).get("typ" if i == 0 else "reason") for i, p in enumerate(s[:2])], d["unused"])'
  ['tk-review+jwt', 'quarterly'] 0
