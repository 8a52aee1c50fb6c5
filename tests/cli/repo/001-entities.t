Declarations are written, journaled and committed in one go.

  $ tk init w >/dev/null && cd w
  $ tk repo new user rita email=rita@example.org title="The reviewer"
  user:w/rita  galaxies/w/users/rita.xml
  $ tk repo new group reviewers --member user:rita
  group:w/reviewers  galaxies/w/groups/reviewers.xml
  $ tk repo new grant reviewers-review role=role:reviewer to=group:reviewers
  grant:w/reviewers-review  galaxies/w/grants/reviewers-review.xml
  $ git log -1 --format='%an%n%B' | sed 's/: [0-9a-f]*$/: …/'
  * (glob)
  repo: new grant:w/reviewers-review
  
  Tk-Actor: user:w/* (glob)
  Tk-Trace: …
  Tk-Seq: …
  $ tk law explain user:rita cast.answer cast:w/x | grep -v policy
  allow: user:w/rita may cast.answer on cast:w/x
    user:w/rita  (galaxies/w/users/rita.xml:1)
    → in group:w/reviewers
    → granted role:w/reviewer in w by grant reviewers-review  (galaxies/w/grants/reviewers-review.xml:1)
    → permit rule reviewers-answer on cast:w/**  (galaxies/w/rules/default.xml:4)
    → cast:w/x
    algorithm: forbid-overrides: forbid overrides permit; no rule = deny
  $ tk repo set user:rita title="Lead" state=suspended
  user:w/rita  galaxies/w/users/rita.xml
  $ cat galaxies/w/users/rita.xml | sed 's/id="[^"]*"/id="…"/'
  <user id="…" name="rita" email="pii:v1:*" title="Lead" state="suspended"/> (glob)
  $ tk law can user:rita cast.answer cast:w/x
  no
  [1]
  $ tk log --entity user:rita | sed 's/^\([0-9]*\)  [^ ]*/\1 …/'
  15 …  user.created  user user:w/rita  → active  by user:w/* (glob)
  18 …  user.state_changed  user user:w/rita  active → suspended  by user:w/* (glob)
  $ tk repo get user --json | grep '"ref"'
      "ref": "user:w/rita",
      "ref": "user:w/*", (glob)

What would break the law is refused before anything is written.

  $ tk repo new rule r9 effect=permit role=role:reveiwer actions=cast.answer 'resource=**'
  tk: [TK-LAW-0003] galaxies/w/rules/r9.xml:1:1: role:reveiwer is declared nowhere
    mend: did you mean role:reviewer?
  [2]
  $ tk repo new rule r9 effect=permit role=role:reviewer actions=cast.anser 'resource=**'
  tk: [TK-LAW-0002] galaxies/w/rules/r9.xml:1:1: unknown action cast.anser
    mend: did you mean cast.answer?
  [2]
  $ tk repo new rule r9 effect=permit role=role:reviewer actions=cast.answer 'resource=**' when='actor.emial == 1'
  tk: [TK-EXPR-0002] galaxies/w/rules/r9.xml:1:100: no field actor.emial
    mend: did you mean actor.email?
  [2]
  $ tk repo new user rita
  tk: [TK-WS-0005] user:w/rita exists already
    mend: tk repo set changes it
  [4]
  $ tk repo new usr x
  tk: [TK-CLI-0001] no entity type usr
    mend: did you mean user?
  [2]
  $ tk repo new user 'a b'
  tk: [TK-CLI-0001] not a name: a b
    mend: letters, digits, _ - . ; at most 64
  [2]
  $ tk repo new agent bot template=t
  tk: [TK-WS-0004] galaxies/w/agents/bot.xml:1:1: <agent> needs sponsor
    mend: add sponsor="…"
  [2]
  $ tk repo set user:rita naem=x
  tk: [TK-WS-0004] galaxies/w/users/rita.xml:1:189: <user> has no attribute naem
    mend: did you mean name?
  [2]

A file that you are editing is not touched; what you staged stays staged.

  $ echo '<!-- mine -->' >> galaxies/w/users/rita.xml && tk repo set user:rita title=New
  tk: [TK-GIT-0005] galaxies/w/users/rita.xml: the file has uncommitted changes
    mend: commit or restore it first: git diff galaxies/w/users/rita.xml
  [4]
  $ git checkout -q galaxies && echo note > notes.txt && git add notes.txt
  $ tk repo set user:rita title=New >/dev/null && git status --short
  A  notes.txt
