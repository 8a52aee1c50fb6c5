#!/usr/bin/env python3
"""Agents of a workflow in boxes: what a program of a step, and a resident plugin, cannot do; which profile it has by whose word; its way to
the network; `tk stop RUN`; a machine that lacks a layer, where a workspace may say that less will do. As root, and by setpriv
without. usage: steps.py TK"""
import http.server, json, os, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from place import Place, alive, without

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
            check(f"a row tells who and why: {done}", [r["reason"] for r in p.rows("wot.stopped")] == ["wrong branch"] and "was stopped: wrong branch" in said)
            check("its tokens are dead", not [t for t in json.loads(p.do(TK, "record", "list", "token", "--state", "live", "--json").stdout)])
            check("it is parked", json.loads(p.do(TK, "wot", "show", id, "--json").stdout)["state"] == "stopped")
            write(p, "go", "")
            p.do(TK, "wot", "resume", id)
            check("and goes on when somebody says so", json.loads(p.do(TK, "wot", "show", id, "--json").stdout)["state"] == "done")
    check("a run that is over is not stopped", p.do(TK, "stop", id[:18], "--reason", "r", code=None).returncode in (0, 3))


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


def demo(p):
    for layer in ("mount", "landlock"):
        done = p.do(*without(layer, TK, "demo", "code-review"), code=None)
        check(f"the demo without {layer}: {done.returncode} {done.stderr[-500:]}", done.returncode == 0 and layer in done.stderr and "tk log verify: ok" in done.stdout)


def main():
    url, closed = serve(), serve()
    for uid in ((0, 65534) if os.geteuid() == 0 else (os.getuid(),)):
        p = Place(TK, uid)
        try:
            first = p.box("true", code=None)
            if uid and first.returncode != 0 and "TK-BOX-0001" in first.stderr:
                print(f"SKIP: no box without root here: {first.stderr.strip()}")
                continue
            p.do(TK, "repo", "set", "rule:tree", "actions=box.read")
            if uid: os.chown(p.ws + "/mine", uid, uid)
            in_boxes(p, url, closed)
            less(p, url, closed)
            demo(p)
            stopped(p)
            p.do(TK, "log", "verify")
            print(f"uid {uid}: {len(wrong)} wrong so far")
        finally: p.close()
    for w in wrong: print("WRONG", w)
    sys.exit(bool(wrong))


main()
