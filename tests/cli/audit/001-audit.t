Rights that are too wide, what the journal lacks, secrets in clear; each finding with its place and its mend.

  $ tk init w >/dev/null && cd w && me=user:$(id -un)
  $ tk audit god-mode; tk audit secrets
  tk: nothing found
  tk: nothing found
  $ tk audit coverage
  rows                              13
  runs                              0, 0 still open
  starts of steps                   0, 0 still open
  agents with a token of their own  0
  $ tk repo new agent bot sponsor=$me >/dev/null; tk repo new grant boss role=role:owner to=agent:bot >/dev/null
  $ tk audit god-mode
  galaxies/w/grants/boss.xml:1: critical: god-rule: agent:w/bot: agent:w/bot may do everything, by rule owners-do-all (galaxies/w/rules/default.xml:5)
    mend: take the grant away, and give it a role with the actions that it needs: tk law draft --from agent:w/bot
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  [1]
  $ tk audit god-mode --json | python3 -c 'import json,sys; f=json.load(sys.stdin)[0]; print(f["kind"], f["severity"], f["seq"], len(f["hash"]))'; echo ${PIPESTATUS[0]}
  god-rule critical 15 64
  1
  $ tk status | sed 's/  */ /g' | tail -6
  permissions 1 agent, 3 grants, 0 groups, 4 roles, 5 rules, 1 user
  context w
  runs 0, of which 0 running and 0 waiting for a human
  approvals 0 items in the inbox: tk inbox list
  rights lent 0 leases in force: tk acl borrow list
  audit 1 grant too wide (tk audit god-mode looks at tokens and leases too); a checkpoint covers 0 rows; tk compliance report --frame soc2

Law alone does not show what was given out.

  $ git rm -q galaxies/w/grants/boss.xml && git commit -qm "no boss" && tk audit god-mode
  tk: nothing found
  $ no_ids() { sed -E 's/[0-9a-f]{8}-[0-9a-f-]{27}/ID/g; s/row [0-9]+/row N/g; s/user:w\/[a-z_-]+/user:w\/ME/g'; }
  $ tk acl token --for agent:bot >/dev/null 2>&1; tk audit god-mode | no_ids
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  row N: high: unlimited-token: token ID: agent:w/bot holds a token that is limited to nothing
    mend: tk acl revoke ID, and issue one for the actions that it needs
  $ tk acl revoke agent:bot >/dev/null; tk audit god-mode
  tk: nothing found
  $ tk repo new user una >/dev/null; tk acl borrow request --lender user:una --action run.read --resource 'run:**' --purpose fire --break-glass --json > lease; tk audit god-mode | no_ids
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  row N: low: unreviewed-break-glass: lease ID: user:w/ME broke the glass for fire and nobody has reviewed it yet
    mend: look at tk log --entity ID, then tk acl borrow review ID
  $ TK_CLOCK=+25h tk audit god-mode | no_ids | grep -o 'high.*'
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  high: unreviewed-break-glass: lease ID: user:w/ME broke the glass for fire and nobody has reviewed it yet: it is overdue

A secret is shown masked.

  $ echo 'AWS_ACCESS_KEY_ID=AKIAQ3EGR7WLZK5T2M8X' > deploy.env && git add deploy.env && git commit -qm env && tk audit secrets
  deploy.env:1: critical: clear-secret: deploy.env: secret-aws-access-key: AWS_ACCESS_KEY_ID=AKIA…
    mend: revoke the value, issue a new one and read it at run time: ${NAME} from the environment or a secret store
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  [1]
  $ tk audit --help | head -3; tk audit god-mod
  tk audit - rights that are too wide, gaps, secrets in clear
  
  tk audit god-mode - rights that are too wide, too long or in the wrong hands: 0 none, 1 with each
  tk: [TK-CLI-0001] tk audit has no verb god-mod
    mend: did you mean tk audit god-mode?
  [2]
