What is wrong in a definition is said with its place and the nearest name.

  $ tk init w >/dev/null && cd w && mkdir records
  $ head() { printf 'record = "t"\ninitial = "a"\n[fields]\nsize = "int"\n[[state]]\nname = "a"\n[[state]]\nname = "b"\n%s' "$1" > records/t.toml; tk record lint t; }
  $ edge() { head "$(printf '[[transition]]\nevent = "go"\nfrom = ["a"]\nto = "b"\n%s' "$1")"; }
  $ edge 'guard = [{ when = "record.sise > 1", reason = "r" }]'
  tk: [TK-EXPR-0002] records/t.toml:13:27: no field record.sise
    mend: did you mean record.size?
  [2]
  $ edge 'guard = [{ when = "record.size > ", reason = "r" }]'
  tk: [TK-EXPR-0001] records/t.toml:13:34: expected an expression, found the end
  [2]
  $ edge 'guard = [{ when = "record.size", reason = "r" }]'
  tk: [TK-EXPR-0003] records/t.toml:13:19: a condition is true or false; this is int
  [2]
  $ edge 'guard = [{ when = "true" }]'
  tk: [TK-TOML-0002] records/t.toml:13:10: `reason` is missing
    mend: add a line: reason = "…"
  [2]
  $ edge 'set = { sise = "1" }'
  tk: [TK-REC-0002] records/t.toml:13:16: sets no field of a t: sise
    mend: did you mean "size"?
  [2]
  $ edge 'obligations = [{ kind = "aproval", of = "role:x" }]'
  tk: [TK-REC-0002] records/t.toml:13:25: no such obligation: aproval
    mend: did you mean "approval"?
  [2]
  $ edge '[[transition]]
  > event = "go"
  > from = ["a"]'
  tk: [TK-REC-0002] records/t.toml:13:1: event go from a stands twice
    mend: the first one is always taken; only a guard tells them apart
  [2]
  $ head '[[state]]
  > name = "c"
  > parent = "d"
  > initial = "d"
  > [[state]]
  > name = "d"
  > parent = "c"
  > initial = "c"'
  tk: [TK-REC-0002] records/t.toml:11:10: states stand in each other in a circle: c in d in c
    mend: a state is not its own parent, nor its parent's
  [2]
  $ head '[[state]]
  > name = "c"
  > parent = "bb"'
  tk: [TK-REC-0002] records/t.toml:11:10: `parent` names no state: bb
    mend: did you mean "b"?
  [2]
  $ head '[[sate]]
  > name = "c"'
  tk: [TK-TOML-0002] records/t.toml:9:1: unknown key `sate`
    mend: did you mean `state`?
  [2]
