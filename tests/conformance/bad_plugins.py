#!/usr/bin/env python3
"""A plugin that crashes, hangs, floods, answers wrong ids or invalid JSON is reported in one line by the
command that used it, fails that step only when its time is up, and holds nobody else up: a good step that
runs beside it is done and journaled. A good one serves many steps of a run in one process."""
import json, os, subprocess, sys, time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fault"))
from workspace import Workspace

HELLO = """#!/usr/bin/env python3
import json, os, signal, sys, time
def say(m): sys.stdout.write(json.dumps({"jsonrpc": "2.0", **m}) + "\\n"); sys.stdout.flush()
def ask(): return json.loads(sys.stdin.readline())
m = ask()
say({"id": m["id"], "result": {"protocol": 1, "kind": "agent", "name": "bad", "version": "1", "capabilities": {}}})
"""
RUN = HELLO + "m = ask()\nid = m['id']\n"

# what it does -> what the one line says
BAD = {
    "ends-at-once": ("#!/bin/sh\necho no beans >&2; exit 3\n", "ended with status 3: no beans"),
    "never-greets": ("#!/bin/sh\nsleep 60\n", ""),
    "other-protocol": ("#!/bin/sh\nread l; echo '{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":{\"protocol\":9,\"kind\":\"agent\"}}'; sleep 60\n",
                       "speaks protocol 9"),
    "crashes": (RUN + "sys.stderr.write('the last words\\n'); sys.stderr.flush(); os.kill(os.getpid(), signal.SIGSEGV)\n",
                "was ended by signal 11: the last words"),
    "ends-in-the-middle": (RUN + "sys.exit(0)\n", "ended with status 0"),
    "hangs": (RUN + "time.sleep(60)\n", "hangs"),
    "hangs-deaf": (RUN + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)\n", "hangs"),
    "floods-lines": (RUN + "while True: say({'method': 'log', 'params': {'message': 'x' * 500}})\n", "floods"),
    "floods-one-line": (RUN + "while True: sys.stdout.write('x' * 65536)\n", ""),
    "floods-its-log": (RUN + "while True: sys.stderr.write('x' * 65536)\n", "hangs"),
    "wrong-id": (RUN + "say({'id': id + 1000, 'result': {'output': {'b': 1}}}); time.sleep(60)\n", "which nobody asked"),
    "answers-twice": (RUN + "r = {'id': id, 'result': {'output': {'b': 'no int'}}}\nsay(r); say(r); time.sleep(60)\n", "`b` must be int"),
    "invalid-json": (RUN + "print('{\"jsonrpc\": oops', flush=True); time.sleep(60)\n", "not JSON"),
    "text-id": (RUN + "say({'id': str(id), 'result': {'output': {'b': 1}}}); time.sleep(60)\n", "without an integer id"),
    "not-utf8": (RUN + "sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush(); time.sleep(60)\n", "not JSON"),
    "asks-tk": (RUN + "say({'id': 5, 'method': 'give-me-secrets', 'params': {}}); time.sleep(60)\n", "a plugin only answers"),
    "wrong-type": (RUN + "say({'id': id, 'result': {'output': {'b': 'no int'}}}); ask()\n", "`b` must be int"),
    "no-output": (RUN + "say({'id': id, 'result': 7}); ask()\n", "not one JSON object"),
    "refuses": (RUN + "say({'id': id, 'error': {'code': -32602, 'message': 'not today\\x1b[31m'}}); ask()\n", "not today"),
    "deep-json": (RUN + "print('[' * 100000, flush=True); time.sleep(60)\n", "not JSON"),
    "missing": (None, ""),
}

GOOD = """#!/usr/bin/env python3
import json, os, sys
for line in sys.stdin:
    m = json.loads(line)
    if m["method"] == "initialize": r = {"protocol": 1, "kind": "agent", "name": "good", "version": "1", "capabilities": {}}
    elif m["method"] == "run":
        r = {"output": {"pid": os.getpid(), "n": m["params"]["input"]["n"] + 1}}
        assert m["params"]["token"] and "TK_TOKEN" not in os.environ and os.path.isdir(m["params"]["folder"])
    else: r = None
    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
    if m["method"] == "shutdown": break
"""


def template(w, name, program, inputs, outputs, backend="plugin", timeout="3s"):
    folder = w.path(f"templates/{name}")
    os.makedirs(folder)
    w.write(f"templates/{name}/template.toml",
            f'name = "{name}"\nversion = "1"\nobjective = "x"\nbackend = "{backend}"\ncommand = ["./agent-{name}"]\n'
            f'timeout = "{timeout}"\n[input]\n{inputs}\n[output]\n{outputs}\n')
    if program is not None:
        w.write(f"templates/{name}/agent-{name}", program)
        os.chmod(f"{folder}/agent-{name}", 0o755)
    w.run("repo", "new", "agent", name, f"template={name}", "sponsor=user:" + w.user(), check=True)


def bad(w):
    template(w, "beside", "#!/bin/sh\ncat >/dev/null; sleep 0.3; echo '{\"c\": 1}'\n", 'n = "int"', 'c = "int"', "exec")
    worst = 0
    for name, (program, said) in BAD.items():
        template(w, name, program, 'n = "int"', 'b = "int"')
        w.write(f"wots/{name}.toml", f'wot = "{name}"\n[input]\nn = "int"\n[[step]]\nname = "both"\nparallel = ["{name}", "beside"]\n'
                                     'will = { b = "b", c = "c" }\n')
        began = time.monotonic()
        got = w.run("wot", "run", name, "--input", "n=1", "--json")
        took = time.monotonic() - began
        worst = max(worst, took)
        lines = [l for l in got.stderr.splitlines() if l.startswith("tk: [TK-")]
        assert got.returncode in (1, 6, 7) and len(lines) == 1, f"{name}: {got.returncode} {got.stderr}"
        assert f"agent-{name}" in lines[0] or f"agent:w/{name}" in lines[0], f"{name}: not named: {lines[0]}"
        assert said in lines[0] and "\x1b" not in got.stderr, f"{name}: {lines[0]}"
        assert took < 9, f"{name} held tk up for {took:.1f} s"
        left = subprocess.run(["pgrep", "-f", w.path(f"templates/{name}/")], capture_output=True, text=True).stdout
        assert left == "", f"{name} is still there: {left}"
    w.verify()
    return f"{len(BAD)} bad plugins, each reported in one line, at most {worst:.1f} s"


def good(w):
    template(w, "good", GOOD, 'n = "int"', 'n = "int"\npid = "int"')
    steps = "".join(f'[[step]]\nname = "s{i}"\nagent = "good"\nwill = {{ n = "n" }}\n' for i in range(20))
    w.write("wots/many.toml", f'wot = "many"\n[input]\nn = "int"\n{steps}')
    got = w.run("wot", "run", "many", "--input", "n=0", "--json", check=True)
    run = json.loads(got.stdout)
    assert run["output"]["n"] == 20, run
    shown = w.json("wot", "show", run["run"])
    pids = {s["output"]["pid"] for s in shown["steps"]}
    left = subprocess.run(["pgrep", "-f", w.path("templates/good/")], capture_output=True, text=True).stdout
    assert len(pids) == 1 and left == "", (pids, left)
    return "20 steps by one resident process, gone with the run"


TOGETHER = HELLO + """
first = ask()
for n in range(2): ask()
sys.stderr.write("cannot do " + json.dumps(first["params"]["token"]) + "\\n"); sys.stderr.flush()
os.kill(os.getpid(), signal.SIGKILL)
"""


def together(w):
    """One plugin that crashes under three steps: none is left running, no token lives on or is told."""
    program = w.path("agent-together")
    w.write("agent-together", TOGETHER)
    os.chmod(program, 0o755)
    template(w, "together", None, 'n = "int"', 'a = "int"', timeout="60s")
    toml = open(w.path("templates/together/template.toml")).read().replace("./agent-together", program)
    w.write("templates/together/template.toml", toml)
    steps = "".join(f'[[step]]\nname = "s{i}"\nagent = "together"\nafter = []\nwill = {{ a = "a{i}" }}\n' for i in range(3))
    w.write("wots/three.toml", 'wot = "three"\n[input]\nn = "int"\n' + steps)
    got = w.run("wot", "run", "three", "--input", "n=1", "--run-file", w.path(".tk/three"))
    assert got.returncode == 1 and 'signal 9: cannot do "***"' in got.stderr, got.stderr
    states = {s["state"] for s in w.json("wot", "show", open(w.path(".tk/three")).read().strip())["steps"]}
    assert states == {"failed"}, states
    assert w.json("record", "list", "token", "--state", "live") == []
    w.verify()
    return "a crash under three steps of one agent: all failed, every token dead and told nowhere"


def main():
    w = Workspace(sys.argv[1])
    os.makedirs(w.path("wots"), exist_ok=True)
    for test in (together, bad, good):
        print(test(w))


main()
