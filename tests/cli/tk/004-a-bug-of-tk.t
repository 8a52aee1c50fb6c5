What nobody expected is a bug of tk: it says so and what to report; the step that met it did not happen.
(TK_FAIL_AT is the fault seam of test builds.)

  $ tk init w >/dev/null && cd w && mkdir records && printf 'record = "t"\ninitial = "a"\n[[state]]\nname = "a"\n[[transition]]\nevent = "e"\nfrom = ["a"]\nto = "a"\n' > records/t.toml && git add -A && git commit -qm t && id=$(tk record new t --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ TK_FAIL_AT=commit.state=throw tk record step $id e
  tk: [TK-BUG-0001] unexpected: thrown by TK_FAIL_AT
    mend: please report this line, the command and what `tk --version` says
  [70]
  $ tk log verify >/dev/null && tk record show $id --json | grep '"version"'
    "version": 1
  $ tk record step $id e --json | grep '"version"'
    "version": 2
