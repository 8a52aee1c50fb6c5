#!/usr/bin/env python3
"""A git commit changes the decisions of running servers: at once, whole, and never to a law that nobody committed.

Two policies that answer a pair of questions the opposite way take turns, commit by commit, while clients ask. Every
answer must be that of the policy it names; both answers of a batch must name the same one. One server watches the
refs; another may not (os.inotify fails) and learns of a commit from .tk/run/live, as any process does that waits on
that page. Then commits that no law can be made of: everything is denied, with the reason, until one mends it.
usage: reload.py TK   (TK_FULL=1: 1,000 commits)"""
import http.client, json, multiprocessing, os, subprocess, sys, tempfile, threading, time
import organisation
from decision_point import Server, git, init

FULL = os.environ.get("TK_FULL") == "1"
COMMITS, LARGE = (1000, 60) if FULL else (100, 12)
BOUND_MS = 50
SANITIZED = "ASAN_OPTIONS" in os.environ
PAIR = [{"subject": {"type": "user", "id": u}, "action": {"name": "read"}, "resource": {"type": "doc", "id": "d"}}
        for u in ("ada", "bob")]


def law(galaxy, who, extra=""):
    return (f'<rules>\n<rule id="{who}-reads" effect="permit" role="role:{who}" actions="doc.read" resource="doc:**"/>\n'
            f'{extra}</rules>\n')


def prepare(tk, folder, name, large):
    root = init(tk, folder, name)
    base = f"galaxies/{name}"
    files = organisation.organisation(name) if large else {}
    files.update({"records/doc.toml": organisation.record("doc", organisation.ACTIONS),
                  f"{base}/users/ada.xml": '<user name="ada"/>', f"{base}/users/bob.xml": '<user name="bob"/>',
                  f"{base}/roles/pair.xml": '<roles><role name="ada"/><role name="bob"/></roles>',
                  f"{base}/grants/pair.xml": '<grants><grant id="a" role="role:ada" to="user:ada"/>'
                                             '<grant id="b" role="role:bob" to="user:bob"/></grants>',
                  f"{base}/rules/turn.xml": law(name, "ada")})
    organisation.write(root, files)
    git(root, "add", "-A"); git(root, "commit", "-qm", "start")
    # A journal, so that there is a page that processes wait on.
    subprocess.run([tk, "record", "new", "doc", "--name", "d", "--quiet"], cwd=root, check=True, capture_output=True)
    return root


class Asker:
    """One connection that asks the pair over and over."""
    def __init__(self, port):
        self.c = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.body = json.dumps({"evaluations": PAIR})

    def pair(self):
        self.c.request("POST", "/access/v1/evaluations", self.body, {"Content-Type": "application/json"})
        return json.loads(self.c.getresponse().read())["evaluations"]


def judge(answers, expected):
    """The policy that both name, or a complaint. None: denied because HEAD could not be looked at for five seconds,
    which is right, and happens where compiling takes that long (a sanitizer on a busy machine)."""
    stale = ["HEAD was not looked at" in a["context"].get("error", {}).get("message", "") for a in answers]
    if all(stale) and not any(a["decision"] for a in answers): return None
    hashes = {a["context"].get("policy_hash") for a in answers}
    if len(hashes) != 1: raise AssertionError(f"two policies in one request: {answers}")
    (name,) = hashes
    if name not in expected: raise AssertionError(f"a policy that nobody committed: {answers}")
    if [a["decision"] for a in answers] != expected[name]: raise AssertionError(f"not what its policy says: {answers}")
    return name


def keep_asking(port, expected, stop, out):
    asker, n = Asker(port), 0
    try:
        while not stop.is_set():
            judge(asker.pair(), expected)
            n += 1
        out.put(n)
    except Exception as e:
        out.put(f"{type(e).__name__}: {e}")


class Watcher(threading.Thread):
    """Notes when each policy first answers on one server."""
    def __init__(self, port, expected):
        super().__init__(daemon=True)
        self.asker, self.expected, self.now, self.since = Asker(port), expected, None, 0
        self.changed, self.wrong, self.ended = threading.Condition(), None, False

    def run(self):
        try:
            while not self.ended:
                name = judge(self.asker.pair(), self.expected)
                if name and name != self.now:
                    at = time.time()
                    with self.changed:
                        self.now, self.since = name, at
                        self.changed.notify_all()
                time.sleep(0.0005)  # else it would measure its own load
        except Exception as e:
            with self.changed:
                self.wrong = e
                self.changed.notify_all()

    def wait_for(self, name, seconds=60):
        with self.changed:
            self.changed.wait_for(lambda: self.now == name or self.wrong, seconds)
            if self.wrong: raise self.wrong
            assert self.now == name, f"after {seconds} s still {self.now}, not {name}"
            return self.since


def percentile(values, p): return sorted(values)[int((len(values) - 1) * p)]


def measure(tk, folder, name, commits, large):
    root = prepare(tk, folder, name, large)
    turn = os.path.join(root, f"galaxies/{name}/rules/turn.xml")
    ref = os.path.join(root, ".git", git(root, "symbolic-ref", "HEAD"))
    with Server(tk, root) as first, Server(tk, root, env={"TK_FAIL_AT": "os.inotify=eio"}) as second:
        expected, names = {}, []
        for who, answer in (("ada", [True, False]), ("bob", [False, True])):
            organisation.write(root, {turn: law(name, who)})
            git(root, "commit", "-qam", who, "--allow-empty")
            head = git(root, "rev-parse", "HEAD")
            for server in (first, second):
                until = time.monotonic() + 60
                while server.json("/access/v1/evaluations", {"evaluations": PAIR})["evaluations"][0]["context"].get("commit") != head:
                    assert time.monotonic() < until, f"{name}: no server sees {head}"
            got = server.json("/access/v1/evaluations", {"evaluations": PAIR})["evaluations"]
            assert [g["decision"] for g in got] == answer, got
            expected[got[0]["context"]["policy_hash"]] = answer
            names.append(got[0]["context"]["policy_hash"])
        assert len(set(names)) == 2
        stop, out = multiprocessing.Event(), multiprocessing.Queue()
        askers = [multiprocessing.Process(target=keep_asking, args=(s.port, expected, stop, out)) for s in (first, second)]
        for a in askers: a.start()
        watchers = [Watcher(s.port, expected) for s in (first, second)]
        for w in watchers: w.start()
        for w in watchers: w.wait_for(names[1])
        late = [[], []]
        for n in range(commits):
            which = n % 2
            organisation.write(root, {turn: law(name, ("ada", "bob")[which])})
            git(root, "commit", "-qam", f"turn {n}")
            moved = os.stat(ref).st_ctime_ns / 1e9  # of the rename that makes the commit HEAD's
            for i, w in enumerate(watchers): late[i].append((w.wait_for(names[which]) - moved) * 1000)
        for w in watchers: w.ended = True
        stop.set()
        counts = [out.get(timeout=30) for _ in askers]
        for a in askers: a.join()
        assert all(isinstance(c, int) for c in counts), counts
        for who, values in zip(("by the refs", "by the page"), late):
            print(f"{name}: {commits} commits seen {who} within p50 {percentile(values, .5):.1f} ms, "
                  f"p99 {percentile(values, .99):.1f} ms, max {max(values):.1f} ms", flush=True)
        print(f"{name}: {sum(counts)} pairs asked meanwhile, none torn; load {os.getloadavg()[0]:.1f}", flush=True)
        return late


def broken(tk, folder):
    root = prepare(tk, folder, "broken", False)
    turn = os.path.join(root, "galaxies/broken/rules/turn.xml")
    with Server(tk, root) as server:
        ask = lambda: server.decide("user:ada", "read", "doc:d")
        def until(wanted):
            end = time.monotonic() + 60
            while not wanted(got := ask()):
                assert time.monotonic() < end, f"still {got}"
                time.sleep(0.005)
            return got
        assert ask()["decision"] is True
        for text in ('<rules><rule id="x" effect="permit" role="role:ada" actions="doc.raed" resource="**"/></rules>',
                     '<rules><rule id="x" effect="permit"', '<rules><rule id="x" colour="red"/></rules>'):
            organisation.write(root, {turn: text})
            git(root, "commit", "-qam", "a slip")
            head = git(root, "rev-parse", "HEAD")
            got = until(lambda g: g["context"].get("commit") == head)
            assert got["decision"] is False and got["context"]["error"]["status"] == 503, got
            assert "rules/turn.xml:1" in got["context"]["error"]["message"], got
            search = server.json("/access/v1/search/subject", {"subject": {"type": "user"}, "action": {"name": "read"},
                                                               "resource": {"type": "doc", "id": "d"}})
            assert search["results"] == [] and search["context"]["error"]["status"] == 503, search
            assert server.ask("/access/v1/evaluation", {"action": {"name": "read"}})[0] == 400
        lines = [l for l in server.errors().splitlines() if "no law can be made of" in l]
        assert len(lines) == 3, server.errors()
        git(root, "reset", "-q", "--hard", "HEAD~3")
        until(lambda g: g["decision"] is True)
        # A branch without a commit has no law either; and back.
        git(root, "symbolic-ref", "HEAD", "refs/heads/deep/er/nothing")
        got = until(lambda g: g["decision"] is False)
        assert "no commit" in got["context"]["error"]["message"], got
        git(root, "commit", "-qm", "first on a branch three folders deep")
        until(lambda g: g["decision"] is True)
        # Refs that are packed, a worktree's own HEAD, a repository that is repacked meanwhile.
        git(root, "pack-refs", "--all"); git(root, "gc", "-q")
        organisation.write(root, {turn: law("broken", "bob")})
        git(root, "commit", "-qam", "bob's turn")
        until(lambda g: g["decision"] is False and g["context"].get("policy_hash"))
        # HEAD that cannot be read is no law.
        os.rename(os.path.join(root, ".git/HEAD"), os.path.join(root, ".git/HEAD.away"))
        until(lambda g: g["context"].get("error", {}).get("status") == 503)
        os.rename(os.path.join(root, ".git/HEAD.away"), os.path.join(root, ".git/HEAD"))
        until(lambda g: g["context"].get("policy_hash"))
    print("broken commits, unborn branches, packed refs and a missing HEAD: denied with the reason, and mended")


def main():
    tk = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="tk-reload-") as folder:
        broken(tk, folder)
        late = measure(tk, folder, "small", COMMITS, False)
        measure(tk, folder, "large", LARGE, True)
        # A machine that is busy with other things gets that much longer; a sanitizer's build is measured by nobody.
        bound = BOUND_MS * max(1, os.getloadavg()[0] / os.cpu_count())
        for values in late: assert SANITIZED or percentile(values, .99) <= bound, f"p99 {percentile(values, .99):.1f} ms"


main()
