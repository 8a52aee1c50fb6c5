What binds a caller is not for the caller to say: the environment and personal settings make a bound smaller only.

  $ tk init w >/dev/null && cd w
  $ TK_INBOX_PER_RUN=1000 TK_BORROW_WEEKLY=1000h tk config inbox.per-run; TK_BORROW_WEEKLY=1000h tk config borrow.weekly
  20
  24h
  $ TK_INBOX_PER_RUN=3 tk config inbox.per-run
  3
  $ mkdir -p $HOME/.config/tk; printf '[inbox]\nexpires = "9999h"\nper-run = 7\n' > $HOME/.config/tk/config.toml; tk config inbox.expires; tk config inbox.per-run
  24h
  7
  $ TK_ACL_AUDIENCE=elsewhere tk config acl.audience
  tk: [TK-WS-0007] acl.audience is the workspace's to say, not that of environment TK_ACL_AUDIENCE
    mend: write it into tk.toml
  [2]
  $ TK_INBOX_PER_RUN=many tk config inbox.per-run
  tk: [TK-WS-0007] inbox.per-run = "many" (environment TK_INBOX_PER_RUN) is not a number
    mend: write digits only
  [2]
  $ printf '\n[inbox]\nper-run = 30\n' >> tk.toml; rm $HOME/.config/tk/config.toml; tk config inbox.per-run; TK_INBOX_PER_RUN=31 tk config inbox.per-run
  30
  30

Two entities of one Unix user are nobody.

  $ tk repo new user twin unix=$(id -un)
  tk: [TK-WS-0004] galaxies/w/users/twin.xml:1:67: user:w/twin and user:w/* would both be * on Unix (glob)
    mend: give one of them another: unix="…"
  [2]
  $ echo "<user name=\"twin\" unix=\"$(id -un)\"/>" > galaxies/w/users/twin.xml; git add -A; git commit -qm twin; tk status >/dev/null; tk repo new user third
  tk: [TK-ACL-0001] two user entities have unix="root" at HEAD: user:w/root and user:w/twin
    mend: one person is one entity: take it from the other
  [3]
