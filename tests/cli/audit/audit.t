What a workspace can show for itself, and what is too wide in it.

  $ tk init w >/dev/null && cd w
  $ tk audit god-mode; tk audit secrets
  tk: nothing found
  tk: nothing found
  $ tk audit coverage
  rows                              13
  runs                              0, 0 still open
  starts of steps                   0, 0 still open
  agents with a token of their own  0
  $ tk compliance report --frame ai-act >report; tail -1 report | sed 's/Journal.*//'
  6 of 6 automatable controls pass; 5 are not automatable. 
  $ grep -A1 "^14 " report
  14  pass: people can oversee, decide and stop it
      pass  agents-can-be-halted: for every agent there is somebody whom law lets halt it
  $ tk compliance report --frame sox
  tk: [TK-CLI-0001] --frame takes no "sox"
    mend: did you mean soc2?
  [2]
  $ tk repo new agent bot sponsor=user:$(id -un) >/dev/null
  $ tk repo new grant boss role=role:owner to=agent:bot >/dev/null
  $ tk audit god-mode
  galaxies/w/grants/boss.xml:1: critical: god-rule: agent:w/bot: agent:w/bot may do everything, by rule owners-do-all (galaxies/w/rules/default.xml:5)
    mend: take the grant away, and give it a role with the actions that it needs: tk law draft --from agent:w/bot
  tk: [TK-AUD-0001] 1 finding
    mend: each is above, with its mend
  [1]
  $ tk compliance report --frame soc2 >report; grep -c FAIL report
  tk: [TK-AUD-0002] 1 control of soc2 failed
    mend: each is above, with its rows
  1
  $ tk law review --attest
  tk: [TK-CLI-0001] who attests says why
    mend: --reason "quarterly review"
  [2]
  $ tk law review --attest --reason "looked at all" | grep -E 'every|attested'
  grant:w/every-agent  role:w/agent  agent:**   never                     0
  attested: row 16
  $ tk events types --layer 5 | tail -3
  profile.deleted              5      -        profile was taken away
  profile.state_changed        5      -        profile went into another state
  profile.updated              5      -        profile changed and kept its state
