What is wrong with a workflow is said before anything runs.

  $ tk init w --template code-review >/dev/null && cd w
  $ tk wot check code-review
  valid: code-review, 4 steps
  $ check() { printf '%b' "$1" > t.toml; tk wot check t.toml; }
  $ check 'wot = "t"\n[[step]]\nagnet = "analyst"\n'
  tk: [TK-TOML-0002] t.toml:3:9: unknown key `agnet`
    mend: did you mean `agent`?
  [2]
  $ check 'wot = "t"\n[[step]]\nagent = "analyst"\nwhen = "x"\n'
  tk: [TK-WOT-0002] t.toml:4:8: `when` is not yet accepted
    mend: it is refused rather than ignored; branches, sub-workflows and jumps come later
  [2]
  $ check 'wot = "t"\n[[step]]\nuse = "other"\n'
  tk: [TK-WOT-0002] t.toml:3:7: `use` is not yet accepted
    mend: it is refused rather than ignored; branches, sub-workflows and jumps come later
  [2]
  $ check 'wot = "t"\n[[step]]\nagent = "analist"\n'
  tk: [TK-AGT-0006] t.toml:2:1: no entity agent:analist at commit * (glob)
    mend: did you mean agent:analyst?
  [2]
  $ check 'wot = "t"\n[[step]]\nagent = "analyst"\n'
  tk: [TK-WOT-0004] t.toml:2:1: agent:w.review/analyst takes `diff` (text), which nobody gives
    mend: what it can see: nothing
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "int"\n[[step]]\nagent = "analyst"\n'
  tk: [TK-WOT-0003] t.toml:4:1: `diff` is int but agent:w.review/analyst takes text
    mend: map another field to it with will = { … }, or change a template
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "txt"\n[[step]]\nagent = "analyst"\n'
  tk: [TK-TOML-0003] t.toml:3:8: unknown type "txt"
    mend: did you mean text?
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nagent = "analyst"\nafter = ["b"]\n[[step]]\nname = "b"\nagent = "analyst"\nafter = ["analyst"]\n'
  tk: [TK-WOT-0005] t.toml:4:1: step analyst waits for itself
    mend: only feedback may go back: feedback = { map = …, max_iterations = … }
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nagent = "analyst"\nwill = { findngs = "x" }\n[[step]]\nagent = "security"\n'
  tk: [TK-WOT-0004] t.toml:4:1: `will` of analyst maps `findngs`, which it does not give
    mend: it gives: findings, skipped, summary
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nagent = "analyst"\nfeedback = { map = { summary = "diff" }, max_iterations = 2 }\n'
  tk: [TK-WOT-0006] t.toml:6:12: no earlier step takes `diff`
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nagent = "analyst"\nfeedback = { map = { summary = "diff" } }\n'
  tk: [TK-WOT-0006] t.toml:6:12: feedback without bound
    mend: add max_iterations = 3
  [2]
  $ check 'wot = "t"\n[[step]]\ncast = "gate"\n'
  tk: [TK-WOT-0001] t.toml:2:1: a cast needs a prompt: what is the human asked?
    mend: prompt = "…"
  [2]
  $ check 'wot = "t"\n[[step]]\ncast = "gate"\nprompt = "?"\non_timeout = "goto:x"\n'
  tk: [TK-WOT-0002] t.toml:5:14: `on_timeout` is not yet accepted
    mend: it is refused rather than ignored; branches, sub-workflows and jumps come later
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nparallel = ["analyst", "analyst"]\n'
  tk: [TK-WOT-0003] t.toml:4:1: two of the parallel agents give `findings`
    mend: rename it in one of their templates
  [2]
  $ check 'wot = \n'
  tk: [TK-TOML-0001] t.toml:1:7: Error while parsing key-value pair: expected value, saw '\n'
  [2]
  $ check 'wot = "t"\n[input]\ndiff = "text"\n[[step]]\nagent = "analyst"\n[output]\nscore = "number"\n'
  tk: [TK-WOT-0004] t.toml:4:1: [output] promises `score`, which the last step does not give
    mend: it gives: findings, skipped, summary
  [2]
  $ tk wot check nothing
  tk: [TK-WOT-0001] no workflow nothing
    mend: workflows here: code-review
  [2]
  $ tk wot check code-reviev
  tk: [TK-WOT-0001] no workflow code-reviev
    mend: did you mean code-review?
  [2]
  $ tk wot graph code-review | head -4
  flowchart TD
    input([input])
    s0["analyst"]
    s1["security"]
