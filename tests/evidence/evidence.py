#!/usr/bin/env python3
"""Evidence: a fresh workspace passes every automatable control and holds nothing for an audit; on the demo's workspace
each figure is recomputed here from the rows, by other means; every planted defect is found, and none where none is.
usage: evidence.py TK ROWS CHECK_JSON"""
import base64, collections, hashlib, json, os, random, re, shutil, sqlite3, subprocess, sys, tempfile, time

TK, ROWS = sys.argv[1:3]
skipped = False
HERE = os.path.dirname(os.path.abspath(__file__))
FRAMES = ["soc2", "iso27001", "hipaa", "gdpr", "ai-act"]
sys.path.insert(0, os.path.join(HERE, "..", "conformance", "tlog"))
from verify import FIELDS, ed25519, sha
FULL = bool(os.environ.get("TK_FULL"))
holder = tempfile.TemporaryDirectory(prefix="tk-evidence-")


def tk(ws, *words, code=None, env=None):
    done = subprocess.run([TK, *words], cwd=ws, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if code is not None: assert done.returncode == code, f"tk {words}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr}"
    return done


def js(ws, *words, code=None): return json.loads(tk(ws, *words, "--json", code=code).stdout)


def init(name):
    ws = os.path.join(holder.name, name)
    tk(holder.name, "init", ws, code=0)
    return ws


def report(ws):
    """Every check of every frame, once."""
    out = {}
    for f in FRAMES:
        r = js(ws, "compliance", "report", "--frame", f)
        for c in r["controls"]:
            assert c["human"] or c["checks"], c
            assert (c["result"] == "not automatable") == (not c["checks"]), c
            assert not c["checks"] or (c["result"] == "pass") == all(k["result"] == "pass" for k in c["checks"]), c
            for k in c["checks"]: out[k["check"]] = k
        assert r["passed"] + r["failed"] + r["not_automatable"] == len(r["controls"])
        text = tk(ws, "compliance", "report", "--frame", f)
        assert text.returncode == (1 if r["failed"] else 0)
        assert not re.search("complian", text.stdout + text.stderr, re.I), "never the word as a verdict"
    return out


# ---- a fresh workspace: all of them pass, and nothing is found
fresh = init("fresh")
for name, k in report(fresh).items(): assert k["result"] == "pass", (name, k)
for verb in ("god-mode", "coverage", "secrets"): tk(fresh, "audit", verb, code=0)

# ---- the demo's workspace: every figure again, from the rows
def chain_problems(db):
    """Rows whose hash is not that of their fields and the row before, computed here."""
    bad, before = [], bytes(32)
    for row in db.execute("SELECT * FROM journal ORDER BY seq"):
        r = dict(row)
        entry = b"".join(len(v).to_bytes(8, "big") + v for v in (
            v.to_bytes(8, "big", signed=True) if isinstance(v, int) else v if isinstance(v, bytes) else v.encode() for v in (r[f] for f in FIELDS)))
        if hashlib.sha256(b"tk-journal-v1\0" + before + entry).digest() != r["hash"]: bad.append(r["seq"])
        before = r["hash"]
    return bad


def recomputed(ws):
    """{check: (figure, of)} of a workspace, by Python over the tables and git: none of the report's queries, none of its code."""
    db = sqlite3.connect(f"file:{ws}/.tk/journal.db?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    journal = [dict(r) for r in db.execute("SELECT * FROM journal ORDER BY seq")]
    side = {r["seq"]: r["payload"] for r in db.execute("SELECT * FROM side")}
    records = {r["id"]: dict(r) | {"f": json.loads(r["fields"])} for r in db.execute("SELECT * FROM record")}
    by_ref = {f"{r['type']}:{r['context']}/{r['name']}": r for r in records.values()}
    done = [r for r in journal if r["kind"] == "done"]
    of_type = lambda *types: [r for r in records.values() if r["type"] in types]
    now, ways = time.time() * 1000, {}
    # The words that stand for law's rule where law was not asked, as the sources set them.
    source = subprocess.run("grep -rhE '(owed = |kFailure = |rule_id = \")' core tools", shell=True, cwd=os.path.join(HERE, "../.."),
                            capture_output=True, text=True).stdout
    owed = set(re.findall(r'"([a-z0-9 ]+)"', source))
    decided = [r for r in journal if r["decision"]]
    ways["decisions-say-why"] = (sum(not r["actor_id"] or (r["decision"] == "allow" and not r["rule_id"]) or (r["decision"] == "deny" and
                                 not r["reason"]) or (not r["policy_hash"] and r["rule_id"] not in owed) for r in decided), len(decided))
    refused = [r for r in journal if r["kind"] != "done"]
    ways["refusals-recorded"] = (sum(not r["reason"] for r in refused), len(refused))
    ways["journal-verifies"] = (len(chain_problems(db)), len(journal))
    anchors = subprocess.run(["git", "log", "--format=%H", "refs/tk/checkpoints"], cwd=ws, capture_output=True, text=True).stdout.split()
    sizes = [int(subprocess.run(["git", "show", a + ":checkpoint"], cwd=ws, capture_output=True, text=True, check=True).stdout.split("\n")[1]) for a in anchors]
    newest = db.execute("SELECT coalesce(max(size), 0) FROM checkpoint").fetchone()[0]
    ways["checkpoint-anchored"] = (int(newest > max(sizes, default=0) or len(journal) > max(sizes, default=0) + 1100), 1)
    ways["clock-steady"] = (sum(b["ts_ns"] < a["ts_ns"] - 10**9 for a, b in zip(journal, journal[1:])), len(journal))
    standing = {r["name"]: r["f"]["epoch"] for r in of_type("standing")}
    who = lambda ref: by_ref[ref]["id"] if ref in by_ref else ref
    live = [(r["f"]["actor"], r["f"]["epoch"] if r["type"] == "token" else r["f"]["parties"][-1]["epoch"], r["id"])
            for r in of_type("token", "refresh")
            if r["state"] == "live" and (r["f"]["expires"] > now or r["f"]["expires"] <= 0)]
    for r in of_type("borrow"):
        end = max(r["f"].get("not_before", 0), r["created_ns"] // 10**6) + r["f"]["ttl"]
        if r["state"] == "active" and end > now: live += [(r["f"][side], r["f"][side + "_epoch"], r["id"]) for side in ("lender", "borrower")]
    alive_ids = {rid for ref, epoch, rid in live if epoch >= standing.get(who(ref), 0)}
    live = [ref for ref, epoch, _ in live if epoch >= standing.get(who(ref), 0)]
    ways["inactive-hold-nothing"] = (sum(ref not in by_ref or by_ref[ref]["state"] != "active" for ref in live), len(live))
    leases = of_type("borrow")
    ways["leases-bounded"] = (sum(not 0 < r["f"]["ttl"] <= 8 * HOUR for r in leases), len(leases))
    tokens = of_type("token", "refresh")
    def too_long(r):
        if r["f"]["expires"] <= 0: return True
        if r["type"] == "refresh": return r["state"] == "live" and r["f"]["expires"] - r["updated_ns"] / 1e6 > 24 * HOUR + 2000
        return r["f"]["expires"] - r["created_ns"] / 1e6 > (168 if r["parent"] else 24) * HOUR + 2000
    ways["tokens-bounded"] = (sum(map(too_long, tokens)), len(tokens))
    shared, looked = 0, 0
    theirs = [(who(t["f"]["actor"]), t["created_ns"], min(t["f"]["expires"] * 10**6, t["updated_ns"] if t["state"] != "live" else 2**63), t)
              for t in of_type("token") if t["f"]["actor"].startswith("agent:")]
    for actor, a, b, t in theirs:
        looked += 1
        alone = not any(o is not t and actor == other and c <= b and d >= a for other, c, d, o in theirs)
        first = min(r["seq"] for r in journal if r["entity_id"] == t["id"])
        shared += alone and len({r["origin_node"] for r in journal if r["actor_id"] == actor and r["seq"] >= first and r["ts_ns"] <= b}) > 1
    for r in done:
        me = (r["actor_id"], r["on_behalf_of"])
        if r["event_type"] == "token.refreshed":
            looked += 1
            turns = {o["origin_node"] for o in done if o["entity_id"] == r["entity_id"] and o["trigger"] == "rotate"}
            shared += who(records[r["entity_id"]]["f"]["actor"]) not in me or len(turns) > 1
        if r["event_type"] == "borrow.used":
            looked += 1
            shared += who(records[r["entity_id"]]["f"]["borrower"]) not in me
        if r["event_type"] == "token.revoked" and r["rule_id"] == "reuse":
            looked, shared = looked + 1, shared + 1
    ways["no-shared-token"] = (shared, looked)
    glass = [r for r in leases if r["f"].get("glass")]
    ways["glass-reviewed"] = (sum(0 < r["f"].get("review_due", 0) < now for r in glass), len(glass))
    items = [r for r in of_type("parked") if r["state"] in ("approved", "done")]
    ways["approvals-by-others"] = (sum(not r["f"].get("approvals") or any(a["id"] == r["f"]["asker"]["id"] for a in r["f"]["approvals"])
                                       for r in items), len(items))
    halts = [r for r in done if r["event_type"] == "actor.halted"]
    def acted(h):
        on = min([r["seq"] for r in done if r["entity_id"] == h["entity_id"] and r["event_type"] == "actor.resumed" and r["seq"] > h["seq"]], default=2**63)
        name = records[h["entity_id"]]["name"]
        return any(h["seq"] < r["seq"] < on and r["policy_hash"] and name in (r["actor_id"], r["on_behalf_of"]) for r in done)
    ways["halts-hold"] = (sum(map(acted, halts)), len(halts))
    log = subprocess.run(["git", "log", "--format=%x01%H %(trailers:key=Tk-Seq,valueonly,separator=)", "--", "MANIFEST.xml", "galaxies"],
                         cwd=ws, capture_output=True, text=True, check=True).stdout.split("\x01")[1:]
    hand = sum(len(c.split()) < 2 or journal[int(c.split()[1]) - 1]["entity_type"] not in ("galaxy", "user", "grant", "agent", "role", "rule") for c in log)
    ways["policy-changes-committed"] = (hand, len(log))
    looks = [r for r in done if r["event_type"] == "law.reviewed" and r["actor_kind"] == "user"] or journal[:1]
    ways["grants-reviewed"] = (int(looks[-1]["ts_ns"] < (now - 90 * 24 * HOUR) * 10**6), 1)
    people = [r for r in of_type("user", "agent") if r["state"] == "active"]
    names = collections.Counter(r["f"]["attributes"].get("unix") for r in people if r["type"] == "user")
    ways["one-account-each"] = (sum(n for k, n in names.items() if k and n > 1), len(people))
    agents = [r for r in journal if r["actor_kind"] == "agent"]
    ways["agents-have-sponsors"] = (sum(not r["sponsor"] or not r["trace_id"] for r in agents), len(agents))
    ways["agents-can-be-halted"] = (0, sum(r["type"] == "agent" for r in people))
    answers = [r for r in done if r["event_type"] in ("cast.answered", "obligation.approved")]
    ways["humans-answer"] = (sum(r["actor_kind"] != "user" for r in answers), len(answers))
    started = [r for r in done if r["event_type"] == "step.started"]
    ends = {r["entity_id"] for r in done if r["event_type"] in ("step.completed", "step.failed")}
    runs = lambda r: records[records[r["entity_id"]]["parent"]]["state"] in ("running", "waiting")
    ways["steps-have-ends"] = (sum(r["entity_id"] not in ends and not runs(r) for r in started), len(started))
    subjects = of_type("subject")
    key = lambda r: os.path.exists(f"{ws}/.tk/keys/subjects/{r['name']}")
    ways["erasures-hold"] = (sum((r["state"] == "erased") == key(r) for r in subjects), len(subjects))
    ways["personal-sealed"] = (0, sum(json.dumps(r["f"]).count('"pii:v1:') for r in records.values()) +
                               sum((p or b"").count(b'"pii:v1:') for p in side.values()))
    alive = len({r["id"] for r in tokens + leases if r["id"] in alive_ids})
    xml = subprocess.run("git grep -hoE '<grant ' HEAD -- galaxies | wc -l", shell=True, cwd=ws, capture_output=True, text=True).stdout
    looked_at = {"no-god-mode": int(xml) + alive, "no-clear-secret": len(journal) + len(subprocess.run(
        ["git", "ls-tree", "-r", "HEAD"], cwd=ws, capture_output=True, text=True, check=True).stdout.splitlines())}
    ways["kept-half-a-year"] = ways["kept-six-years"] = (0, 1)
    return ways, db, journal, started, looked_at


HOUR = 3_600_000
demo = json.loads(subprocess.run([TK, "demo", "code-review", "--keep", "--meddle", "--json"], cwd=holder.name, capture_output=True,
                                 text=True, check=True, timeout=300).stdout)["workspace"]
try:
    ways, db, journal, started, looked_at = recomputed(demo)
    # The key that the demo plants in its change is in the rows that carry the change, and in no other.
    key = re.search(rb"sk_live_[A-Za-z0-9]+", open(demo + "/.tk/change.diff", "rb").read()).group()
    def whole(payload):
        for digest in set(re.findall(rb'"\$cas":"([0-9a-f]{64})"', payload or b"")):
            d = digest.decode()
            payload += open(f"{demo}/.tk/cas/{d[:2]}/{d[2:]}", "rb").read()
        return payload or b""
    leaked = [r["seq"] for r in db.execute("SELECT seq, payload FROM side") if key in whole(r["payload"])]
    ways["no-clear-secret"] = (len(leaked), looked_at["no-clear-secret"])
    ways["no-god-mode"] = (0, looked_at["no-god-mode"])
    got = report(demo)
    assert set(got) == set(ways), set(got) ^ set(ways)
    hashes = {r["seq"]: r["hash"].hex() for r in journal}
    for name, (figure, of) in ways.items():
        k = got[name]
        assert (k["figure"], k["of"]) == (figure, of), (name, k["figure"], k["of"], "recomputed", figure, of)
        assert k["rows"] or of == 0, (name, "rests on no row")
        for r in k["rows"]: assert hashes[r["seq"]] == r["hash"], (name, r)
        if k["query"].startswith(("SELECT", "WITH")):  # what is printed can be run, and says the same
            rows = list(db.execute(k["query"]))
            assert (sum(bool(r[1]) for r in rows), len(rows)) == (figure, of), name
    found = js(demo, "audit", "secrets", code=1)
    assert sorted(f["seq"] for f in found) == leaked and key.decode() not in json.dumps(found), found
    assert js(demo, "audit", "god-mode", code=0) == []
    cover = js(demo, "audit", "coverage", code=0)
    assert cover["steps"] == len(started) == cover["agents"] and cover["runs"] == 1 and cover["rows"] == len(journal)
    print(f"the demo's {len(journal)} rows: {len(ways)} figures recomputed, {sum(of for _, of in ways.values())} things looked at")
finally:
    shutil.rmtree(os.path.dirname(demo))

# ---- planted defects: what tk lets happen is planted by its commands, what it refuses to by rows.cpp
def kinds_of(ws, *found):
    return {(f["kind"], f["what"].split()[-1]) for f in js(ws, "audit", "god-mode", code=1 if found else None)}


class Planted:
    """A workspace with so much of each, in an order that the seed gives: what is as it should be beside what is not."""

    def __init__(self, seed):
        self.random, self.ws, self.n = random.Random(seed), init(f"planted{seed}"), 0
        self.owner = js(self.ws, "status")["actor"]
        self.galaxy = self.owner.split(":")[1].split("/")[0]
        self.want, self.law = set(), set()
        self.users, self.agents = ["una", "ulf", "ute"], ["bot", "bit", "bat", "bus"]
        for u in self.users: self.tk("repo", "new", "user", u)
        for a in self.agents: self.tk("repo", "new", "agent", a, "sponsor=" + self.owner)

    def tk(self, *words, code=0, env=None): return tk(self.ws, *words, code=code, env=env)
    def js(self, *words, code=0): return js(self.ws, *words, code=code)
    def agent(self, name): return f"agent:{self.galaxy}/{name}"
    def user(self, name): return f"user:{self.galaxy}/{name}"
    def name(self):
        self.n += 1
        return f"n{self.n}"

    def put(self, **line):
        done = subprocess.run([ROWS], cwd=self.ws, input=json.dumps({"by": self.owner} | line) + "\n", capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()[0]

    def lease(self, **more):
        return self.put(type="borrow", context=self.galaxy, input={"lender": self.owner, "borrower": self.agent("bat"), "actions": ["run.read"],
                        "scope": "run:**", "purpose": "p", "ttl": HOUR, "max_uses": 0, "uses": 0, "lender_epoch": 0, "borrower_epoch": 0} | more)

    def token(self, who, **more):
        return self.put(type="token", context=self.galaxy, input={"actor": who, "expires": int(time.time() * 1000) + HOUR, "epoch": 0,
                        "details": [{"type": "tk", "actions": ["run.read"]}]} | more)

    def given(self, *words): return self.js("acl", "token", "--action", "run.read", "--resource", "run:**", *words)

    def borrowed(self, *words, action="run.read", resource="run:**", borrower="bot"):
        return self.js("acl", "borrow", "request", "--lender", self.owner, "--borrower", self.agent(borrower), "--action", action, "--resource",
                       resource, "--purpose", self.name(), "--ttl", "1m", *words)["id"]

    # What is as it should be.
    def fine(self):
        return [lambda: self.borrowed(), lambda: self.given("--for", "agent:bot"), lambda: self.js("acl", "token", "--for", "user:una"),
                lambda: self.given("--for", "agent:bit", "--refresh"), lambda: self.tk("acl", "borrow", "use", self.borrowed(), "--action",
                "run.read", "--resource", f"run:{self.galaxy}/x", "--as", "agent:bot"), self.void_token, self.reviewed_glass, self.narrow_rule]

    def void_token(self):  # ended by its actor's epoch, before it could be found
        self.js("acl", "token", "--for", "agent:bus")
        self.tk("acl", "revoke", "agent:bus")

    def glass(self, *words):
        return self.js("acl", "borrow", "request", "--lender", self.user("ute"), "--action", "run.read", "--resource", "run:**", "--purpose",
                       self.name(), "--ttl", "1m", "--break-glass", *words)["id"]

    def reviewed_glass(self):  # one takes it, another one looks
        for who in ("ute", "ulf"): self.tk("repo", "new", "grant", self.name(), "role=role:owner", "to=user:" + who)
        own = {"TK_TOKEN": self.js("acl", "token", "--for", "user:ute")["token"]}
        self.tk("acl", "borrow", "review", self.glass("--as", "user:ulf"), "--reason", "looked", env=own)

    def narrow_rule(self):
        role = self.name()
        self.tk("repo", "new", "role", role)
        self.tk("repo", "new", "rule", self.name(), "effect=permit", "role=role:" + role, "actions=run.read", "resource=run:**")
        self.tk("repo", "new", "grant", self.name(), "role=role:" + role, "to=agent:*")

    # What is not.
    def defects(self):
        wanted = lambda kind, make: lambda: self.want.add((kind, make()))
        return [wanted("endless-lease", lambda: self.lease(ttl=10**13)), wanted("endless-lease", lambda: self.lease(ttl=9 * HOUR)),
                wanted("endless-token", lambda: self.token(self.agent("bot"), expires=0)),
                wanted("endless-token", lambda: self.token(self.agent("bot"), expires=int(time.time() * 1000) + 25 * HOUR)),
                wanted("god-lease", lambda: self.borrowed(action="*", resource="**", borrower="bit")),
                wanted("unlimited-token", lambda: self.js("acl", "token", "--for", "agent:bat")["jti"]),
                wanted("unlimited-token", lambda: self.js("acl", "token", "--for", "agent:bat", "--refresh")["family"]),
                wanted("unreviewed-break-glass", self.glass), wanted("shared-token", self.twice), wanted("shared-token", self.by_another),
                wanted("right-of-nobody", self.left_behind), self.master, self.patterns, self.everybody, self.deputy, self.gives]

    def twice(self):
        first = self.given("--for", "agent:bit", "--refresh")
        second = self.js("acl", "refresh", first["refresh_token"])["refresh_token"]
        self.js("acl", "refresh", second)
        assert "two hold it" in self.tk("acl", "refresh", first["refresh_token"], code=3).stderr
        return first["family"]

    def by_another(self):
        shared = self.lease()
        self.put(id=shared, event="use", input={"action": "run.read", "resource": "run:x", "purpose": "p"}, by=self.agent("bit"))
        return shared

    def left_behind(self):
        who = self.name()
        self.tk("repo", "new", "user", who)
        jti = self.js("acl", "token", "--for", "user:" + who)["jti"]
        self.tk("repo", "set", "user:" + who, "state=suspended")
        return jti

    def rule(self, actions, resource, to, *kinds):
        role = self.name()
        self.tk("repo", "new", "role", role)
        self.tk("repo", "new", "rule", self.name(), "effect=permit", "role=role:" + role, "actions=" + actions, "resource=" + resource)
        self.tk("repo", "new", "grant", self.name(), "role=role:" + role, "to=" + to)
        self.law |= set(kinds)

    def master(self):
        self.rule("*", "**", self.user("una"), ("god-rule", self.user("una")))
        self.rule("*", "**", self.agent("bit"), ("god-rule", self.agent("bit")))

    def patterns(self):  # every noun, and so everything
        nouns = sorted({a.split(".")[0] for a in self.js("law", "actions")})
        self.rule(" ".join(n + ".*" for n in nouns), "**", self.agent("bat"), ("god-rule", self.agent("bat")))

    def everybody(self):
        grant = f"n{self.n + 3}"
        self.rule("*", "**", "user:**", ("god-rule", f"grant:{self.galaxy}/{grant}"))

    def deputy(self): self.rule("*", "run:**", self.agent("bit"), ("wide-agent", self.agent("bit")))
    def gives(self): self.rule("token.issue cast.answer", "**", self.agent("bus"), ("agent-decides", self.agent("bus")))


def planted(seed):
    p = Planted(seed)
    for verb in ("god-mode", "coverage", "secrets"): tk(p.ws, "audit", verb, code=0)
    todo = p.fine()
    p.random.shuffle(todo)
    for step in todo: step()
    assert p.js("audit", "god-mode") == []
    assert all(k["result"] == "pass" for k in report(p.ws).values())
    todo = p.defects() + p.random.sample(p.fine(), 4)
    p.random.shuffle(todo)
    for step in todo: step()
    found = js(p.ws, "audit", "god-mode", code=1)
    for f in found: assert f["mend"] and re.search(r":\d+$|^row \d+$", f["at"]), f
    have = {(f["kind"], f["what"].split()[-1]) for f in found}
    assert have == p.want | p.law, ("missed", (p.want | p.law) - have, "false", have - p.want - p.law)
    assert not any(f["kind"] == "agent-decides" and "cast.answer" in f["message"] for f in found), "a forbid stands against that"
    got = report(p.ws)
    failed = {n for n, k in got.items() if k["result"] == "fail"}
    expected = {"leases-bounded", "tokens-bounded", "no-shared-token", "inactive-hold-nothing", "no-god-mode"}
    assert failed == expected, failed ^ expected
    ways = recomputed(p.ws)[0]
    for name, (figure, of) in ways.items():
        assert (got[name]["figure"], got[name]["of"]) == (figure, of), (name, got[name]["figure"], got[name]["of"], "recomputed", figure, of)
    # A glass that nobody looked at is red a day later, and no more once somebody did.
    later = {"TK_CLOCK": "+25h"}
    broken = [f for f in json.loads(tk(p.ws, "audit", "god-mode", "--json", code=1, env=later).stdout) if f["kind"] == "unreviewed-break-glass"]
    assert [f["severity"] for f in broken] == ["high"] and {f["severity"] for f in found if f["kind"] == "unreviewed-break-glass"} == {"low"}
    soc2 = json.loads(tk(p.ws, "compliance", "report", "--frame", "soc2", "--json", code=1, env=later).stdout)
    assert [k["figure"] for c in soc2["controls"] for k in c["checks"] if k["check"] == "glass-reviewed"] == [1]
    return p


for seed in range(20 if FULL else 2):
    p = planted(seed)
    print(f"seed {seed}: {len(p.want | p.law)} planted defects, 0 missed, 0 false; {len(recomputed(p.ws)[0])} figures recomputed")
ws, owner, galaxy, put = p.ws, p.owner, p.galaxy, p.put

# A token on two machines: the second one is another host name (a namespace of its own).
two = Planted(1000)
jwt = two.given("--for", "agent:bot")
other = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "sh"]
if subprocess.run([*other, "true"], capture_output=True).returncode == 0:
    deed = lambda *under: subprocess.run([*under, TK, "repo", "new", "user", "x"], cwd=two.ws, env={**os.environ, "TK_TOKEN": jwt["token"]},
                                         stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert deed().returncode == 3 and two.js("audit", "god-mode") == []
    assert deed(*other).returncode == 3
    assert kinds_of(two.ws, 1) == {("shared-token", jwt["jti"])}
    ways = recomputed(two.ws)[0]
    assert ways["no-shared-token"] == (1, 1) and report(two.ws)["no-shared-token"]["figure"] == 1
    print("a token on two machines: found")
else:
    print("SKIPPED: no namespace for another host name; a token on two machines was not tried")
    skipped = True

# ---- an edit by hand, a secret in a tracked file and one in a row
secret = "AKIA" + "Q3EGR7WLZK5T2M8X"
open(os.path.join(ws, "deploy.env"), "w").write(f"AWS_ACCESS_KEY_ID={secret}\n")
path = subprocess.run("grep -rl every-agent galaxies", shell=True, cwd=ws, capture_output=True, text=True).stdout.strip()
text = open(os.path.join(ws, path)).read()
open(os.path.join(ws, path), "w").write(text.replace("</grants>", "  <!-- by hand -->\n</grants>"))
subprocess.run("git add -A && git -c user.name=t -c user.email=t@example.org commit -qm hand", shell=True, cwd=ws, check=True)
put(type="review", input={"seen": f"key {secret}"})
found = js(ws, "audit", "secrets", code=1)
assert {f["at"].split(":")[0].split()[0] for f in found} == {"deploy.env", "row"} and secret not in json.dumps(found), found
k = report(ws)
assert k["policy-changes-committed"]["figure"] == 1 and k["no-clear-secret"]["result"] == "fail"
# ---- a step that never ended
r = put(type="run", context=galaxy, input={"wot": "x"})
s = put(type="step", context=galaxy, parent=r, input={"agent": p.agent("bot")})
put(id=r, event="finish", input={})
gaps = js(ws, "audit", "coverage", code=1)["gaps"]
assert {g["kind"] for g in gaps} == {"step-without-end", "agent-without-token"}, gaps
# ---- a row that was changed, a checkpoint that is not in git
broken = os.path.join(holder.name, "broken")
shutil.copytree(ws, broken)
subprocess.run([TK, "log", "checkpoint"], cwd=broken, check=True, capture_output=True)
assert report(broken)["checkpoint-anchored"]["result"] == "pass"
subprocess.run(["git", "update-ref", "-d", "refs/tk/checkpoints"], cwd=broken, check=True)
assert report(broken)["checkpoint-anchored"]["result"] == "fail"
with sqlite3.connect(broken + "/.tk/journal.db") as db: db.execute("UPDATE journal SET reason = 'x' WHERE seq = 5")
k = report(broken)["journal-verifies"]
assert k["result"] == "fail" and k["rows"][0]["seq"] == 5, k
# ---- personal data: a field that a definition marks and that stands in clear; an erasure without its row, or with its key
marked = os.path.join(holder.name, "marked")
tk(holder.name, "init", marked, code=0)
os.mkdir(marked + "/records")
open(marked + "/records/patient.toml", "w").write('record = "patient"\ninitial = "in"\n[fields]\nname = { type = "text" }\n[[state]]\nname = "in"\n')
subprocess.run("git add -A && git -c user.name=t -c user.email=t@example.org commit -qm patient", shell=True, cwd=marked, check=True)
for who in ("Ada", "Bo"): tk(marked, "record", "new", "patient", "name=" + who, code=0)
assert (report(marked)["personal-sealed"]["figure"], report(marked)["personal-sealed"]["of"]) == (0, 0)


def change(sql, *values):
    with sqlite3.connect(marked + "/.tk/journal.db") as db: db.execute(sql, values)


change("UPDATE definition SET text = replace(text, '{ type = \"text\" }', '{ type = \"text\", pii = true }') WHERE type = 'patient'")
k = report(marked)["personal-sealed"]
assert (k["result"], k["figure"], k["of"]) == ("fail", 4, 4), k  # two rows, two records
sealed = '{"name":"pii:v1:01a2219b-936e-7dc5-b9a8-d2db1d5bcf98:AAAA"}'
change("UPDATE record SET fields = ? WHERE type = 'patient' AND fields LIKE '%Ada%'", sealed)
change("UPDATE side SET payload = ? WHERE CAST(payload AS TEXT) LIKE '%Ada%'", ('{"input":' + sealed + "}").encode())
k = report(marked)["personal-sealed"]
assert (k["figure"], k["of"]) == (2, 4) and all("patient" in r["note"] for r in k["rows"]), k
subject = "01a2219b-936e-7dc5-b9a8-d2db1d5bcf98"
with sqlite3.connect(marked + "/.tk/journal.db") as db:
    db.row_factory = sqlite3.Row
    made = dict(db.execute("SELECT * FROM record WHERE type = 'patient' LIMIT 1").fetchone()) | {"id": "s1", "type": "subject", "name": subject, "state": "keyed"}
    db.execute(f"INSERT INTO record ({','.join(made)}) VALUES ({','.join('?' * len(made))})", list(made.values()))
os.makedirs(marked + "/.tk/keys/subjects", exist_ok=True)
hold = lambda: (lambda k: (k["result"], k["rows"][0]["note"].partition(": ")[2]))(report(marked)["erasures-hold"])
assert hold() == ("fail", "its key is gone and no row says why")
open(marked + "/.tk/keys/subjects/" + subject, "w").close()
assert hold() == ("pass", "")
change("UPDATE record SET state = 'erased' WHERE id = 's1'")
assert hold() == ("fail", "no row says that it was erased")
change("UPDATE journal SET entity_id = 's1', event_type = 'subject.erased' WHERE seq = 14")
assert hold() == ("fail", "it was erased and its key is still there")
os.remove(marked + "/.tk/keys/subjects/" + subject)
assert hold() == ("pass", "")
if subprocess.run([TK, "log", "erase", "-h"], cwd=ws, capture_output=True).returncode == 0:
    tk(ws, "repo", "new", "user", "eva", "email=eva@example.org", code=0)
    k = report(ws)["personal-sealed"]
    assert k["figure"] == 0 and k["of"] >= 2, k
    tk(ws, "log", "erase", "user:eva", "--reason", "asked for it", code=0)
    k = report(ws)
    assert k["erasures-hold"]["result"] == "pass" and k["erasures-hold"]["of"] >= 1 and k["personal-sealed"]["figure"] == 0
else:
    print("SKIPPED: this tk has no tk log erase; the checks of personal data were tried on planted rows only")
# ---- the review of the grants, and that its statement is what it says
assert {g["grant"].split("/")[-1] for g in js(ws, "law", "review", code=0)["grants"]} >= {"every-agent"}
seen = js(ws, "law", "review", "--unused", "1ms", code=1)
assert seen["unused"] > 0 and seen["attested"] is None
tk(ws, "law", "review", "--attest", code=2)
done = js(ws, "law", "review", "--attest", "--reason", "quarterly", code=0)
unb64 = lambda t: base64.urlsafe_b64decode(t + "=" * (-len(t) % 4))
head, body, signature = done["statement"].split(".")
head, says = json.loads(unb64(head)), json.loads(unb64(body))
keys = {k["kid"]: unb64(k["x"]) for k in js(ws, "acl", "jwks")["keys"]}
assert head["typ"] == "tk-review+jwt" and ed25519(keys[head["kid"]], done["statement"].rpartition(".")[0].encode(), unb64(signature))
assert says["seen"] == hashlib.sha256(json.dumps(done["grants"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()).hexdigest()
assert says["actor"] == owner and says["reason"] == "quarterly" and says["unused"] == done["unused"]
row = [r for r in js(ws, "log") if r["seq"] == done["attested"]][0]
assert row["event_type"] == "law.reviewed" and row["payload"]["input"]["statement"] == done["statement"]
assert tk(ws, "acl", "verify", done["statement"], code=1).stdout.find("tk-review+jwt") >= 0, "no token"
def quarter(clock):
    controls = json.loads(tk(ws, "compliance", "report", "--frame", "soc2", "--json", env={"TK_CLOCK": clock}).stdout)["controls"]
    return {k["check"]: k["result"] for c in controls for k in c["checks"]}["grants-reviewed"]


assert (quarter("+2159h"), quarter("+2161h")) == ("pass", "fail")
print("hand-made edit, clear secrets, gaps, a changed row, a missing anchor, the review: each found")
sys.exit(77 if skipped else 0)  # the rest passed; ctest counts what was left out
