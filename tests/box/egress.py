#!/usr/bin/env python3
"""A box's way out: what law lets through and what it does not, by HTTP, CONNECT and SOCKS5, each with its row; names that lead to this
machine, addresses in strange forms, requests that are none. git clone over the proxy, npm from a folder, cmake, a compiler, python3 and
node work in a box as they do outside. usage: egress.py TK"""
import functools, http.server, json, os, re, shutil, socket, socketserver, subprocess, sys, threading, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from place import Place

TK = os.path.abspath(sys.argv[1])
IN_BOX = r'''
import json, os, socket, struct, sys, urllib.request, urllib.error
port, other = int(sys.argv[1]), int(sys.argv[2])
got = {}
def talk(data, size=4096):
    with socket.create_connection(("127.0.0.1", 1080), 5) as s:
        s.sendall(data); s.settimeout(5)
        out = b""
        while True:
            try: part = s.recv(size)
            except OSError: break
            if not part: break
            out += part
        return out
def get(url):
    try: return urllib.request.urlopen(url, timeout=5).read().decode()
    except urllib.error.HTTPError as e: return f"{e.code} {e.read().decode()}"
    except OSError as e: return str(e)
got["http"] = get(f"http://127.0.0.1:{port}/hello")
got["denied"] = get(f"http://127.0.0.1:{other}/hello")
got["denied again"] = get(f"http://127.0.0.1:{other}/hello")
got["connect"] = talk(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nGET /hello HTTP/1.0\r\n\r\n".encode()).decode()
got["connect denied"] = talk(f"CONNECT 127.0.0.1:{other} HTTP/1.1\r\n\r\n".encode()).decode()
socks = lambda kind, host, port: b"\x05\x01\x00" + b"\x05\x01\x00" + kind + host + struct.pack(">H", port)
got["socks"] = talk(socks(b"\x01", socket.inet_aton("127.0.0.1"), port) + b"GET /hello HTTP/1.0\r\n\r\n").decode("latin1")
got["socks denied"] = talk(socks(b"\x03", b"\x09localhost", other)).hex()
got["socks of IPv6"] = talk(socks(b"\x04", socket.inet_pton(socket.AF_INET6, "::1"), port)).hex()
got["the second of a connection"] = talk(f"GET http://127.0.0.1:{port}/hello HTTP/1.1\r\nHost: x\r\n\r\nGET http://127.0.0.1:{other}/hello HTTP/1.1\r\nHost: y\r\n\r\n".encode()).decode()
for host in ("0x7f.1", "2130706433", "127.1", "0177.0.0.1", "127.0.0.1.", "::1", "a b", "x" * 70, "-x", "127.0.0.1:80@evil", ""):
    got["host " + host[:20]] = talk(f"CONNECT {host}:{port} HTTP/1.1\r\n\r\n".encode()).decode()[:40]
got["a name of this machine"] = talk(f"CONNECT {sys.argv[3]}:{port} HTTP/1.1\r\n\r\n".encode()).decode()
for name, data in {"nothing": b"\r\n\r\n", "long": b"GET " + b"a" * 40000, "file": b"GET file:///etc/passwd HTTP/1.1\r\n\r\n", "port 0": b"CONNECT x:0 HTTP/1.1\r\n\r\n",
                   "port 99999": b"CONNECT x:99999 HTTP/1.1\r\n\r\n", "binary": bytes(range(256)), "no port": b"CONNECT x HTTP/1.1\r\n\r\n"}.items():
    got["bad " + name] = talk(data).decode("latin1")[:20]
got["direct"] = ""
try: socket.create_connection(("127.0.0.1", port), 2); got["direct"] = "reached"
except OSError: pass
print(json.dumps(got))
'''


class Server(http.server.SimpleHTTPRequestHandler):
    seen = []
    def log_message(self, *_): Server.seen.append(self.path)


def serve(folder):
    s = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Server, directory=folder))
    threading.Thread(target=s.serve_forever, daemon=True).start()
    return s


def egress(p):
    web = os.path.join(p.root, "web")
    os.makedirs(web)
    with open(web + "/hello", "w") as f: f.write("hello\n")
    git = lambda *a, cwd: subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@e", *a], cwd=cwd, check=True, capture_output=True)
    os.makedirs(web + "/src"); git("init", "-q", cwd=web + "/src")
    with open(web + "/src/README", "w") as f: f.write("from the server\n")
    git("add", ".", cwd=web + "/src"); git("commit", "-qm", "x", cwd=web + "/src")
    git("clone", "-q", "--bare", web + "/src", web + "/r.git", cwd=web); git("update-server-info", cwd=web + "/r.git")
    server, other = serve(web), serve(web)
    port, closed = server.server_address[1], other.server_address[1]
    os.makedirs(p.ws + "/profiles", exist_ok=True)
    with open(p.ws + "/profiles/net.toml", "w") as f: f.write('network = "proxy"\n')
    p.do("git", "add", "profiles"); p.do("git", "commit", "-qm", "profile")
    name = next((n for n in (socket.gethostname(), "ip6-localhost", "ip6-loopback") if n != "localhost" and resolves_here(n)), "localhost.localdomain")
    p.do(TK, "repo", "new", "rule", "out", "effect=permit", "role=role:agent", "actions=box.connect", f"resource=host:w/*/{port}")
    done = p.box("python3", "-c", IN_BOX, str(port), str(closed), name, options=("--profile", "net"))
    got = json.loads(done.stdout)
    assert got["http"] == "hello\n", got["http"]
    for what in ("denied", "denied again"): assert got[what].startswith("403 tk: agent:w/bot may not box.connect on host:w/127.0.0.1/"), got[what]
    assert got["connect"].startswith("HTTP/1.1 200 ") and got["connect"].endswith("hello\n"), got["connect"]
    assert got["connect denied"].startswith("HTTP/1.1 403 "), got["connect denied"]
    assert got["socks"].endswith("hello\n"), got["socks"]
    assert got["socks denied"].startswith("05000502"), got["socks denied"]
    assert got["socks of IPv6"].startswith("05000508"), got["socks of IPv6"]
    assert got["the second of a connection"].count("hello") == 1, got["the second of a connection"]
    for what, answer in got.items():
        if what.startswith("host "): assert not answer.startswith("HTTP/1.1 200") or what == "host 127.0.0.1.", (what, answer)
        if what.startswith("bad "): assert not answer.startswith("HTTP/1.1 2"), (what, answer)
    if resolves_here(name): assert "leads to this machine" in got["a name of this machine"], got["a name of this machine"]
    else: print(f"SKIP: 1 of the proxy's questions (no name but localhost leads to this machine)")
    assert got["direct"] == "", "a way round the proxy"
    assert done.stderr.count("may not box.connect on host:w/127.0.0.1/") == 1, done.stderr  # each host once
    allowed = [r["payload"]["input"] for r in p.rows("box.connected")]
    assert {"host": "127.0.0.1", "port": port, "rule": "out"} in allowed, allowed
    denied = [r for r in p.rows("acl.denied") if f"/{closed}" in json.dumps(r)]
    assert len(denied) == 2, len(denied)  # by its address, and by the name localhost
    p.box("git", "clone", "-q", f"http://127.0.0.1:{port}/r.git", "/tmp/r", options=("--profile", "net"))
    done = p.box("sh", "-c", f"cd /tmp && git clone -q http://127.0.0.1:{port}/r.git r && cat r/README", options=("--profile", "net"))
    assert done.stdout == "from the server\n", done
    assert p.box("git", "clone", "-q", f"http://127.0.0.1:{closed}/r.git", "/tmp/r", options=("--profile", "net"), code=None).returncode != 0
    for s in (server, other): s.shutdown()
    return len(got)


def resolves_here(name):
    try: return socket.gethostbyname(name).startswith("127.")
    except OSError: return False


def builds(p):
    """What people build with, unchanged inside."""
    src = p.ws + "/mine/src"
    os.makedirs(src, exist_ok=True)
    for name, text in {"CMakeLists.txt": "cmake_minimum_required(VERSION 3.20)\nproject(x CXX)\nadd_executable(x x.cpp)\nenable_testing()\nadd_test(NAME x COMMAND x)\n",
                       "x.cpp": '#include <thread>\n#include <cstdio>\nint main() { std::thread t([] { std::puts("built"); }); t.join(); }\n',
                       "package.json": '{"name": "a", "version": "1.0.0", "dependencies": {"b": "file:b"}}', "b/package.json": '{"name": "b", "version": "1.0.0", "main": "i.js"}',
                       "b/i.js": "module.exports = 'from b';\n"}.items():
        os.makedirs(os.path.dirname(f"{src}/{name}"), exist_ok=True)
        with open(f"{src}/{name}", "w") as f: f.write(text)
    for folder, _, files in os.walk(p.ws + "/mine"):
        for path in [folder] + [os.path.join(folder, f) for f in files]: os.chmod(path, 0o777)
    done = p.box("sh", "-c", f"cd {src} && cmake -S . -B build >/dev/null && cmake --build build >/dev/null && ctest --test-dir build >/dev/null && build/x")
    assert done.stdout == "built\n", done
    assert p.box("python3", "-c", "import subprocess, threading, multiprocessing as m, tempfile, sqlite3, ssl\nwith m.Pool(2) as pool: print(sum(pool.map(abs, range(10))))").stdout == "45\n"
    count = 2
    if os.path.exists("/usr/bin/node") or os.path.exists("/usr/local/bin/node"):
        assert p.box("node", "-e", "const fs = require('fs'); new (require('worker_threads').Worker)('1', {eval: true}).on('exit', () => console.log('node'))").stdout == "node\n"
        count += 1
        if shutil.which("npm", path="/usr/bin:/usr/local/bin"):
            p.box("sh", "-c", f"cd {src} && npm install --offline --no-audit --no-fund >/dev/null && rm -rf node_modules && npm ci --offline --no-audit --no-fund >/dev/null && node -p \"require('b')\"")
            count += 1
    if count < 4: print(f"SKIP: {4 - count} of 4 builds (node or npm is not below /usr)")
    return count


def main():
    for uid in (0, 65534) if os.geteuid() == 0 else (os.getuid(),):
        p = Place(TK, uid)
        try:
            first = p.box("true", code=None)
            if uid and "TK-BOX-0001" in first.stderr:
                print(f"SKIP: no box without root here: {first.stderr.strip()}")
                continue
            asked, built = egress(p), builds(p)
            p.do(TK, "log", "verify")
            print(f"uid {uid}: {asked} questions of a proxy, {built} builds")
        finally: p.close()


main()
