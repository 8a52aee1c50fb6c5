"""The organisation that approvals.py is about, with tk as a process for each of its people."""
import datetime, json, os, re, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fault"))
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
LEADS, RACE = 6, 128 if FULL else 24
BEGIN = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

RELEASE = """record = "release"
initial = "ready"
[fields]
n = { type = "int", default = 0 }
[[state]]
name = "ready"
[[transition]]
event = "ship"
from = ["ready"]
input = { to = "text", size = "int", dry = "bool", parts = "list<text>", more = "json" }
set = { n = "record.n + 1" }
obligations = [{ kind = "approval", of = "role:lead", n = 2 }]
[[transition]]
event = "tag"
from = ["ready"]
input = { to = "text" }
set = { n = "record.n + 1" }
obligations = [{ kind = "approval", of = "role:lead", n = 1 }]
[[transition]]
event = "look"
from = ["ready"]
set = { n = "record.n + 1" }
obligations = [{ kind = "four-eyes" }]
[[transition]]
event = "touch"
from = ["ready"]
set = { n = "record.n + 1" }
"""


class House(Workspace):
    """Leads who approve, devs who ask, rita who lends, agents bot and imp; everybody has a token of their own."""

    def __init__(self, tk):
        super().__init__(tk)
        self.write("records/release.toml", RELEASE)
        users = ["ann", "bob", "rita", "lead-rita"] + [f"lea{i}" for i in range(LEADS)] + [f"r{i}" for i in range(RACE)]
        parts = {
            "users/team": "<users>" + "".join(f'<user name="{u}"/>' for u in users) + "</users>",
            "agents/team": "<agents>" + "".join(f'<agent name="{a}" template="{a}" sponsor="user:ann"/>' for a in ("bot", "imp")) + "</agents>",
            "groups/team": "<groups>" + "".join(f'<group name="g{i}"/>' for i in range(3)) + "</groups>",
            "roles/team": '<roles><role name="lead"/><role name="dev"/><role name="bots"/></roles>',
            "rules/team": "<rules>"
                '<rule id="devs" effect="permit" role="role:dev" actions="release.* borrow.request" resource="**"/>'
                '<rule id="devs-declare" effect="permit" role="role:dev" actions="entity.update" resource="group:**">'
                '<obligation kind="approval" of="role:lead" n="1"/></rule>'
                '<rule id="leads" effect="permit" role="role:lead" actions="cast.answer" resource="parked:**"/>'
                '<rule id="rita-asks-two" effect="permit" role="role:bots" actions="borrow.request" resource="user:w/lead-rita">'
                '<obligation kind="approval" of="role:lead" n="2"/></rule>'
                '<rule id="bots" effect="permit" role="role:bots" actions="release.*" resource="**"/>'
                '<rule id="bots-borrow" effect="permit" role="role:bots" actions="borrow.request" resource="user:w/rita"/></rules>',
            "grants/team": "<grants>" + "".join(
                f'<grant id="{role}-{u}" role="role:{role}" to="{kind}:{u}"/>' for role, kind, us in (
                    ("lead", "user", [f"lea{i}" for i in range(LEADS)] + ["ann", "lead-rita"] + [f"r{i}" for i in range(RACE)]),
                    ("dev", "user", ["ann", "bob", "rita", "lead-rita"]), ("bots", "agent", ["bot", "imp"])) for u in us) + "</grants>",
        }
        for name, text in parts.items():
            os.makedirs(os.path.dirname(self.path(f"galaxies/w/{name}.xml")), exist_ok=True)
            self.write(f"galaxies/w/{name}.xml", text + "\n")
        self.commit()
        self.tokens, self.wrong, self.tried = {}, [], 0

    def commit(self):
        self.run("repo", "validate", check=False)
        subprocess.run("git add -A && git -c user.name=t -c user.email=t@example.org commit -qm team", shell=True, cwd=self.root, check=True)
        self.run("repo", "validate", check=True)

    def token(self, who, *more):
        key = (who,) + more
        if key not in self.tokens:
            self.tokens[key] = self.json("acl", "token", "--for", who, "--ttl", "12h", *more)["token"]
        return self.tokens[key]

    def by(self, who, *words, clock=None, env=None, more=()):
        """tk in somebody's name, by their own token; "me" is the owner who sits at the keyboard."""
        full = {k: v for k, v in os.environ.items() if not k.startswith("TK_FAIL")}
        if who != "me": full["TK_TOKEN"] = self.token(who, *more)
        if clock is not None: full["TK_CLOCK"] = (BEGIN + datetime.timedelta(seconds=clock)).isoformat().replace("+00:00", "Z")
        return subprocess.run([self.tk, *words], cwd=self.root, env={**full, **(env or {})}, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=300)

    def release(self):
        return self.json("record", "new", "release")["id"]

    def items(self):
        return [i for i in self.json("inbox", "list") if i["kind"] == "transition"]

    def count(self, release):
        return self.json("record", "show", release)["fields"].get("n", 0)

    def expect(self, done, codes, what):
        self.tried += 1
        codes = codes if isinstance(codes, tuple) else (codes,)
        if done.returncode not in codes:
            self.wrong.append(f"{what}: exit {done.returncode}, not {codes}: {(done.stdout + done.stderr).strip()[:400]}")
        return done

    def same(self, a, b, what):
        self.tried += 1
        if a != b: self.wrong.append(f"{what}: {a!r}, not {b!r}")

    def item_of(self, done):
        found = re.search(r"item ([0-9a-f-]{36})", done.stderr + done.stdout)
        if found: return found.group(1)
        return json.loads(done.stdout)["item"] if '"item"' in done.stdout else "none"
