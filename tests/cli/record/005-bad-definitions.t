What is wrong in a definition is said with its place and the nearest name.

  $ tk init w >/dev/null && cd w && mkdir records
  $ head() { printf 'record = "t"\ninitial = "a"\n[fields]\nsize = "int"\n[[state]]\nname = "a"\n[[state]]\nname = "b"\n%s' "$1" > records/t.toml; tk record lint t; }
  $ edge() { head "$(printf '[[transition]]\nevent = "go"\nfrom = ["a"]\nto = "b"\n%s' "$1")"; }
  $ edge 'guard = [{ when = "record.sise > 1", reason = "r" }]'
  $ edge 'guard = [{ when = "record.size > ", reason = "r" }]'
  $ edge 'guard = [{ when = "record.size", reason = "r" }]'
  $ edge 'guard = [{ when = "true" }]'
  $ edge 'set = { sise = "1" }'
  $ edge 'obligations = [{ kind = "aproval", of = "role:x" }]'
  $ edge '[[transition]]
  > event = "go"
  > from = ["a"]'
  $ head '[[state]]
  > name = "c"
  > parent = "d"
  > initial = "d"
  > [[state]]
  > name = "d"
  > parent = "c"
  > initial = "c"'
  $ head '[[state]]
  > name = "c"
  > parent = "bb"'
  $ head '[[sate]]
  > name = "c"'
