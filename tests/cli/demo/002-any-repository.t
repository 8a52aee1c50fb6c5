Any repository: ranges, staging, renames, binaries, odd bytes, submodules, nothing at all.

  $ git init -q r && cd r && mkdir d && printf 'import sqlite3\n' > d/a.py && printf '\0\1' > b.bin && git add . && git commit -qm one
  $ review() { tk demo code-review --repo . --json "$@" > ../o.json; echo "exit $?"; python3 -c 'import json; d=json.load(open("../o.json")); print(d["verdict"], [(f["file"], f["line"], f["rule"]) for f in d["findings"]], [(s["what"], s["why"]) for s in d["skipped"]])'; }
  $ git mv d/a.py d/renamed.py && printf 'import sqlite3\n\ndef f(db, x):\n    return db.execute("SELECT * FROM t WHERE id = " + x)\n' > d/renamed.py && printf '\0\2' > b.bin && printf 'caf\351 = 1\n' > latin.py && git add -A
  $ review --staged
  exit 0
  approved [('d/renamed.py', 4, 'sql-injection')] [('latin.py', 'not UTF-8: reviewed with the odd bytes replaced'), ('b.bin', 'binary'), ('bandit', 'latin.py: syntax error while parsing AST from file')]
  $ git commit -qm two && review
  exit 0
  approved [('d/renamed.py', 4, 'sql-injection')] [('latin.py', 'not UTF-8: reviewed with the odd bytes replaced'), ('b.bin', 'binary'), ('bandit', 'latin.py: syntax error while parsing AST from file')]
  $ review --range HEAD~1..HEAD | tail -1 | cut -c1-50
  approved [('d/renamed.py', 4, 'sql-injection')] [(
  $ git commit -q --allow-empty -m three && review
  exit 0
  approved [] []
  $ review --range HEAD~2...HEAD | tail -1
  approved [('d/renamed.py', 4, 'sql-injection')] [('latin.py', 'not UTF-8: reviewed with the odd bytes replaced'), ('b.bin', 'binary'), ('bandit', 'latin.py: syntax error while parsing AST from file')]
  $ tk demo code-review --repo . --range nope..HEAD
  tk: [TK-GIT-0003] no such revision: nope
    mend: say A..B, A...B, a revision, or --staged
  [2]
  $ tk demo code-review --repo /nowhere
  tk: [TK-GIT-0002] /nowhere is not inside a git repository
    mend: git init makes one
  [2]
  $ tk demo code-review --repo . --range HEAD --staged
  tk: [TK-CLI-0001] --staged and --range exclude each other
  [2]
  $ git status --short; git log --oneline | wc -l
  3

Findings only on lines that the change adds, unless --all; suppressions by fingerprint.

  $ printf 'x = 1\n' >> d/renamed.py && git commit -qam four && review && review --all
  exit 0
  approved [] []
  exit 0
  approved [('d/renamed.py', 4, 'sql-injection')] []
  $ python3 -c 'import json; print(json.load(open("../o.json"))["findings"][0]["fingerprint"], "known and accepted")' > .tk-suppress; review --all; python3 -c 'import json; print(len(json.load(open("../o.json"))["suppressed"]))'
  exit 0
  approved [] []
  1

A secret that was found is masked wherever it stands again, also in what other scanners say.

  $ printf 'password = "Zx9qLm4~TrK81vWp2"; import subprocess; subprocess.call("x Zx9qLm4~TrK81vWp2", shell=True)\n' | tr -d '~' > s.py && git add s.py && git commit -qm s && review && grep -c "Zx9qLm4""TrK81vWp2" ../o.json
  exit 0
  approved [('s.py', 1, 'secret-password-literal'), ('s.py', 1, 'bandit-B404'), ('s.py', 1, 'bandit-B602'), ('s.py', 1, 'bandit-B607')] []
  0
  [1]

A scanner that is missing is said loudly.

  $ mkdir ../bin && for t in git sh bash python3 sleep; do ln -s $(command -v $t) ../bin/; done; printf 'int x;\n' > x.c && git add x.c && git commit -qm c && for r in analyst security; do python3 -c 'import json, subprocess; print(json.dumps({"diff": subprocess.run(["git", "diff", "HEAD~1"], capture_output=True, text=True).stdout}))' | PATH=$PWD/../bin $(dirname $(command -v tk))/../libexec/tk/plugins/agent-review $r | python3 -c 'import json, sys; print([(s["what"], s["why"]) for s in json.load(sys.stdin)["skipped"]])'; done
  [('cppcheck', 'not installed: 1 C/C++ file not seen by it (apt-get install cppcheck)')]
  [('flawfinder', 'not installed: 1 C/C++ file not seen by it (apt-get install flawfinder)')]
