#!/usr/bin/env python3
"""What a box costs: the start of /usr/bin/true bare, by box-exec alone, and by `tk run` (with its two rows, whose flushes are told apart);
a compile inside and outside; a request through the proxy beside one without. Ratios and differences of medians of one run, interleaved.
usage: box.py BUILD"""
import functools, http.server, json, os, socket, statistics, subprocess, sys, tempfile, threading, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "box"))
from place import Place

BUILD = os.path.abspath(sys.argv[1])
TK = BUILD + "/bin/tk"
load = lambda: f"load {os.getloadavg()[0]:.1f}"


def timed(what):
    began = time.perf_counter(); what()
    return (time.perf_counter() - began) * 1e3


def box_exec(words):
    """box-exec as tk starts it."""
    def start():
        a, b = socket.socketpair()
        child = subprocess.Popen([BUILD + "/libexec/tk/plugins/box-exec", "--fd", str(b.fileno())], pass_fds=[b.fileno()], stdin=subprocess.DEVNULL)
        b.close(); a.sendall(words); said = b""
        while b"started " not in said: said += a.recv(4096)
        a.sendall(b"g"); assert child.wait() == 0, said
        a.close()
    return start


def main():
    p = Place(TK, 0 if os.geteuid() == 0 else os.getuid())
    try:
        d = json.loads(p.do(TK, "run", "--as", "agent:bot", "--explain", "--json", "--", "true").stdout)
        words = ["tk-box 1"] + ([f"uid {d['uid']}", f"gid {d['uid']}"] if d["uid"] else []) + [f"{v['use']} {k}" for k, v in d["paths"].items()] + [f"hide {h}" for h in d["hidden"]]
        words += [f"link {os.readlink('/' + n)}\n/{n}" for n in ("bin", "lib", "lib64", "sbin") if os.path.islink("/" + n)] + ["env PATH=/usr/bin", "arg /usr/bin/true"]
        start = box_exec(b"".join(w.encode() + b"\0" for w in words) + b"\0")
        run = lambda *w: lambda: subprocess.run([TK, "run", "--as", "agent:bot", *w], cwd=p.ws, env=p.env, check=True, stdout=subprocess.DEVNULL)
        kinds = {"bare": lambda: subprocess.run(["/usr/bin/true"], check=True), "box-exec": start, "tk run": run("--", "true"), "tk run --explain": run("--explain", "--", "true")}
        times = {k: [] for k in kinds}
        for _ in range(60):
            for k, f in kinds.items(): times[k].append(timed(f))
        m = {k: statistics.median(v) for k, v in times.items()}
        print(f"start of true: bare {m['bare']:.2f} ms, in a box {m['box-exec']:.2f} (added {m['box-exec'] - m['bare']:.2f} ms), tk run {m['tk run']:.1f} ms, of which all before a row is written "
              f"{m['tk run --explain']:.1f} ms; {load()}", flush=True)
        source = p.ws + "/mine/x.cpp"
        with open(source, "w") as f: f.write("#include <map>\n#include <regex>\n#include <string>\nint main() { std::map<std::string, std::regex> m; return int(m.size()); }\n")
        os.chmod(source, 0o644)
        compile = ["g++", "-O1", "-c", source, "-o", "/tmp/tk-bench-box.o"]
        outside, inside = [], []
        for _ in range(5):
            outside.append(timed(lambda: subprocess.run(compile, check=True)))
            inside.append(timed(run("--", *compile)) - m["tk run"] + m["bare"])
        os.unlink("/tmp/tk-bench-box.o")
        a, b = statistics.median(outside), statistics.median(inside)
        print(f"a compile: {a:.0f} ms outside, {b:.0f} ms inside without the start: {100 * (b / a - 1):+.1f} % (bar 2 %); {load()}", flush=True)
        proxy(p)
    finally: p.close()


ASK = """import http.client, statistics, sys, time
port, proxied = int(sys.argv[1]), sys.argv[2] == "proxy"
times = []
for _ in range(300):
    b = time.perf_counter()
    c = http.client.HTTPConnection("127.0.0.1", 1080 if proxied else port)
    c.request("GET", f"http://127.0.0.1:{port}/" if proxied else "/"); c.getresponse().read(); c.close()
    times.append((time.perf_counter() - b) * 1e6)
print(statistics.median(times))
"""


KEPT = """import http.client, statistics, sys, time
port, proxied = int(sys.argv[1]), sys.argv[2] == "proxy"
times = []
c = http.client.HTTPConnection("127.0.0.1", 1080 if proxied else port)
if proxied: c.set_tunnel("127.0.0.1", port)
for _ in range(1000):
    b = time.perf_counter()
    c.request("GET", "/"); c.getresponse().read()
    times.append((time.perf_counter() - b) * 1e6)
print(statistics.median(times))
"""


class Quick(http.server.BaseHTTPRequestHandler):
    protocol_version, wbufsize = "HTTP/1.1", 1 << 16  # one write, one packet
    def do_GET(self): self.send_response(200); self.send_header("Content-Length", "2"); self.end_headers(); self.wfile.write(b"ok")
    def log_message(self, *_): pass


def proxy(p):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quick)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    os.makedirs(p.ws + "/profiles", exist_ok=True)
    with open(p.ws + "/profiles/net.toml", "w") as f: f.write('network = "proxy"\n')
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "profile")
    p.do(TK, "repo", "new", "rule", "out", "effect=permit", "role=role:agent", "actions=box.connect", "resource=host:**")
    bare = float(subprocess.run([sys.executable, "-c", ASK, str(port), "bare"], capture_output=True, text=True, check=True).stdout)
    through = float(p.box("python3", "-c", ASK, str(port), "proxy", options=("--profile", "net")).stdout)
    kept = [float(o.stdout) for o in (subprocess.run([sys.executable, "-c", KEPT, str(port), "bare"], capture_output=True, text=True, check=True),
                                      p.box("python3", "-c", KEPT, str(port), "proxy", options=("--profile", "net")))]
    print(f"a request on an open connection: {kept[0]:.0f} us, through the proxy {kept[1]:.0f} us: {kept[1] - kept[0]:+.0f} us; {load()}")
    print(f"a request: {bare:.0f} us, through the proxy {through:.0f} us: {through - bare:+.0f} us for a connection and law's word on it (bar 100); {load()}", flush=True)
    server.shutdown()


main()
