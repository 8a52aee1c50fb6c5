An entity's history follows its id: through renames, with what changed in it, by whom and in which row.

  $ tk init acme >/dev/null && cd acme
  $ tk repo new user rita title=Reviewer >/dev/null && tk repo set user:rita title=Lead shell=/bin/zsh >/dev/null
  $ git mv galaxies/acme/users/rita.xml galaxies/acme/users/margarita.xml && sed -i 's/name="rita"/name="margarita"/' galaxies/acme/users/margarita.xml && git commit -qam "she is called so"
  $ tk repo log user:margarita | sed 's/^[0-9a-f]\{10\}  [^ ]*/COMMIT/; s/id: .*/id: …/; s/user:acme.[a-z]*  #/ACTOR  #/'
  COMMIT  t <t@example.org>  she is called so
    user:acme/margarita  renamed from user:acme/rita
      name: rita → margarita
  COMMIT  ACTOR  #15  repo: set user:acme/rita
    user:acme/rita  changed
      shell: (none) → /bin/zsh
      title: Reviewer → Lead
  COMMIT  ACTOR  #14  repo: new user:acme/rita
    user:acme/rita  created
      id: …
      name: rita
      title: Reviewer
  $ tk repo blame user:margarita | sed 's/  *[0-9a-f]\{10\}  [0-9TZ:.-]*/  COMMIT/; s/user:acme.[a-z]*  *#/ACTOR  #/; s/^id  *[^ ]*/id …/'
  id …  COMMIT  ACTOR  #14
  name   margarita  COMMIT  t <t@example.org>
  shell  /bin/zsh  COMMIT  ACTOR  #15
  title  Lead  COMMIT  ACTOR  #15
  $ tk repo log --limit 1 --names | sed 's/^[0-9a-f]\{10\}  [^ ]*/COMMIT/'
  COMMIT  t <t@example.org>  she is called so
    user:acme/margarita  renamed from user:acme/rita
  $ tk repo log user:acme/nobody
  $ tk repo log user:nobody
  tk: [TK-WS-0003] no entity user:nobody at commit * (glob)
  [2]

A change is taken back by a new commit that goes the way of every declaration.

  $ tk repo set user:margarita title=Boss >/dev/null && tk repo revert user:margarita | sed 's/[0-9a-f]\{10\}/COMMIT/'
  user:acme/margarita  as before COMMIT
  $ tk repo get user:margarita | grep title
  title  Lead
  $ git log -1 --format=%B | sed 's/[0-9a-f]\{32,40\}/…/; s/acme.[a-z]*$/acme.…/'
  repo: revert user:acme.…
  
  This takes back commit ….
  
  Tk-Actor: user:acme.…
  Tk-Trace: …
  Tk-Seq: 17
  $ tk log --entity user:margarita --limit 1 --reverse | sed 's/^\([0-9]*\)  [^ ]*/\1 …/; s/by user.*(/by … (/'
  17 …  user.updated  user user:acme/margarita  active  by … (reverted)

What has moved on is a conflict, and nothing is changed.

  $ tk repo set user:margarita title=One >/dev/null && ONE=$(git rev-parse HEAD) && tk repo set user:margarita title=Two >/dev/null
  $ tk repo revert $ONE 2>&1 | sed "s/$(git rev-parse --short=10 $ONE)/COMMIT/"
  tk: [TK-GIT-0004] galaxies/acme/users/margarita.xml: this has moved on since commit COMMIT
    mend: take the later change back first: tk repo log shows it
  $ tk repo revert $ONE >/dev/null 2>&1
  [4]
  $ tk repo get user:margarita | grep title && git status --short
  title  Two

A commit as a whole: an entity that it made is retired, one that it removed comes back with its id.

  $ tk repo new group crew --member user:margarita >/dev/null && tk repo revert HEAD | sed 's/[0-9a-f]\{10\}/COMMIT/'
  group:acme/crew  as before COMMIT
  $ tk repo get group:crew
  tk: [TK-WS-0003] no entity group:crew at commit * (glob)
  [2]
  $ tk record list group
  *  group  retired  acme  crew (glob)
  $ tk repo revert HEAD | sed 's/[0-9a-f]\{10\}/COMMIT/' && tk repo get group:crew | grep state
  group:acme/crew  as before COMMIT
  state  active
  $ tk record list group
  *  group  active  acme  crew (glob)

One entity of a file of many, while its neighbours go on.

  $ sed -i 's|<role name="reader"|<role name="reader" labels="a"|' galaxies/acme/roles/default.xml && git commit -qam a
  $ sed -i 's|<role name="agent"|<role name="agent" labels="b"|' galaxies/acme/roles/default.xml && git commit -qam b
  $ tk repo revert role:reader | sed 's/[0-9a-f]\{10\}/COMMIT/' && git diff HEAD~1 --stat | tail -n 1 && grep -c 'labels="b"' galaxies/acme/roles/default.xml
  role:acme/reader  as before COMMIT
   1 file changed, 1 insertion(+), 1 deletion(-)
  1

  $ tk repo revert $(git rev-list --max-parents=0 HEAD) 2>&1 | sed 's/[0-9a-f]\{10\}/COMMIT/'
  tk: [TK-CLI-0001] COMMIT is the first commit: there is no one state before it
    mend: take back what it joined, or one entity: tk repo revert REF
  $ git commit -q --allow-empty -m nothing && tk repo revert HEAD 2>&1 | sed 's/[0-9a-f]\{10\}/COMMIT/'
  tk: [TK-CLI-0001] commit COMMIT changed no entity
    mend: git revert COMMIT

A rename is taken back as a rename; what was taken out of a file of many comes back into it.

  $ git mv galaxies/acme/users/margarita.xml galaxies/acme/users/rina.xml && sed -i 's/name="margarita"/name="rina"/' galaxies/acme/users/rina.xml && sed -i 's/margarita/rina/' galaxies/acme/groups/crew.xml && git commit -qam rename
  $ tk repo revert user:rina 2>&1 | sed 's/[0-9a-f]\{10\}/COMMIT/'
  tk: [TK-LAW-0003] galaxies/acme/groups/crew.xml:2:3: user:rina is declared nowhere
    mend: declare it: tk repo new user rina
  $ sed -i '/margarita\|rina/d' galaxies/acme/groups/crew.xml && git commit -qam "no members" && tk repo revert user:rina | sed 's/[0-9a-f]\{10\}/COMMIT/' && ls galaxies/acme/users | grep ri
  user:acme/margarita  as before COMMIT
  margarita.xml
  $ sed -i '/reviewers-answer/d' galaxies/acme/rules/default.xml && git commit -qam gone && tk repo revert rule:acme/reviewers-answer | sed 's/[0-9a-f]\{10\}/COMMIT/'
  rule:acme/reviewers-answer  as before COMMIT
  $ tk repo get rule:reviewers-answer | grep state && git status --short
  state     active
