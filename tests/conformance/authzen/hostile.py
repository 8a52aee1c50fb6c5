#!/usr/bin/env python3
"""What a bad client sends to `tk law serve`, byte by byte: each gets the answer that HTTP has for it or is left, the
server stays, and others are served meanwhile. Then how the server ends. usage: hostile.py TK"""
import json, os, signal, socket, stat, subprocess, sys, tempfile, threading, time
from decision_point import ENV, Server, git
from fixture import Report, workspace

BODY = json.dumps({"subject": {"type": "user", "id": "alice"}, "action": {"name": "read"},
                   "resource": {"type": "record", "id": "record-1"}}).encode()
CLOSED = b""


def head(*lines, line=b"POST /access/v1/evaluation HTTP/1.1", host=b"Host: localhost\r\n"):
    return line + b"\r\n" + host + b"".join(l + b"\r\n" for l in lines) + b"\r\n"


GOOD = head(b"Content-Type: application/json", b"Content-Length: %d" % len(BODY)) + BODY


class Raw:
    def __init__(self, server, timeout=20):
        self.s = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)

    def send(self, data):
        try: self.s.sendall(data)
        except (BrokenPipeError, ConnectionResetError): pass
        return self

    def half(self):
        self.s.shutdown(socket.SHUT_WR)
        return self

    def answers(self):
        """Everything until the server closes."""
        out = b""
        try:
            while more := self.s.recv(65536): out += more
        except ConnectionResetError: pass
        self.s.close()
        return out

    def until_quiet(self, count):
        """The statuses of so many answers on a connection that stays."""
        out, got = b"", []
        while len(got) < count:
            more = self.s.recv(65536)
            if not more: break
            out += more
            got = statuses(out)
        return got


def statuses(data):
    """The status of each answer in a stream, its length obeyed."""
    out = []
    while data.startswith(b"HTTP/1.1 "):
        top, _, rest = data.partition(b"\r\n\r\n")
        if not _: break
        status, length = int(top[9:12]), 0
        for line in top.split(b"\r\n")[1:]:
            if line.lower().startswith(b"content-length:"): length = int(line.split(b":")[1])
        if len(rest) < length: break
        if status != 100: out.append(status)
        data = rest[length:]
    return out


def malformed(s, r):
    both = b"Content-Length: 5", b"Transfer-Encoding: chunked"
    cases = {
        "garbage": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 9, [400]),
        "no request line": (b"\r\n\r\n\r\n", [400]),
        "another protocol": (b"EHLO localhost\r\n\r\n", [400]),
        "HTTP/2's preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400]),
        "HTTP/0.9": (b"GET /\r\n\r\n", [400]),
        "HTTP/7.3": (head(line=b"GET / HTTP/7.3"), [400]),
        "a NUL in the target": (head(line=b"GET /\0 HTTP/1.1"), [400]),
        "a NUL in a header": (head(b"X: a\0b"), [400]),
        "a header without colon": (head(b"nothing"), [400]),
        "a blank before the colon": (head(b"Content-Length : 3"), [400]),
        "no Host": (head(host=b"", line=b"GET / HTTP/1.1"), [400]),
        "two Hosts": (head(b"Host: localhost", line=b"GET / HTTP/1.1"), [400]),
        "a web page's Host": (head(host=b"Host: evil.example\r\n", line=b"GET / HTTP/1.1"), [421]),
        "a Host beyond loopback": (head(host=b"Host: 192.0.2.1:80\r\n", line=b"GET / HTTP/1.1"), [421]),
        "a length that is none": (head(b"Content-Length: five"), [400]),
        "a negative length": (head(b"Content-Length: -1"), [400]),
        "a length beyond 64 bits": (head(b"Content-Length: 99999999999999999999999"), [400]),
        "two lengths": (head(b"Content-Length: 5", b"Content-Length: 6") + b"12345", [400]),
        "length and chunks": (head(*both) + b"0\r\n\r\n", [400]),
        "chunks and length": (head(*both[::-1]) + b"0\r\n\r\n", [400]),
        "a chunk of no size": (head(b"Transfer-Encoding: chunked") + b"zz\r\n", [400]),
        "a body too long by its length": (head(b"Content-Length: 2000000"), [413]),
        "a body too long by its chunks": (head(b"Transfer-Encoding: chunked") + b"100000\r\n" + b"x" * 0x100000 + b"\r\n100000\r\n" +
                                          b"x" * 0x100000, [413]),
        "a length of 2^63": (head(b"Content-Length: 9223372036854775808"), [413]),
        "a header too long": (head(b"X: " + b"x" * 20000), [431]),
        "a header that never ends": (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100000, [431]),
        "a target too long": (head(line=b"GET /" + b"x" * 100000 + b" HTTP/1.1"), [431]),
        "a method that is none": (head(line=b"BREW /access/v1/evaluation HTTP/1.1"), [501]),
        "an expectation": (head(b"Expect: a-miracle", b"Content-Length: 1"), [417]),
    }
    for what, (data, wanted) in cases.items():
        got = statuses(Raw(s).send(data).answers())
        r.that(f"{what} gets {wanted}", got == wanted, got)
    for method in (b"GET", b"PUT", b"DELETE", b"OPTIONS", b"TRACE", b"PATCH", b"HEAD"):
        got = Raw(s).send(head(b"Connection: close", line=method + b" /access/v1/evaluation HTTP/1.1")).answers()
        r.that(f"{method.decode()} gets 405 and what is allowed", got.startswith(b"HTTP/1.1 405 ") and b"\r\nAllow: POST\r\n" in got, got[:200])
        r.that("HEAD has no body", method != b"HEAD" or got.endswith(b"\r\n\r\n"), got)
    got = Raw(s).send(head(b"Connection: close", b"Content-Length: 0", line=b"CONNECT localhost:1 HTTP/1.1")).answers()
    r.that("CONNECT connects nobody", statuses(got) in ([400], [404], [405]), got[:80])


def conversation(s, r):
    r.that("one after the other on a connection", Raw(s).send(GOOD * 3).until_quiet(3) == [200] * 3)
    r.that("500 at once, in order", Raw(s).send(GOOD * 500).until_quiet(500) == [200] * 500)
    got = statuses(Raw(s).send(GOOD * 2 + b"garbage\r\n\r\n" + GOOD).answers())
    r.that("garbage behind good ones ends it", got == [200, 200, 400], got)
    for what, data, wanted in (("nothing", b"", []), ("half a header", GOOD[:30], [400]), ("half a body", GOOD[:-5], [400]),
                               ("a whole one", GOOD, [200]), ("one and a half", GOOD + GOOD[:-5], [200, 400])):
        got = statuses(Raw(s).send(data).half().answers())
        r.that(f"half closed after {what}", got == wanted, got)
    raw = Raw(s)
    for i in range(len(GOOD)):
        raw.send(GOOD[i:i + 1])
        if i % 40 == 0: time.sleep(0.002)
    r.that("a byte at a time", raw.until_quiet(1) == [200])
    chunks = head(b"Content-Type: application/json", b"Transfer-Encoding: chunked")
    chunks += b"".join(b"%x;x=y\r\n%s\r\n" % (len(BODY[i:i + 7]), BODY[i:i + 7]) for i in range(0, len(BODY), 7)) + b"0\r\nT: x\r\n\r\n"
    r.that("in chunks", Raw(s).send(chunks).until_quiet(1) == [200])
    raw = Raw(s).send(head(b"Content-Type: application/json", b"Expect: 100-continue", b"Content-Length: %d" % len(BODY)))
    r.that("100 when asked for", raw.s.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n")
    r.that("and then the answer", raw.send(BODY).until_quiet(1) == [200])
    got = Raw(s).send(GOOD.replace(b"HTTP/1.1", b"HTTP/1.0")).answers()
    r.that("HTTP/1.0 is answered and closed", statuses(got) == [200] and b"Connection: close" in got, got[:200])
    got = Raw(s).send(GOOD.replace(b"Host: localhost", b"Host: LOCALHOST:80\r\nX-Request-ID: a\tb")).half().answers()
    r.that("a Host in capitals with a port, and an id that stays on its line", statuses(got) == [200] and b"X-Request-ID: ab\r\n" in got, got[:300])
    deep = b'{"subject":' * 100 + b"1" + b"}" * 100
    for what, body in (("100 levels deep", deep), ("not UTF-8", BODY.replace(b"alice", b"\xff\xfe")), ("a NUL", BODY[:-1] + b"\0}")):
        got = statuses(Raw(s).send(head(b"Content-Type: application/json", b"Content-Length: %d" % len(body)) + body).half().answers())
        r.that(f"JSON, {what}", got == [400], got)


def slow(s, r):
    """Clients that hold their place cannot hold it for long, and nobody waits for them."""
    began = time.monotonic()
    many = [Raw(s).send(GOOD[:20]) for _ in range(200)]
    quick = [statuses(Raw(s).send(GOOD).half().answers()) for _ in range(20)]
    r.that("200 slow ones hold up nobody", quick == [[200]] * 20 and time.monotonic() - began < 5, quick)
    ends = []

    def drip(raw):
        try:
            while True:
                raw.s.sendall(b"x")
                time.sleep(0.5)
                raw.s.settimeout(0.01)
                try:
                    if raw.s.recv(1) == CLOSED: break
                except TimeoutError: pass
        except OSError: pass
        ends.append(time.monotonic() - began)

    dripping = [threading.Thread(target=drip, args=(raw,), daemon=True) for raw in many[:20]]
    for t in dripping: t.start()
    for t in dripping: t.join(30)
    r.that("a header that drips is ended after 10 s", len(ends) == 20 and all(9 < e < 15 for e in ends), ends)
    for raw in many[20:]:
        raw.s.settimeout(10)
        try: gone = raw.s.recv(1) == CLOSED
        except ConnectionResetError: gone = True
        except TimeoutError: gone = False
        if not gone: return r.that("a silent one is ended too", False, gone)
    r.that("a silent one is ended too", True)


def crowd(s, r):
    """With every place taken the one that was silent longest makes room."""
    import resource
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    held = [Raw(s).send(GOOD) for _ in range(1100)]
    r.that("the newest of 1,100 is served", statuses(held[-1].s.recv(65536)) == [200])
    time.sleep(0.5)
    open_now = 0
    for raw in held:
        raw.s.settimeout(0.05 if open_now else 5)
        data = b""
        try:
            while True:
                more = raw.s.recv(65536)
                if not more: break
                data += more
                raw.s.settimeout(0.002)
        except TimeoutError: open_now += 1
        except OSError: pass
    r.that("no more than 1,024 stay", open_now <= 1024, open_now)
    for raw in held: raw.s.close()
    with open(f"/proc/{s.pid}/status") as f: rss = int(f.read().split("VmRSS:")[1].split()[0])
    sanitized = "asan" in open(f"/proc/{s.pid}/maps").read() or "tsan" in open(f"/proc/{s.pid}/maps").read()
    r.that("memory stays small", sanitized or rss < 200_000, rss)


def endings(tk, root, r):
    for number in (signal.SIGTERM, signal.SIGINT):
        with Server(tk, root) as s:
            idle, busy = Raw(s), Raw(s).send(GOOD[:-3])
            idle.send(GOOD)
            r.that("served", idle.until_quiet(1) == [200])
            began = time.monotonic()
            s.process.send_signal(number)
            time.sleep(0.2)
            busy.send(GOOD[-3:])
            got = busy.answers()
            r.that("what is under way is answered, and closed", statuses(got) == [200] and b"Connection: close" in got, got[:200])
            status = s.process.wait(20)  # a second signal would end it at once
            r.that(f"signal {number} ends it with {128 + number}", status == 128 + number and time.monotonic() - began < 3, status)
    with Server(tk, root) as s:
        Raw(s).send(GOOD[:50])
        time.sleep(0.2)
        began = time.monotonic()
        status = s.end(seconds=15)
        r.that("one that never ends its request does not keep it", status == 143 and time.monotonic() - began < 8, status)


def places(tk, root, folder, r):
    path = os.path.join(folder, "law.sock")
    def unix():
        c = socket.socket(socket.AF_UNIX)
        c.connect(path)
        c.sendall(GOOD)
        return statuses(c.recv(65536))
    run = lambda *words: subprocess.run([tk, "law", "serve", *words], cwd=root, capture_output=True, text=True, timeout=20, env=ENV)
    with Server(tk, root, "--socket", path, listen=None) as s:
        r.that("only we may open the socket", stat.S_IMODE(os.lstat(path).st_mode) == 0o600 and s.port == 0)
        r.that("it is served there", unix() == [200])
        done = run("--socket", path)
        r.that("a second server does not take it", done.returncode == 4 and "TK-NET-0002" in done.stderr, done)
        s.process.kill()
        s.process.wait()
    r.that("a killed server leaves it", os.path.exists(path))
    with Server(tk, root, "--socket", path) as s:
        r.that("and the next one takes it", unix() == [200] and s.port > 0)
        done = run("--listen", f"127.0.0.1:{s.port}")
        r.that("a port is not taken twice", done.returncode == 4, done)
    r.that("gone with its server", not os.path.exists(path))
    with open(path, "w") as f: f.write("mine")
    done = run("--socket", path)
    r.that("a file that is no socket stays", done.returncode == 4 and open(path).read() == "mine", done)
    for words, code in ((["--listen", "0.0.0.0:0"], "TK-NET-0001"), (["--listen", "[::]:0"], "TK-NET-0001"),
                        (["--listen", "192.0.2.1:0"], "TK-NET-0001"), (["--listen", "127.0.0.1"], "TK-NET-0001"),
                        (["--listen", "127.0.0.1:70000"], "TK-NET-0001"), (["--listen", "localhost:x"], "TK-NET-0001"),
                        (["--socket", "/" + "x" * 120], "TK-NET-0001"), ([], "TK-CLI-0001"), (["--for", "soon"], "TK-CLI-0001"),
                        (["--listen", "127.0.0.1:0", "--url", "ftp://x"], "TK-CLI-0001")):
        done = run(*words)
        r.that(f"{words} is refused", done.returncode == 2 and code in done.stderr and not done.stdout, done)
    done = run("--listen", "0.0.0.0:0", "--allow-remote", "--for", "100ms")
    r.that("unless told", done.returncode == 0 and done.stdout.startswith("listening on http://0.0.0.0:"), done)


def main():
    tk, r = os.path.abspath(sys.argv[1]), Report()
    with tempfile.TemporaryDirectory(prefix="tk-hostile-") as folder:
        root = workspace(tk, folder)
        with Server(tk, root) as s:
            for part in (malformed, conversation, slow, crowd): part(s, r)
            r.that("it serves on", statuses(Raw(s).send(GOOD).half().answers()) == [200])
            r.that("it had nothing to say", s.errors() == "", s.errors())
        endings(tk, root, r)
        places(tk, root, folder, r)
    r.end("hostile clients")


main()
