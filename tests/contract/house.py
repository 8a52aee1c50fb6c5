"""What the contract tests share: the list of all verbs, and tk as a process with nothing of this machine."""
import json, os, pty, re, select, shutil, subprocess, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
THIRD_PARTY = os.path.join(HERE, "third-party")
ESCAPE = re.compile(r"\x1b")


class Verb:
    """One verb, as its command's manifest says it."""
    def __init__(self, manifest, spec, own):
        self.command, self.name, self.spec, self.own = manifest["name"], spec["name"], spec, own
        self.words = [self.command] + ([self.name] if self.name else [])
        self.path = "tk " + " ".join(self.words)
        self.options = spec["options"]
        self.positionals = spec["positionals"]

    def flags(self):
        return {f for o in self.options for f in (["-" + o["short"]] if "short" in o else []) + ["--" + o["name"]]}

    def placeholders(self):
        return [p.get("choices", ["x"])[0] for p in self.positionals if p["required"]]


class House:
    def __init__(self, tk):
        self.tk = os.path.abspath(tk)
        self.build = os.path.dirname(os.path.dirname(self.tk))
        self.holder = tempfile.TemporaryDirectory(prefix="tk-contract-")
        self.home = os.path.join(self.holder.name, "home")
        self.empty = os.path.join(self.holder.name, "empty")
        os.mkdir(self.home), os.mkdir(self.empty)
        # Third parties' commands get a PATH entry of their own, so that the machine's have no say.
        self.path = ":".join([os.path.dirname(self.tk), THIRD_PARTY, "/usr/bin", "/bin"])
        self.env = {"PATH": self.path, "HOME": self.home, "TMPDIR": self.holder.name, "LANG": "C.UTF-8", "TZ": "UTC",
                    "USER": "t", "GIT_CONFIG_NOSYSTEM": "1"}
        for name in ("TK_AGENT_MEMORY", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.patience = 10 if "ASAN_OPTIONS" in os.environ else 1

    def run(self, *words, cwd=None, env=None, timeout=30, stdin=subprocess.DEVNULL):
        try:
            return subprocess.run([self.tk, *words], cwd=cwd or self.empty, env=self.env if env is None else env,
                                  stdin=stdin, capture_output=True, text=True, timeout=timeout)
        except subprocess.TimeoutExpired:  # a finding like others
            return subprocess.CompletedProcess(words, -1, "", f"does not end in {timeout} s")

    def on_pty(self, *words, cwd=None, env=None, timeout=20):
        """(exit status, all that the terminal showed)"""
        pid, fd = pty.fork()
        if pid == 0:
            os.chdir(cwd or self.empty)
            os.execve(self.tk, [self.tk, *words], env or self.env)
        seen, end = b"", time.monotonic() + timeout
        while time.monotonic() < end:
            if not select.select([fd], [], [], 0.2)[0]:
                continue
            try:
                chunk = os.read(fd, 65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            seen += chunk
        else:
            os.kill(pid, 9)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.close(fd)
        return status, seen.decode(errors="replace")

    def manifests(self):
        """Every command of `tk help -a` that has a manifest: [(manifest, own)]."""
        listed = json.loads(self.run("help", "-a", "--json").stdout)["commands"]
        return [(json.load(open(c["manifest"])), c["own"]) for c in listed if c["manifest"] and not c["shadowed"]]

    def verbs(self):
        return [Verb(m, v, own) for m, own in self.manifests() for v in m["verbs"]]


class Findings:
    """Collects what is wrong, so that one run shows all of it."""
    def __init__(self):
        self.wrong, self.checked = [], 0

    def check(self, good, text):
        self.checked += 1
        if not good:
            self.wrong.append(text)
        return good

    def end(self, summary):
        for text in self.wrong[:60]:
            print("WRONG " + text)
        print(f"{summary}; {self.checked} checks, {len(self.wrong)} wrong")
        raise SystemExit(1 if self.wrong else 0)


def one_letter_swapped(word, known):
    """`word` with two neighbours swapped, so that it is no known word."""
    for i in range(len(word) - 1):
        other = word[:i] + word[i + 1] + word[i] + word[i + 2:]
        if other != word and other not in known and not other.startswith("-"):
            return other
    return word + word[-1]
