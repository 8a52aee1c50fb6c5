#!/usr/bin/env python3
"""Agents of a workflow in boxes: what a program of a step, and a resident plugin, cannot do; which profile it has by whose word; its way to
the network; `tk stop RUN`; a machine that lacks a layer, where a workspace may say that less will do. As root, and by setpriv
without. usage: steps.py TK"""
import http.server, json, os, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from place import alive, places, without

TK = os.path.abspath(sys.argv[1])
wrong = []

# Everything that it should not be able to, and what it should. One JSON object, as every agent.
TRIES = """import json, os, sys, urllib.request
given, got = json.load(sys.stdin), {}
def held(name, f):
    try: f(); got[name] = "came off"
    except Exception as e: got[name] = "held"
ws = os.environ["TK_WORKSPACE"]
held("writes into the workspace", lambda: open(ws + "/x", "w"))
held("sees the journal", lambda: open(ws + "/.tk/journal.db").read())
held("sees another step", lambda: [os.listdir(ws + "/.tk/run")[1]])
held("changes its own template", lambda: open(os.path.dirname(os.path.abspath(sys.argv[0])) + "/template.toml", "a"))
held("reads a home", lambda: os.listdir("/root"))
held("reads tokens of others", lambda: [p for p in os.listdir("/proc") if p.isdigit() and b"TK_TOKEN" in open(f"/proc/{p}/environ", "rb").read() and int(p) != os.getpid()][0])
held("speaks to the machine", lambda: urllib.request.build_opener(urllib.request.ProxyHandler({})).open(given["url"], timeout=3).read())
held("speaks to another service", lambda: urllib.request.urlopen(given["closed"], timeout=3).read())
mine = os.environ["HOME"]
open(mine + "/note", "w").write("x")
answer = {"held": got, "files": sorted(os.listdir(mine)), "exported": os.path.exists(mine + "/a.py"), "token": bool(os.environ.get("TK_TOKEN")), "fetched": ""}
if given["proxy"]: answer["fetched"] = urllib.request.urlopen(given["url"], timeout=5).read().decode()
print(json.dumps({"did": answer}))
"""
PLUGIN = """#!/usr/bin/env python3
import json, os, sys
for line in sys.stdin:
    m = json.loads(line)
    if m["method"] == "initialize": r = {"protocol": 1, "kind": "agent", "name": "p", "version": "1", "capabilities": {}}
    elif m["method"] == "run":
        folder = m["params"]["folder"]
        up = os.path.dirname(folder)
        try: others = [d for d in os.listdir(os.path.dirname(up)) if d != os.path.basename(up)]
        except OSError: others = []
        try: open(m["params"]["folder"] + "/../../../../journal.db").read(1); journal = True
        except OSError: journal = False
        open(folder + "/mine", "w").write("x")
        r = {"output": {"did": {"others": others, "journal": journal, "exported": os.path.exists(folder + "/a.py"), "uid": os.getuid()}}}
    else: r = None
    print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
    if m["method"] == "shutdown": break
"""
DIFF = "--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+x = 1\n"


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.send_response(200); self.end_headers(); self.wfile.write(b"hello")
    def log_message(self, *_): pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def check(what, right):
    if not right: wrong.append(what)


def write(p, path, text, mode=0o644):
    full = os.path.join(p.ws, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w") as f: f.write(text)
    os.chmod(full, mode)


def agent(p, name, program, backend="exec", more="", inputs='url = "text"\nclosed = "text"\nproxy = "bool"\ndiff = "text"\n', outputs='did = "json"\n'):
    write(p, f"templates/{name}/template.toml", f'name = "{name}"\nversion = "1"\nobjective = "x"\nbackend = "{backend}"\ncommand = ["./run"]\nexport = "diff"\n{more}\n[input]\n{inputs}[output]\n{outputs}')
    write(p, f"templates/{name}/run", program, 0o755)
    p.do(TK, "repo", "new", "agent", name, f"template={name}", "sponsor=" + p.owner)
    write(p, f"wots/{name}.toml", f'wot = "{name}"\n[input]\nurl = "text"\nclosed = "text"\nproxy = "bool"\ndiff = "text"\n[[step]]\nagent = "{name}"\n')


def run(p, name, url, closed, proxy, code=0, argv=()):
    done = p.do(*argv, TK, "wot", "run", name, "--input", "url=" + url, "--input", "closed=" + closed, "--input", f"proxy={'true' if proxy else 'false'}", "--input", "diff=" + DIFF, "--json", code=None)
    if done.returncode != code: check(f"{name}: {done.returncode} {done.stdout}{done.stderr}", False)
    return (json.loads(done.stdout)["output"]["did"] if code == 0 and done.returncode == 0 else None), done.stderr


def in_boxes(p, url, closed):
    script = "#!/usr/bin/env python3\n" + TRIES
    agent(p, "plain", script)
    did, _ = run(p, "plain", url, closed, False)
    check(f"a step: {did}", did and set(did["held"].values()) == {"held"} and len(did["held"]) == 8 and did["files"] == ["a.py", "note"] and did["exported"] and did["token"])
    row = p.rows("step.started")[-1]["payload"]["input"]["box"]
    check(f"the row of a step has its box: {row}", row["profile"] == "step" and row["network"] == "none" and not row["missing"] and any(path.endswith("templates/plain") for path in row["paths"]))
    # Another profile only by law; what a commit does not have is no profile.
    agent(p, "net", script, more='box = "net"')
    _, said = run(p, "net", url, closed, True, 2)
    check("a profile that is not committed is none: " + said, "no box profile net" in said)
    write(p, "profiles/net.toml", 'network = "proxy"\n')
    write(p, "profiles/step.toml", 'network = "proxy"\nwrite = ["/etc"]\n')
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "profiles")
    p.do(TK, "repo", "set", "rule:boxes", "resource=box:**/other")
    _, said = run(p, "net", url, closed, True, 3)
    check("law says who has a profile: " + said, "box.run" in said)
    p.do(TK, "repo", "set", "rule:boxes", "resource=box:**")
    _, said = run(p, "net", url, closed, True, 1)
    p.do(TK, "repo", "new", "rule", "out", "effect=permit", "role=role:agent", "actions=box.connect", f"resource=host:w/127.0.0.1/{url.split(':')[2].strip('/')}")
    did, said = run(p, "net", url, closed, True)
    check(f"the way out: {did} {said}", did and did["fetched"] == "hello" and set(did["held"].values()) == {"held"})
    connected = p.rows("box.connected")
    step = p.rows("step.started")[-1]["entity_id"]
    check("a connection is a row of its step", [r["entity_id"] for r in connected] == [step])
    did, _ = run(p, "plain", url, closed, False)
    row = p.rows("step.started")[-1]["payload"]["input"]["box"]
    check(f"a commit does not widen what every step has: {row}", "/etc" not in row["paths"] and row["network"] == "none")
    agent(p, "resident", PLUGIN, "plugin")
    did, _ = run(p, "resident", url, closed, False)
    check(f"a plugin: {did}", did == {"others": [], "journal": False, "exported": True, "uid": did and did["uid"]} and (p.uid or did["uid"] >= 20000))
    check("nothing is left of the runs", [d for d in os.listdir(p.ws + "/.tk/run") if os.path.isdir(f"{p.ws}/.tk/run/{d}") and d != "boxes"] == [] and os.listdir(p.ws + "/.tk/run/boxes") == [])


def stopped(p):
    mark = f"tkrun{os.getpid()}"
    agent(p, "long", f"#!/bin/sh\n: {mark}\n[ -e \"$TK_WORKSPACE/go\" ] && echo '{{\"did\": 1}}' && exit\nwhile true; do sh -c ': {mark}; sleep 0.01'; done\n")
    for name, argv in (("run", lambda run: [run]), ("actor", lambda run: ["agent:long"])):
        file = p.ws + "/.tk/run-id"
        if os.path.exists(file): os.unlink(file)
        if os.path.exists(p.ws + "/go"): os.unlink(p.ws + "/go")
        running = subprocess.Popen(p.argv([TK, "wot", "run", "long", "--input", "url=", "--input", "closed=", "--input", "proxy=false", "--input", "diff=" + DIFF, "--run-file", file]), cwd=p.ws, env=p.env,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for _ in range(500):
            if alive(mark): break
            time.sleep(0.02)
        id = open(file).read().strip()
        done = json.loads(p.do(TK, "stop", *argv(id), "--reason", "wrong branch", "--json").stdout)
        check(f"tk stop {name}: what it started is gone when it returns: {alive(mark)}", not alive(mark) and done["boxes"] == 1)
        _, said = running.communicate(timeout=20)
        check(f"tk stop {name}: the run's driver ends: {running.returncode} {said}", running.returncode != 0)
        if name == "run":
            check(f"a row tells who and why: {done}", [r["reason"] for r in p.rows("wot.stopped")][-1] == "wrong branch" and "was stopped: wrong branch" in said)
            check("its tokens are dead", not [t for t in json.loads(p.do(TK, "record", "list", "token", "--state", "live", "--json").stdout)])
            check("it is parked", json.loads(p.do(TK, "wot", "show", id, "--json").stdout)["state"] == "stopped")
            write(p, "go", "")
            p.do(TK, "wot", "resume", id)
            check("and goes on when somebody says so", json.loads(p.do(TK, "wot", "show", id, "--json").stdout)["state"] == "done")
            late = p.do(TK, "stop", id, "--reason", "r", code=None)
            check(f"a run that is over is not stopped: {late.returncode} {late.stdout}", late.returncode == 3 and "was not stopped" in late.stdout)


def less(p, url, closed):
    """Where the machine lacks something: a step runs with less only where a committed profile says so and law grants it."""
    lamed = without("mount")
    _, said = run(p, "plain", url, closed, False, 1, lamed)
    check("without mounts no step runs: " + said, "[TK-BOX-0001] " in said and "mount" in said)
    write(p, "profiles/bare.toml", 'missing = ["ipc", "box"]\n')
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "bare")
    agent(p, "bare", "#!/bin/sh\necho '{\"did\": 1}'\n", more='box = "bare"')
    for layer, told in (("mount", "without"), ("ipc", "missing")):
        did, said = run(p, "bare", url, closed, False, 0, without(layer))
        row = p.rows("step.started")[-1]["payload"]["input"]["box"]
        check(f"with less, by its profile: {did} {said} {row}", did == 1 and row["profile"] == "bare" and layer in str(row[told]))
        said = p.do(*without(layer), TK, "wot", "run", "bare", "--input", "url=", "--input", "closed=", "--input", "proxy=false", "--input", "diff=" + DIFF).stderr
        check(f"and it is told: {said}", layer in said)
    did, _ = run(p, "bare", url, closed, False)
    row = p.rows("step.started")[-1]["payload"]["input"]["box"]
    check(f"where nothing is missing nothing is left out: {row}", did == 1 and row["missing"] == [] and "without" not in row)


def asked(p, cast):
    for _ in range(500):
        if cast in p.do(TK, "wot", "inbox").stdout: return
        time.sleep(0.02)


def driven(p, file, *words):
    return subprocess.Popen(p.argv([TK, "wot", "run", *words, "--run-file", file]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def chain(p, name, steps):
    write(p, f"wots/{name}.toml", f'wot = "{name}"\n[input]\n' + steps)


def planted(p):
    """A template's program by an absolute path where an agent may write, and what tk reads in a workspace and is not there yet."""
    private = p.root + "/private"
    os.makedirs(private)
    agent(p, "far", "", more="", inputs="", outputs='did = "json"\n')
    text = open(p.ws + "/templates/far/template.toml").read().replace('"./run"', f'"{p.ws}/mine/run"').replace('export = "diff"\n', "")
    write(p, "templates/far/template.toml", text)
    chain(p, "far", '[[step]]\nagent = "far"\n')
    os.symlink(private, p.ws + "/mine/run")
    led = p.do(TK, "wot", "run", "far", code=None)
    check(f"a planted symlink for a program: {led.returncode} {led.stderr}", led.returncode == 2 and "TK-BOX-0002" in led.stderr)
    os.unlink(p.ws + "/mine/run")
    for folder in ("hives", "records", "integrations"):
        if os.path.isdir(f"{p.ws}/{folder}"): os.rmdir(f"{p.ws}/{folder}")
    p.do(TK, "repo", "set", "rule:tree", "actions=box.write")
    p.box("sh", "-c", "for f in hives records integrations templates; do mkdir $f/x && echo made; done", code=None)
    made = [f for f in ("hives", "records", "integrations", "templates") if os.path.exists(f"{p.ws}/{f}/x")]
    check(f"what tk reads is made from a box: {made}", not made)
    p.do(TK, "repo", "set", "rule:tree", "actions=box.read")
    write(p, "profiles/nul.toml", 'network = "none"\n\0id 1000 x\0')
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "nul")
    nul = p.box("true", code=None)
    check(f"a NUL byte in a profile: {nul.stderr}", nul.returncode == 2 and "profiles/nul.toml" in nul.stderr)
    p.do("git", "rm", "-qf", "profiles/nul.toml"); p.do("git", "commit", "-qm", "no nul")


def odd_kernels(p, url, closed):
    """An error that says nothing about the machine is no leave to go without; one in the first process is told."""
    _, said = run(p, "bare", url, closed, False, 1, without("processes"))
    check("no process to be had is not no box to be had: " + said, "[TK-BOX-0001] " in said)
    told = p.do(*without("loopback", TK, "run", "--as", "agent:bot", "--profile", "net", "--", "true"), code=None)
    check(f"the first process cannot: {told.returncode} {told.stderr}", told.returncode == 1 and "[TK-BOX-0001] net: " in told.stderr)
    # A retry's row has the box that it has.
    agent(p, "twice", "#!/bin/sh\n[ -e \"$TK_WORKSPACE/go\" ] && echo '{\"did\": 1}' && exit\nexit 9\n", more='box = "bare"')
    file = p.ws + "/.tk/run-id"
    p.do(TK, "wot", "run", "twice", "--input", "url=", "--input", "closed=", "--input", "proxy=false", "--input", "diff=" + DIFF, "--run-file", file, code=1)
    write(p, "go", "")
    p.do(*without("mount", TK, "wot", "resume", open(file).read().strip()))
    box = json.loads(p.do(TK, "record", "list", "step", "--json").stdout)
    box = [s["fields"] for s in box if s["fields"]["agent"].endswith("/twice")][0]
    check(f"the box of a retry: {box}", box["attempt"] == 2 and "mount" in box["box"]["without"])
    os.unlink(p.ws + "/go")


def residents(p, beat):
    """A plugin ends with its run's stop, whatever it heeds, and has the box that the law of now gives."""
    p.do(TK, "repo", "set", "rule:tree", "actions=box.write")
    stubborn = PLUGIN.replace("import json, os, sys\n", "import json, os, sys, threading, time\ndef beats():\n    f = os.open(%r, os.O_CREAT | os.O_WRONLY, 0o644)\n    while True:\n        os.pwrite(f, b'%%020d' %% time.clock_gettime_ns(time.CLOCK_MONOTONIC), 0)\n        time.sleep(0.004)\nn = 0\n" % beat)
    stubborn = stubborn.replace('elif m["method"] == "run":\n', 'elif m["method"] == "run":\n        n += 1\n        if n == 1: threading.Thread(target=beats, daemon=True).start()\n        if n == 2: continue\n').replace('if m["method"] == "shutdown": break', "pass")
    agent(p, "stubborn", stubborn + "time.sleep(60)\n", "plugin", inputs='diff = { type = "text", default = "" }\n')
    agent(p, "between", "#!/bin/sh\necho '{\"mid\": 1}'\n", inputs='diff = { type = "text", default = "" }\n', outputs='mid = "int"\n')
    chain(p, "three", '[[step]]\nname = "a"\nagent = "stubborn"\n[[step]]\nname = "b"\nagent = "between"\n[[step]]\nname = "c"\nagent = "stubborn"\n')
    file = p.ws + "/.tk/run-id"
    running = driven(p, file, "three")
    for _ in range(500):
        if os.path.exists(beat) and open(beat).read(): break
        time.sleep(0.02)
    for _ in range(500):
        steps = json.loads(p.do(TK, "wot", "show", open(file).read().strip(), "--json").stdout)["steps"]
        if any(s["step"] == "c" and s["state"] == "running" for s in steps): break
        time.sleep(0.02)
    done = json.loads(p.do(TK, "stop", open(file).read().strip(), "--reason", "r", "--json").stdout)
    returned = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    running.wait(20)
    time.sleep(0.3)
    check(f"a plugin after a stop: {done}, {(int(open(beat).read() or 0) - returned) / 1e6:.1f} ms later", done["boxes"] == 1 and int(open(beat).read()) <= returned)
    # A run that waits for a person hears of it too, and cannot be answered.
    chain(p, "gate", '[[step]]\ncast = "ok"\nprompt = "?"\n[[step]]\nagent = "between"\n')
    os.unlink(file)
    running = driven(p, file, "gate", "--wait")
    asked(p, "ok")
    id = open(file).read().strip()
    p.do(TK, "stop", id, "--reason", "r")
    check("who waits hears of a stop", running.wait(10) == 3)
    answered = p.do(TK, "wot", "answer", id, "ok", "approve", code=None)
    check(f"a stopped run takes no answer: {answered.returncode} {answered.stderr}", answered.returncode != 0 and "was stopped" in answered.stderr)
    # Law changes between two steps of one plugin.
    agent(p, "writer", PLUGIN.replace('"did": {', '"did": {"wrote": wrote, ').replace("        folder =", "        try: open(os.environ['TK_WORKSPACE'] + '/mine/w', 'w'); wrote = True\n        except OSError: wrote = False\n        folder ="), "plugin",
          inputs='diff = { type = "text", default = "" }\n')
    chain(p, "twosteps", '[[step]]\nname = "a"\nagent = "writer"\n[[step]]\ncast = "ok2"\nprompt = "?"\n[[step]]\nname = "c"\nagent = "writer"\n')
    os.unlink(file)
    running = driven(p, file, "twosteps", "--wait")
    asked(p, "ok2")
    p.do(TK, "repo", "set", "rule:tree", "actions=box.read")
    p.do(TK, "wot", "answer", open(file).read().strip(), "ok2", "approve")
    running.wait(20)
    wrote = [s["output"]["did"]["wrote"] for s in json.loads(p.do(TK, "wot", "show", open(file).read().strip(), "--json").stdout)["steps"]]
    check(f"a plugin's box follows the law: {wrote}", wrote == [True, False])


def deep(p):
    """Folders in folders, more than anybody can hold open: they go, and so does the step's token."""
    agent(p, "deep", "#!/usr/bin/env python3\nimport os, sys\nfor i in range(5000):\n    os.mkdir('d'); os.chdir('d')\nos.chmod('.', 0)\nprint('{\"did\": 1}')\n")
    did, said = run(p, "deep", "", "", False)
    check(f"deep folders: {did} {said}", did == 1 and not json.loads(p.do(TK, "record", "list", "token", "--state", "live", "--json").stdout))


def lease(p):
    """A lease that is spent before the box begins: nothing runs, and the row and the token end."""
    for name in ("d", "e"):
        os.makedirs(f"{p.root}/lent-{name}", exist_ok=True); os.chmod(f"{p.root}/lent-{name}", 0o777)
        p.do(TK, "repo", "new", "directory", name, f"path={p.root}/lent-{name}")
    lend = lambda uses: json.loads(p.do(TK, "acl", "borrow", "request", "--lender", p.owner, "--borrower", "agent:bot", "--action", "box.write", "--resource", "directory:w/**", "--purpose", "x",
                                        "--max-uses", str(uses), "--json").stdout)["id"]
    held = p.do(TK, "run", "--as", "agent:bot", "--lease", lend(1), "--", "touch", p.root + "/lent-d/ran", code=None)
    open_boxes = [b for b in json.loads(p.do(TK, "record", "list", "box", "--json").stdout) if b["state"] == "running"]
    check(f"a lease that is spent: {held.returncode} {open_boxes}", held.returncode == 3 and not os.path.exists(p.root + "/lent-d/ran") and not open_boxes)
    p.do(TK, "run", "--as", "agent:bot", "--lease", lend(9), "--", "touch", p.root + "/lent-d/ran", p.root + "/lent-e/ran")
    check("a lease gives its folders", os.path.exists(p.root + "/lent-d/ran") and os.path.exists(p.root + "/lent-e/ran"))
    check("without it they are not there", p.box("touch", p.root + "/lent-d/ran2", code=None).returncode != 0 and not os.path.exists(p.root + "/lent-d/ran2"))
    mark, id = f"tklease{os.getpid()}", lend(9)
    running = subprocess.Popen(p.argv([TK, "run", "--as", "agent:bot", "--lease", id, "--", "python3", "-c", f"import time; time.sleep(60) # {mark}"]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for _ in range(500):
        if len(alive(mark)) > 1: break  # tk itself, and the program
        time.sleep(0.02)
    p.do(TK, "acl", "borrow", "revoke", id)
    _, said = running.communicate(timeout=10)
    check(f"a lease that ends ends the box: {running.returncode} {said}", running.returncode == 3 and "its lease" in said and not alive(mark))


def demo(p):
    for layer in ("mount", "landlock"):
        done = p.do(*without(layer, TK, "demo", "code-review"), code=None)
        check(f"the demo without {layer}: {done.returncode} {done.stderr[-500:]}", done.returncode == 0 and layer in done.stderr and "tk log verify: ok" in done.stdout)


def main():
    url, closed = serve(), serve()
    for p in places(TK):
        p.do(TK, "repo", "set", "rule:tree", "actions=box.read")
        if p.uid: os.chown(p.ws + "/mine", p.uid, p.uid)
        in_boxes(p, url, closed)
        less(p, url, closed)
        odd_kernels(p, url, closed)
        demo(p)
        planted(p)
        residents(p, p.ws + "/mine/beat")
        deep(p)
        lease(p)
        stopped(p)
        p.do(TK, "log", "verify")
        print(f"uid {p.uid}: {len(wrong)} wrong so far")
    for w in wrong: print("WRONG", w)
    sys.exit(bool(wrong))


main()
