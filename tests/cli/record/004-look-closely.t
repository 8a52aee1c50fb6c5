lint, walk, graph and mirror look at a definition, committed or not.

  $ tk init w >/dev/null && cd w && mkdir records
  $ cat > records/door.toml <<'T'
  > record = "door"
  > initial = "shut"
  > [fields]
  > code = "int"
  > [[state]]
  > name = "shut"
  > [[state]]
  > name = "open"
  > [[state]]
  > name = "attic"
  > [[transition]]
  > event = "push"
  > from = ["shut"]
  > to = "open"
  > input = { code = "int" }
  > guard = [{ when = "input.code == 4711", reason = "the code is wrong" }]
  > [[transition]]
  > event = "push"
  > from = ["shut"]
  > input = { code = "int" }
  > [[transition]]
  > event = "pull"
  > from = ["open"]
  > to = "shut"
  > guard = [{ when = "record.code > 1 && record.code < 1", reason = "never" }]
  > T
  $ tk record lint
  $ git add -A && git commit -qm door
  $ tk record lint door --json | python3 -c 'import json,sys; print([f["kind"] for f in json.load(sys.stdin)["findings"]])'
  $ tk record walk door
  $ sed -i 's/ && record.code < 1//' records/door.toml
  $ tk record walk door
  $ tk record graph door
  $ tk record graph records/door.toml --format dot
  $ tk record graph door --format xstate | head -12
  $ tk record graph door --format svg
  $ tk record mirror door --ts | grep -E "^export (type|interface|function)"
  $ tk record mirror door --schema | python3 -c 'import json,sys; s=json.load(sys.stdin); print(s["title"], len(s["oneOf"]), sorted(s["definitions"]))'
  $ sed -i 's/input.code == 4711/string(input.code).matches("47.*")/' records/door.toml && sed -i "s/matches(\"47.*\")/matches('47.*')/" records/door.toml
  $ tk record mirror door --ts
  $ tk record lint run step cast token parked user role
