A full disk, a failing one: one clear error, the right exit code, nothing lost.
(TK_FAIL_AT is the fault seam of test builds; a read-only workspace: tests/fault/readonly.py.)

  $ tk init w >/dev/null && cd w && mkdir records && printf 'record = "t"\ninitial = "a"\n[[state]]\nname = "a"\n[[transition]]\nevent = "e"\nfrom = ["a"]\nto = "a"\n' > records/t.toml && git add -A && git commit -qm t && id=$(tk record new t --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["id"])')
  $ TK_FAIL_AT=db.write=enospc tk record step $id e
  tk: [TK-OS-0002] */work/w/.tk/journal.db: database or disk is full (glob)
    mend: nothing was acknowledged; free some room and run the command again
  [75]
  $ TK_FAIL_AT=db.sync=eio tk record step $id e
  tk: [TK-JRN-0004] */work/w/.tk/journal.db: the disk did not take what was written (glob)
    mend: nothing is acknowledged any more until tk doctor --mend has written the journal anew
  [1]

After a flush that failed nothing is acknowledged, because nobody knows what the disk holds.

  $ tk record step $id e
  tk: [TK-JRN-0005] a flush of the journal failed earlier: nothing more is acknowledged
    mend: tk doctor --mend writes it anew and verifies it
  [1]
  $ tk doctor | grep -A1 flush.of
  broken   a flush of the journal failed: nothing is acknowledged any more
           mend: tk doctor --mend
  $ tk doctor --mend 2>&1 >/dev/null | grep mended
  tk: mended: a flush of the journal failed: nothing is acknowledged any more
  $ TK_FAIL_AT=os.write:2=enospc tk repo set user:$(id -un) title=x
  tk: [TK-OS-0002] cannot write */work/w/galaxies/w/users/*.xml: No space left on device (glob)
    mend: free some room and run the command again
  [75]
  $ tk record show $id --json | grep version
    "version": 1
  $ tk log verify >/dev/null && git log -1 --format=%s
  repo: set user:w/* (glob)

What was committed but not yet put into place is rolled forward by the next command.

  $ tk repo set user:$(id -un) title=y >/dev/null; git status --short; cat galaxies/w/users/*.xml | grep -c 'title="y"'
  1
  $ cd .. && TK_FAIL_AT=os.write:2=enospc tk demo code-review --json
  tk: [TK-OS-0002] cannot write */tk-demo-*/acme/*: No space left on device (glob)
    mend: free some room and run the command again
  [75]

Nothing is written where nobody is: malformed files are named with their place.

  $ mkdir x && cd x && printf '[workspace]\nnaem = "x"\n' > tk.toml && tk config
  tk: [TK-TOML-0002] tk.toml:2:8: unknown key `naem`
    mend: did you mean `name`?
  [2]
  $ printf '[workspace\n' > tk.toml && tk config
  tk: [TK-TOML-0001] tk.toml:1:11: Error while parsing table header: expected ']', saw '\n'
  [2]
  $ for text in '= [[[' 'a = 1 = 2' '[[[' 'a = [1, {' 'a = "\q"'; do printf "%s" "$text" > tk.toml; tk config; echo $?; done 2>&1 | cut -c1-40
  tk: [TK-TOML-0001] tk.toml:1:1: Error wh
  2
  tk: [TK-TOML-0001] tk.toml:1:7: Error wh
  2
  tk: [TK-TOML-0001] tk.toml:1:3: Error wh
  2
  tk: [TK-TOML-0001] tk.toml:1:10: Error w
  2
  tk: [TK-TOML-0001] tk.toml:1:7: Error wh
  2
  $ printf '[workspace]\nname = "x"\n' > tk.toml && tk law can user:a cast.answer cast:x/y
  tk: [TK-GIT-0002] */work/x is not a git repository (glob)
  [2]
