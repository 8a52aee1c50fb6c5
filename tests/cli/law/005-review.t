Grants that nobody uses, and that somebody looked.

  $ tk init w >/dev/null && cd w && me=user:$(id -un)
  $ tidy() { sed -E "s/20[0-9T:.-]+Z/TIME/; s/[[:alnum:]_-]+\.[[:alnum:]_-]{40,}\.[[:alnum:]_-]+/JWS/; s/w\/$(id -un)/w\/ME/g; s/ +/ /g"; }
  $ tk law review | tidy
  $ tk law review --unused 1ms | tidy
  $ tk law review --attest
  $ tk law review --attest --reason "looked at all" | tidy | tail -1
  $ tk log --event law.reviewed | sed -E 's/^[0-9]+ .* by/N … by/' | tidy
  $ tk repo new agent bot sponsor=$me >/dev/null; tk law review --attest --reason "me too" --as agent:bot 2>&1 | grep -v '^  mend'; tk law review --unused soon
  $ tk law review --attest --reason "quarterly" --json | python3 -c 'import json,sys,base64; d=json.load(sys.stdin); s=d["statement"].split("."); print([json.loads(base64.urlsafe_b64decode(p + "==")).get("typ" if i == 0 else "reason") for i, p in enumerate(s[:2])], d["unused"])'
