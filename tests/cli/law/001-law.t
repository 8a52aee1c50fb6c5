May this actor do this to that, and why.

  $ tk init w --template code-review >/dev/null && cd w
  $ tk law can agent:analyst step.run step:w.review/code-review/analyst; echo $?
  yes
  0
  $ tk law can agent:analyst cast.answer cast:w.review/code-review/human_review
  no
  [1]
  $ tk law explain agent:analyst cast.answer cast:w.review/code-review/human_review | grep -v policy
  deny: agent:w.review/analyst may not cast.answer on cast:w.review/code-review/human_review
    agent:w.review/analyst  (galaxies/w/systems/review/agents/analyst.xml:1)
    → granted role:w/agent in w by grant every-agent  (galaxies/w/grants/default.xml:3)
    → forbid rule agents-never-answer on **  (galaxies/w/rules/default.xml:7)
    → cast:w.review/code-review/human_review
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny
  $ tk law explain agent:analyst log.read run:w/x | grep -v policy
  deny: agent:w.review/analyst may not log.read on run:w/x
    missing link: no rule of agent:w.review/analyst's roles permits log.read
    nearest permit: rule readers-read  (galaxies/w/rules/default.xml:3)
      unmet: role role:w/reader
        → grant role:w/reader to agent:w.review/analyst in w
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny
  $ tk law can agent:analyst cast.answer cast:w/x --json | python3 -c 'import json,sys; d=json.load(sys.stdin); print(d["answer"], d["rules"][0]["id"], d["rules"][0]["file"], d["rules"][0]["line"])'
  deny agents-never-answer galaxies/w/rules/default.xml 7
  $ tk law can agent:analist cast.answer cast:w/x
  tk: [TK-WS-0003] no entity agent:analist at commit * (glob)
    mend: did you mean agent:analyst?
  [2]
  $ tk law can agent:analyst cast.anser cast:w/x
  tk: [TK-LAW-0002] unknown action cast.anser
    mend: did you mean cast.answer?
  [2]
  $ tk law can analyst cast.answer cast:w/x
  tk: [TK-CLI-0001] not a reference: "analyst" (no type)
    mend: write it like user:alice or agent:acme.web/analyst
  [2]
  $ tk law actions | head -3
  actor.act-as
  actor.halt
  actor.resume

Law decides on HEAD and says so when the working tree differs.

  $ sed -i s/forbid/permit/ galaxies/w/rules/default.xml && tk law can agent:analyst cast.answer cast:w/x
  tk: law decides on HEAD; the working tree has uncommitted edits of entities
  no
  [1]
  $ git commit -qam "let agents answer" && tk law can agent:analyst cast.answer cast:w/x
  yes
