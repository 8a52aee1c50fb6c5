#!/usr/bin/env python3
"""Whatever the program of a box does is let by a row. First a run under strace: each file that it changes, program that it starts and
connection that it makes, against the paths and hosts of the rows. Then tk is killed at random points of a run: nothing was done that
no row tells of. usage: effects.py TK   CI: 30 kills; TK_FULL=1: 200"""
import http.server, json, os, random, re, shutil, subprocess, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
from place import alive, places
from strace import calls_of

TK = os.path.abspath(sys.argv[1])
KILLS = 200 if os.environ.get("TK_FULL") else 30
WRITES = "openat,open,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,unlink,unlinkat,rmdir,truncate,chmod,fchmodat"
SEEN = []  # what the server was asked for

# Random work in granted folders and in others; allowed hosts and others. What it is refused it goes on from.
WORK = """import os, random, socket, subprocess, sys, urllib.request
rng, places, ports = random.Random(7), sys.argv[1].split(","), sys.argv[2].split(",")
def doing(f):
    try: f()
    except (OSError, subprocess.SubprocessError): pass
def fetch(url): urllib.request.urlopen(url, timeout=5).read()
def straight(port): socket.create_connection(("127.0.0.1", int(port)), 1).close()
for i in range(400):
    at = rng.choice(places) + "/" + rng.choice("abcd")
    other = rng.choice(places) + "/" + rng.choice("abcd")
    doing(rng.choice([lambda: open(at, "w").write("x"), lambda: os.unlink(at), lambda: os.rename(at, other), lambda: os.mkdir(at + "-d"), lambda: os.rmdir(at + "-d"),
                      lambda: os.symlink(other, at), lambda: os.link(at, other), lambda: os.chmod(at, 0o755), lambda: os.truncate(at, 0),
                      lambda: (open(at, "w").write("#!/bin/sh\\n"), os.chmod(at, 0o755), subprocess.run([at])), lambda: subprocess.run(["true"]),
                      lambda: fetch(f"http://127.0.0.1:{rng.choice(ports)}/w"), lambda: straight(rng.choice(ports))]))
"""
QUICK = """import os, sys, urllib.request
word, mine, url = sys.argv[1:4]
open(mine + "/m-" + word, "w").close()
urllib.request.urlopen(url + word, timeout=5).read()
open(mine + "/n-" + word, "w").close()
"""


class Server(http.server.BaseHTTPRequestHandler):
    def do_GET(self): SEEN.append(self.path[1:]); self.send_response(200); self.send_header("Content-Length", "0"); self.end_headers()
    def log_message(self, *_): pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return str(server.server_address[1])


def of_box_and_tk(trace):
    """(the program's own calls that came off, those of tk beside it), each (name, text, result)."""
    program, boxed, ours = {}, [], []
    calls, parent = calls_of(trace)
    for pid, name, call, result in calls:
        if name in ("clone", "clone3", "vfork", "fork") or result.startswith("?") or (result.startswith("-1") and "EINPROGRESS" not in result): continue
        at = pid
        while at and at not in program: at = parent.get(at, "")
        own = program.get(at, "")
        inside = own == "boxed"
        if name == "execve":
            path = re.search(r'"([^"]*)"', call).group(1)
            inside = inside or own == "box-exec"
            program[pid] = "boxed" if inside else os.path.basename(path)
        (boxed if inside else ours if own == "tk-run" else []).append((name, call, result))
    return boxed, ours


def under_strace(p, ports, closed):
    out = p.root + "/trace"
    denied = p.root + "/denied"
    os.makedirs(denied, exist_ok=True); os.chmod(denied, 0o777)
    places = [p.ws + "/mine", "/tmp", denied, p.ws + "/galaxies", p.ws + "/.tk", "/etc", "/usr/lib"]
    subprocess.run(["strace", "-f", "-qq", "-s", "4096", "--decode-pids=pidns", "-e", f"trace=execve,connect,clone,clone3,fork,vfork,{WRITES}", "-o", out,
                    *p.argv([TK, "run", "--as", "agent:bot", "--profile", "net", "--", "python3", "-c", WORK, ",".join(places), ",".join(ports + closed)])],
                   cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=True)
    boxed, ours = of_box_and_tk(out)
    row = p.rows("box.started")[-1]
    paths = {k: v["use"] for k, v in row["payload"]["input"]["paths"].items()}
    hosts = {(r["payload"]["input"]["host"], r["payload"]["input"]["port"]) for r in p.rows("box.connected") if r["entity_id"] == row["entity_id"]}
    below = lambda path, uses: any((path == k or path.startswith(k + "/")) and u in uses and not any(
        len(k2) > len(k) and (path == k2 or path.startswith(k2 + "/")) and u2 not in uses for k2, u2 in paths.items()) for k, u in paths.items())
    # Its own /tmp, /dev and /proc are gone with it: what lies there is nothing outside.
    own = lambda path: path.startswith(("/dev/", "/proc/")) or (path.startswith("/tmp/") and not path.startswith(p.root) and not os.path.lexists(path))
    files = programs = connections = 0
    for name, call, result in boxed:
        told = re.findall(r'"([^"]*)"', call)
        if name == "execve":
            programs += 1
            path = os.path.realpath(told[0])  # /bin is a link in the box too
            assert below(path, ("exec", "write")) or own(told[0]), call
        elif name == "connect":
            if "AF_UNIX" in call or "AF_NETLINK" in call: continue
            connections += 1
            assert "htons(1080)" in call and "127.0.0.1" in call or "EINPROGRESS" in result, call
        elif not (name in ("openat", "open") and not re.search(r"O_(WRONLY|RDWR|CREAT)", call)):
            for path in told[-1:] if name in ("symlink", "symlinkat") else told:
                if not path.startswith("/"): continue
                files += 1
                assert below(path, ("write",)) or own(path), call
    made = set()
    for name, call, _ in ours:
        if name == "connect" and "AF_INET" in call: made.add((re.search(r'inet_addr\("([^"]*)"', call).group(1), int(re.search(r"htons\((\d+)\)", call).group(1))))
    assert made <= hosts and len(made) == len(ports), (made, hosts)
    assert files > 20 and programs > 10 and connections >= 3, (files, programs, connections)
    assert not os.listdir(denied), os.listdir(denied)
    return files, programs, connections


def killed(p, port):
    rng, words, early, late = random.Random(11), [], 0, 0
    began = time.monotonic()
    p.box("python3", "-S", "-c", QUICK, "whole", p.ws + "/mine", f"http://127.0.0.1:{port}/", options=("--profile", "net"))
    whole = time.monotonic() - began
    for i in range(KILLS):
        word = f"k{i}u{p.uid}x{os.getpid()}"
        started = subprocess.Popen(p.argv([TK, "run", "--as", "agent:bot", "--profile", "net", "--", "python3", "-S", "-c", QUICK, word, p.ws + "/mine", f"http://127.0.0.1:{port}/"]),
                                   cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0, 2 * whole))
        started.kill(); started.wait()
        for _ in range(1000):  # one that waits for the disk is dead, and gone when the disk answers
            if not alive(word): break
            time.sleep(0.01)
        assert not alive(word), f"{word} lives on"
        words.append(word)
    boxes = {r["payload"]["input"]["command"][4]: r["entity_id"] for r in p.rows("box.started") if len(r["payload"]["input"]["command"]) > 4}
    connected = {r["entity_id"] for r in p.rows("box.connected")}
    for word in words:
        did, spoke = os.path.exists(f"{p.ws}/mine/m-{word}"), word in SEEN
        assert not did or word in boxes, f"{word} wrote a file that no row tells of"
        assert not spoke or boxes[word] in connected, f"{word} spoke to a host that no row tells of"
        early += not did
        late += spoke
    # The next one journals that they are over, with their tokens dead.
    p.box("true")
    left = [b for b in json.loads(p.do(TK, "record", "list", "box", "--json").stdout) if b["state"] == "running"]
    tokens = json.loads(p.do(TK, "record", "list", "token", "--state", "live", "--json").stdout)
    entries = [f for f in os.listdir(p.ws + "/.tk/run/boxes") if ".tk-" not in f]  # an unfinished file beside its place is nobody's
    assert not left and not tokens and not entries, (left, tokens, entries)
    p.do(TK, "log", "verify")
    assert 0 < early < KILLS and late > 0, (early, late)
    return f"{KILLS} kills: {early} before its first effect, {late} behind its connection"


def main():
    can = shutil.which("strace") and subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"], capture_output=True).returncode == 0
    allowed, closed = [serve(), serve()], [serve()]
    for p in places(TK):
        os.makedirs(p.ws + "/profiles", exist_ok=True)
        with open(p.ws + "/profiles/net.toml", "w") as f: f.write('network = "proxy"\n')
        p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "profiles")
        for i, port in enumerate(allowed): p.do(TK, "repo", "new", "rule", f"out{i}", "effect=permit", "role=role:agent", "actions=box.connect", f"resource=host:w/127.0.0.1/{port}")
        if can:
            files, programs, connections = under_strace(p, allowed, closed)
            print(f"uid {p.uid}: under strace {files} changes of files, {programs} programs, {connections} connections: each is let by a row", flush=True)
        else: print("SKIPPED: no strace, or it may not trace here")
        print(f"uid {p.uid}: {killed(p, allowed[0])}; nothing without its row", flush=True)
    if not can: sys.exit(77)


main()
