What binds a caller is not for the caller to say: the environment and personal settings make a bound smaller only.

  $ tk init w >/dev/null && cd w
  $ TK_INBOX_PER_RUN=1000 TK_BORROW_WEEKLY=1000h tk config inbox.per-run; TK_BORROW_WEEKLY=1000h tk config borrow.weekly
  $ TK_INBOX_PER_RUN=3 tk config inbox.per-run
  $ mkdir -p $HOME/.config/tk; printf '[inbox]\nexpires = "9999h"\nper-run = 7\n' > $HOME/.config/tk/config.toml; tk config inbox.expires; tk config inbox.per-run
  $ TK_ACL_AUDIENCE=elsewhere tk config acl.audience
  $ TK_INBOX_PER_RUN=many tk config inbox.per-run
  $ printf '\n[inbox]\nper-run = 30\n' >> tk.toml; rm $HOME/.config/tk/config.toml; tk config inbox.per-run; TK_INBOX_PER_RUN=31 tk config inbox.per-run

Two entities of one Unix user are nobody.

  $ tk repo new user twin unix=$(id -un) >/dev/null; tk status >/dev/null; tk repo new user third
