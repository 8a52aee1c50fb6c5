CEL expressions by hand: evaluated, checked, and what they read.

  $ tk expr eval '1 + 2'
  3
  $ tk expr eval 'age >= 18 && name.startsWith("a")' --vars '{"age": 20, "name": "ada"}'
  true
  $ tk expr eval '{"sum": items.map(i, i.n * 2), "when": timestamp("2026-01-01T00:00:00Z") + duration("90m")}' --vars '{"items": [{"n": 1}, {"n": 2}]}'
  {"sum":[2,4],"when":"2026-01-01T01:30:00.000Z"}
  $ echo '{"user": {"name": "ada"}}' >user.json
  $ tk expr eval 'user.?team.orValue("none")' --vars @user.json
  "none"
  $ tk expr eval '"a" in ["b"]' --json
  {"type":"bool","value":false}
  $ tk expr eval 'timestamp("2026-07-01T12:00:00Z").getHours("Europe/Berlin")'
  14

An error has a code, a place in the expression, and says how to mend it.

  $ tk expr eval 'age > 1 &&' --vars '{"age": 1}'
  tk: [TK-EXPR-0001] expression:1:11: expected an expression, found the end
  [2]
  $ tk expr eval 'aeg > 1' --vars '{"age": 1}'
  tk: [TK-EXPR-0002] expression:1:1: no variable aeg
    mend: did you mean age?
  [2]
  $ tk expr eval 'size(1) > 2'
  tk: [TK-EXPR-0003] expression:1:1: size does not take (int)
    mend: it takes (string), (bytes), (list(T)), (map(K, V))
  [2]
  $ tk expr eval '10 / n' --vars '{"n": 0}'
  tk: [TK-EXPR-0004] expression:1:4: division by zero
    mend: guard it: b != 0 && a / b > 1
  [1]
  $ tk expr eval 'user.team' --vars @user.json
  tk: [TK-EXPR-0004] expression:1:6: no key "team"
    mend: guard it with has(a.b), or write a.?b.orValue(…)
  [1]
  $ tk expr eval 'has(user.team) && 1 / 0 > 1' --vars '{"user": {}}'
  false
  $ tk expr eval '[1, 2, 3].all(a, [1, 2, 3].all(b, "x".matches("(")))'
  tk: [TK-EXPR-0001] expression:1:47: not a regular expression: missing ): (
    mend: the syntax is RE2's, which has no backreferences and no lookaround
  [2]
  $ tk expr eval 'cel.bind(a, [x, x], cel.bind(b, [a, a, a, a], cel.bind(c, [b, b, b, b, b, b, b, b], [c, c, c, c, c, c, c, c].map(d, d.map(e, e.map(f, f.map(g, [c, c, c, c, c, c, c, c])))))))' --vars '{"x": [1, 2, 3, 4, 5, 6, 7, 8]}' >out; echo $?; wc -c <out
  tk: [TK-EXPR-0005] expression:1:110: the evaluation takes more steps than allowed
    mend: look at fewer elements, or raise the limit
  7
  0
  $ tk expr eval
  tk: [TK-CLI-0001] no expression
    mend: tk expr eval '1 + 2', or --jsonl with lines on standard input
  [2]
  $ tk expr eval 1 --vars '[1]'
  tk: [TK-CLI-0001] --vars is no JSON object
    mend: like --vars '{"age": 20}'
  [2]

A stream: a line for each evaluation, answered in order; typed values keep their kinds.

  $ printf '%s\n' '{"expr": "a + 1", "vars": {"a": 1}}' '{"expr": "1 / 0"}' '{"expr": "b"}' 'no json' | tk expr eval --jsonl
  {"type":"int","value":2}
  {"error":{"code":"TK-EXPR-0004","column":3,"hint":"guard it: b != 0 && a / b > 1","line":1,"message":"division by zero"},"type":"int"}
  {"error":{"code":"TK-EXPR-0002","column":1,"line":1,"message":"no variable b"}}
  {"error":{"code":"TK-JSON-0001","column":2,"line":1,"message":"malformed JSON: syntax error while parsing value - invalid literal"}}
  $ printf '%s\n' '{"expr": "{a: [b, 1u, 0.0 / 0.0, type(a), null, duration(\"1s\"), optional.of(2)]}", "vars": {"a": {"int64Value": "1"}, "b": {"bytesValue": "AA=="}}}' | tk expr eval --jsonl --typed
  {"type":"map(dyn, list(dyn))","value":{"mapValue":{"entries":[{"key":{"int64Value":"1"},"value":{"listValue":{"values":[{"bytesValue":"AA=="},{"uint64Value":"1"},{"doubleValue":"NaN"},{"typeValue":"int"},{"nullValue":null},{"objectValue":{"@type":"type.googleapis.com/google.protobuf.Duration","value":"1s"}},{"optionalValue":{"int64Value":"2"}}]}}}]}}}
  $ printf '%s\n' '{"expr": "x.size() + f(y)", "types": {"x": "list(int)", "y": "string"}, "functions": ["f(string) int"], "run": false}' | tk expr eval --jsonl
  {"type":"int"}

Types are checked before anything runs.

  $ tk expr check 'tags.map(t, t.size())' --var 'tags=list(string)'
  list(int)
  $ tk expr check 'x.y == 1' --var x
  bool
  $ tk expr check 'x.y==1' --var x --json
  {"expr":"x.y == 1","paths":["x.y"],"type":"bool"}
  $ tk expr check 'tags.all(t, t > 1)' --var 'tags=list(string)'
  tk: [TK-EXPR-0003] expression:1:15: > does not take (string, int)
    mend: it takes (bool, bool), (int, int), (uint, uint), (double, double), (int, uint), (int, double), (uint, int), (uint, double), …
  [2]
  $ tk expr check 'x' --var 'x=strnig'
  tk: [TK-EXPR-0002] no type strnig
    mend: did you mean string?
  [2]

What an expression reads.

  $ tk expr paths 'actor.clearance >= doc.level && has(doc.owner) && list.exists(i, i.x == doc["kind"])'
  actor.clearance
  doc.kind
  doc.level
  doc.owner
  $ tk expr paths 'a.b + c' --json
  ["a.b","c"]
  $ tk expr paths 'a.'
  tk: [TK-EXPR-0001] expression:1:3: expected a field or function, found the end
  [2]
