#!/usr/bin/env python3
"""Refresh tokens and invitations: the model and the races (tokens.cpp), then tk itself over a clock that is put where the
test wants it, and a search for what was secret in all that it wrote. usage: tokens.py PROGRAM TK
CI: a seeded part; TK_FULL=1: 200,000 steps of the model, 128 processes."""
import base64, concurrent.futures, datetime, hashlib, json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../fault"))
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
PROGRAM, TK = sys.argv[1:3]
SECRETS, SAID = [], []  # what nobody may find, and what tk said where it had none to hand out
BEGIN = datetime.datetime(2027, 3, 1, tzinfo=datetime.timezone.utc)


def at(seconds):
    """The clock, so many seconds after the beginning."""
    return (BEGIN + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def tk(w, *words, clock=0, secret=None, env=None, hands_out=False):
    done = subprocess.run([w.tk, *words], cwd=w.root, input=secret or "", capture_output=True, text=True, timeout=120,
                          env={**os.environ, "TK_CLOCK": at(clock), **(env or {})})
    if not hands_out or done.returncode: SAID.append((words, done.stdout + done.stderr))
    return done


def made(w, *words, **more):
    done = tk(w, *words, "--json", hands_out=True, **more)
    assert done.returncode == 0, (words, done.stderr)
    said = json.loads(done.stdout)
    SECRETS.extend(said[k] for k in ("token", "refresh_token", "code") if k in said)
    return said


def verify(w, token, clock):
    done = tk(w, "acl", "verify", "--json", clock=clock, secret=token)
    said = json.loads(done.stdout)
    assert done.returncode == (0 if said["valid"] else 1), done
    return said


def program():
    memory = {"TMPDIR": "/dev/shm"} if os.path.isdir("/dev/shm") else {}
    for words in (["model", "200000" if FULL else "6000", "20261128"], ["race", "128" if FULL else "24"], ["accept", "128" if FULL else "24"]):
        done = subprocess.run([PROGRAM, *words], timeout=3000, text=True, capture_output=True, env={**os.environ, **memory})
        print(" ".join(words) + ":", (done.stdout + done.stderr).strip(), flush=True)
        if done.returncode != 0: sys.exit(1)


def access(w):
    """exp is exact; nbf and iat may lie 30 seconds ahead, so a clock that was put back further refuses."""
    t = made(w, "acl", "token", "--for", "user:" + w.user(), "--ttl", "5m")["token"]
    for clock, good in ((0, True), (299, True), (300, False), (299, True), (-30, True), (-31, False), (-86400, False), (86400, False)):
        assert verify(w, t, clock)["valid"] == good, (clock, good)
    SECRETS.append(t)


def refresh(w):
    first = made(w, "acl", "token", "--for", "user:" + w.user(), "--refresh")
    second = made(w, "acl", "refresh", clock=60, secret=first["refresh_token"])
    again = made(w, "acl", "refresh", clock=69, secret=first["refresh_token"])
    assert again["refresh_token"] == second["refresh_token"] != first["refresh_token"], "a retry within 10 seconds"
    assert again["family"] == second["family"] == first["family"] and again["jti"] != second["jti"]
    assert all(verify(w, t["token"], 69)["valid"] for t in (first, second, again))
    stolen = tk(w, "acl", "refresh", clock=70, secret=first["refresh_token"])
    assert stolen.returncode == 3 and "family is ended" in stolen.stderr, stolen
    for t in (first, second, again):
        said = verify(w, t["token"], 70)
        assert not said["valid"] and "family" in said["reason"], said
    assert tk(w, "acl", "refresh", clock=71, secret=second["refresh_token"]).returncode == 3, "the successor of a family that was ended"
    # Nobody came back: it ends by itself.
    idle = made(w, "acl", "token", "--for", "user:" + w.user(), "--refresh")
    assert tk(w, "acl", "refresh", clock=86400, secret=idle["refresh_token"]).returncode == 3
    made(w, "acl", "refresh", clock=86399, secret=idle["refresh_token"])


def invitations(w):
    def invite(address, *words, clock=0): return made(w, "acl", "invite", address, "--role", "role:reader", *words, clock=clock)
    def accept(code, address, name, clock):
        return tk(w, "acl", "accept", "--address", address, "--name", name, clock=clock, secret=code)
    hours = 72 * 3600
    early, late = invite("ada@example.org"), invite("bob@example.org")
    assert early["expires_at"].startswith(at(hours)[:19]), early
    assert accept(early["code"], "bob@example.org", "ada", 5).returncode == 3, "at another's address"
    done = accept(early["code"], " ADA@example.org ", "ada", hours - 1)
    assert done.returncode == 0, ("71:59:59", done.stderr)
    assert accept(early["code"], "ada@example.org", "ada2", hours - 1).returncode == 3, "twice"
    done = accept(late["code"], "bob@example.org", "bob", hours)
    assert done.returncode == 3 and "72 hours" in done.stderr, ("72:00:00", done)
    assert accept(late["code"], "bob@example.org", "bob", hours - 3600).returncode == 3, "a clock that was put back"
    # Bound to who invited: it dies with them.
    w.run("repo", "new", "user", "host", check=True)
    w.run("repo", "new", "grant", "host", "role=role:owner", "to=user:host", check=True)
    by_host = made(w, "acl", "invite", "cid@example.org", "--role", "role:reader", "--as", "user:host")
    assert tk(w, "law", "halt", "user:host").returncode == 0
    halted = accept(by_host["code"], "cid@example.org", "cid", 10)
    assert halted.returncode == 3, ("by somebody who is halted", halted)
    # A second one for the same address withdraws the first.
    old, new = invite("dan@example.org"), invite("dan@example.org")
    assert new["withdrawn"] == [old["id"]] and accept(old["code"], "dan@example.org", "dan", 1).returncode == 3
    # Many at once.
    n = 128 if FULL else 16
    one = invite("eve@example.org")
    with concurrent.futures.ThreadPoolExecutor(n) as pool:
        ends = list(pool.map(lambda i: accept(one["code"], "eve@example.org", f"eve{i}", 2).returncode, range(n)))
    files = subprocess.run(["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=w.root, capture_output=True, text=True, check=True).stdout
    users = [f for f in files.split() if f.endswith(".xml") and "/users/eve" in f]
    assert ends.count(0) == 1 and len(users) == 1, (ends, users)
    assert set(ends) <= {0, 3, 4}, ends
    return n


def spellings(secret):
    """A secret as it may stand somewhere: its letters, and the bytes that they stand for."""
    yield secret.encode()
    for part in secret.split("."):
        if len(part) < 40 or secret.count(".") == 2 and part != secret.split(".")[2]: continue  # a header is no secret
        yield part.encode()
        body = part[4:] if part[:3] in ("tkr", "tki") else part
        bytes = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))[-32:]
        yield bytes; yield bytes.hex().encode()


def search(w):
    """Nothing that was handed out stands in the database, its WAL, git, a log, or what tk said elsewhere."""
    tk(w, "log", "--json"); tk(w, "record", "list", "token", "--json"); tk(w, "record", "list", "refresh", "--json")
    for r in json.loads(tk(w, "record", "list", "refresh", "--json").stdout): tk(w, "record", "show", r["id"], "--json")
    for r in json.loads(tk(w, "record", "list", "invitation", "--json").stdout): tk(w, "record", "show", r["id"], "--json")
    places = {}
    for folder, _, files in os.walk(w.root):
        for name in files:
            path = os.path.join(folder, name)
            if "/.tk/keys/" in path or not os.path.isfile(path): continue
            with open(path, "rb") as f: places[path] = f.read()
    places["git"] = subprocess.run(["git", "cat-file", "--batch", "--batch-all-objects"], cwd=w.root, capture_output=True, check=True).stdout
    for words, text in SAID: places["tk " + " ".join(words)] = places.get("tk " + " ".join(words), b"") + text.encode()
    assert any(p.endswith("journal.db") for p in places) and any(p.endswith("journal.db-wal") for p in places)
    seeds = [open(os.path.join(w.path(".tk/keys"), n), "rb").read() for n in os.listdir(w.path(".tk/keys")) if n.endswith(".key")]
    words = {s for secret in set(SECRETS) for s in spellings(secret)}
    words |= {s for seed in seeds for s in (seed, seed.hex().encode(), base64.b64encode(seed), base64.urlsafe_b64encode(seed).rstrip(b"="))}
    words |= {b"ada@example.org", b"eve@example.org"}
    told = {w2 for words2, _ in SAID for w2 in words2}  # our own arguments are no finding
    for place, text in places.items():
        for word in words:
            if word.decode("latin-1") in told and place.startswith("tk "): continue
            assert word not in text, f"a secret stands in {place}"
    # The search finds what is there: the jti of a token, and the hash of what was opaque, do stand in the journal.
    journal = b"".join(text for place, text in places.items() if "journal.db" in place)
    for secret in SECRETS:
        there = hashlib.sha256(secret.encode()).hexdigest() if secret[:2] == "tk" else \
            json.loads(base64.urlsafe_b64decode(secret.split(".")[1] + "=="))["jti"]
        assert there.encode() in journal, secret[:4]
    return len(words), len(places), sum(map(len, places.values()))


program()
w = Workspace(TK)
access(w)
refresh(w)
n = invitations(w)
print(f"invitation: taken at 71:59:59, refused at 72:00:00, twice, elsewhere, by the halted; {n} processes: one")
bad = tk(w, "acl", "token", "--for", "user:" + w.user(), env={"TK_TOKEN": SECRETS[0][:-3] + "AAA"})
assert bad.returncode == 3, bad
print("{} spellings of secrets in {} places, {} bytes: none found".format(*search(w)))
w.verify()
