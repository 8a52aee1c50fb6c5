"""A workspace and a `tk law serve` on it, as the tests of AuthZEN use them: over HTTP, on a free port, ended by pid."""
import http.client, json, os, resource, signal, subprocess, time

ENV = {**os.environ, "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.test", "GIT_COMMITTER_NAME": "t",
       "GIT_COMMITTER_EMAIL": "t@example.test", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
LIFE = 600  # seconds after which a server ends by itself, whatever became of its test


def git(root, *words):
    return subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, text=True, env=ENV).stdout.strip()


def init(tk, folder, name):
    root = os.path.join(folder, name)
    subprocess.run([tk, "init", root], check=True, capture_output=True, cwd=folder, env=ENV)
    return root


class Server:
    """`with Server(tk, root) as s:`; s.ask(path, body) gives (status, headers, text)."""
    def __init__(self, tk, root, *words, env=None, listen="127.0.0.1:0"):
        self.log = open(os.path.join(os.path.dirname(root), f"serve-{time.monotonic_ns()}.log"), "w+")
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
        self.process = subprocess.Popen([tk, "law", "serve", "--json", "--for", f"{LIFE}s",
                                         *(["--listen", listen] if listen else []), *words], cwd=root, text=True,
                                        stdout=subprocess.PIPE, stderr=self.log, env={**ENV, **(env or {})}, preexec_fn=limit)
        self.line = self.process.stdout.readline()
        if not self.line: raise RuntimeError("no server: " + self.errors())
        self.said = json.loads(self.line)
        self.url = self.said["url"]
        tcp = [p for p in self.said["listening"] if p.startswith("http")]
        self.port = int(tcp[0].rsplit(":", 1)[1]) if tcp else 0
        self.pid = self.process.pid  # the driver and the verb became the server

    def __enter__(self): return self

    def __exit__(self, *_):
        self.end()
        assert "Sanitizer" not in self.errors(), self.errors()

    def end(self, number=signal.SIGTERM, seconds=20):
        if self.process.poll() is None: self.process.send_signal(number)
        try: return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def errors(self):
        self.log.flush()
        with open(self.log.name) as log: return log.read()

    def cpu(self):
        with open(f"/proc/{self.pid}/stat") as f: fields = f.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self): return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, path, body, headers=None, method="POST", connection=None):
        c = connection or self.connect()
        data = body if isinstance(body, (str, bytes, type(None))) else json.dumps(body)
        c.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
        r = c.getresponse()
        out = r.status, r.headers, r.read().decode()
        if not connection: c.close()
        return out

    def json(self, path, body, **more):
        status, headers, text = self.ask(path, body, **more)
        assert status == 200, f"{path} {body}: {status} {text}"
        assert headers["Content-Type"] == "application/json", headers["Content-Type"]
        return json.loads(text)

    def decide(self, subject, action, resource, **more):
        t, i = subject.split(":", 1)
        rt, ri = resource.split(":", 1)
        return self.json("/access/v1/evaluation", {"subject": {"type": t, "id": i}, "action": {"name": action},
                                                   "resource": {"type": rt, "id": ri}, **more})
