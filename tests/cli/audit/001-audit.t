Rights that are too wide, what the journal lacks, secrets in clear; each finding with its place and its mend.

  $ tk init w >/dev/null && cd w && me=user:$(id -un)
  $ tk audit god-mode; tk audit secrets
  $ tk audit coverage
  $ tk repo new agent bot sponsor=$me >/dev/null; tk repo new grant boss role=role:owner to=agent:bot >/dev/null
  $ tk audit god-mode
  $ tk audit god-mode --json | python3 -c 'import json,sys; f=json.load(sys.stdin)[0]; print(f["kind"], f["severity"], f["seq"], len(f["hash"]))'; echo ${PIPESTATUS[0]}
  $ tk status | sed 's/  */ /g' | tail -6

Law alone does not show what was given out.

  $ git rm -q galaxies/w/grants/boss.xml && git commit -qm "no boss" && tk audit god-mode
  $ no_ids() { sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/row [0-9]+/row N/g'; }
  $ tk acl token --for agent:bot >/dev/null 2>&1; tk audit god-mode | no_ids
  $ tk acl revoke agent:bot >/dev/null; tk audit god-mode
  $ tk repo new user una >/dev/null; tk acl borrow request --lender user:una --action run.read --resource 'run:**' --purpose fire --break-glass --json > lease; tk audit god-mode | no_ids
  $ TK_CLOCK=+25h tk audit god-mode | no_ids | grep -o 'high.*'

A secret is shown masked.

  $ echo 'AWS_ACCESS_KEY_ID=AKIAQ3EGR7WLZK5T2M8X' > deploy.env && git add deploy.env && git commit -qm env && tk audit secrets
  $ tk audit --help | head -3; tk audit god-mod
