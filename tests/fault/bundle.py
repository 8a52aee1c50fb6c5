#!/usr/bin/env python3
"""tk export and tk import: killed or out of disk at any moment, what they make is whole or not there, and the next one succeeds;
a bit that flips anywhere in an export is refused; secrets stay at home. Each 13th fault point, all with TK_FULL=1. usage: bundle.py TK"""
import json, os, random, shutil, subprocess, sys
from workspace import Workspace

TK, FULL = sys.argv[1], os.environ.get("TK_FULL") == "1"
w = Workspace(TK, workflow=True)
holder = w.holder.name
for n in range(5): w.run("repo", "new", "user", f"u{n}", check=True)
w.run("wot", "run", "chain", "--input", "n=1")
w.run("record", "new", "counter", "note=" + "x" * 5000, check=True)
w.run("acl", "token", "--for", "agent:one", check=True)
w.run("log", "checkpoint", check=True)
os.makedirs(w.path(".tk/cas/ab"), exist_ok=True)  # a value of a run, as the store keeps it
value = b"a large value" * 500
digest = __import__("hashlib").sha256(value).hexdigest()
os.makedirs(w.path(f".tk/cas/{digest[:2]}"), exist_ok=True)
with open(w.path(f".tk/cas/{digest[:2]}/{digest[2:]}"), "wb") as f: f.write(value)


def tk(*words, cwd=w.root, fault=None, code=0):
    env = dict(os.environ, CI="1", **({"TK_FAIL_AT": fault} if fault else {}))
    done = subprocess.run([TK, *words], cwd=cwd, env=env, capture_output=True, text=True, timeout=60)
    assert code is None or done.returncode == code, f"tk {' '.join(words)} {fault}: {done.returncode}, not {code}: {done.stderr}"
    return done


def gone(path):
    shutil.rmtree(path) if os.path.isdir(path) else os.path.exists(path) and os.remove(path)


def leftovers(): return [n for n in os.listdir(holder) if n.endswith((".tk-unfinished", ".tk-unfinished.tar"))]


def copies(word):
    """Which of an imported workspace's facts are wrong."""
    root = holder + "/" + word
    verified = tk("log", "verify", cwd=root, code=None)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert tk("log", "--json", cwd=root).stdout == tk("log", "--json").stdout
    assert subprocess.run(["git", "fsck", "--strict"], cwd=root, capture_output=True).returncode == 0
    for what in ("HEAD", "HEAD^{tree}", "refs/tk/checkpoints"):
        one, two = (subprocess.run(["git", "rev-parse", what], cwd=at, capture_output=True, text=True).stdout for at in (root, w.root))
        assert one == two != "", (what, one, two)
    assert open(f"{root}/.tk/cas/{digest[:2]}/{digest[2:]}", "rb").read() == value


good = holder + "/good.tar"
tk("export", good); tk("import", good, holder + "/copy"); copies("copy")
whole = open(good, "rb").read()

# What is secret: neither as it is, nor in hexadecimal or base64.
import base64
for folder, _, names in os.walk(w.path(".tk/keys")):
    for name in names:
        secret = open(os.path.join(folder, name), "rb").read()
        if len(secret) < 16 or name.endswith((".pub", ".known")): continue
        for form in (secret[:24], secret[:24].hex().encode(), base64.b64encode(secret[:24])):
            assert form not in whole, f"{name} is in the export"

# Killed, and out of disk, everywhere.
tried = {"kill": 0, "enospc": 0, "eio": 0}
for verb, words, target in (("export", ["export", holder + "/x.tar"], holder + "/x.tar"), ("export", ["export", holder + "/x"], holder + "/x"),
                            ("import", ["import", good, holder + "/y"], holder + "/y")):
    for action in tried:
        point, step = 1, 1 if FULL else 13 if action == "kill" else 37
        while True:
            gone(target)
            done = tk(*words, fault=f"*:{point}={action}", code=None)
            if done.returncode == 0 and not done.stderr: break  # it passed fewer points than that
            tried[action] += 1
            if action == "kill": assert done.returncode == -9, (point, done.returncode, done.stderr)
            elif done.returncode != 0: assert done.returncode in (1, 75) and not leftovers(), (point, done.returncode, done.stderr, leftovers())
            if os.path.exists(target):  # then it is whole
                if verb == "export":
                    gone(holder + "/z"); tk("import", target, holder + "/z")
                else:
                    assert tk("log", "verify", cwd=target).returncode == 0
            else:
                tk(*words)
            assert not leftovers(), leftovers()
            point += step
gone(holder + "/y"); tk("import", good, holder + "/y"); copies("y")
assert tk("log", "verify").returncode == 0
assert tk("export", holder + "/last.tar").returncode == 0 and open(holder + "/last.tar", "rb").read() == whole, "a killed export left its mark"

# A flipped bit, a cut, a double: refused with the code of what is damaged, and nothing is taken.
dice, refused = random.Random(6), 0
for n in range(600 if FULL else 60):
    bad = bytearray(whole)
    if n % 3 == 0: bad = bad[:dice.randrange(len(bad))]
    elif n % 3 == 1: bad[dice.randrange(len(bad))] ^= 1 << dice.randrange(8)
    else: at = dice.randrange(0, len(bad), 512); bad[at:at] = bad[at:at + 512]
    with open(holder + "/bad.tar", "wb") as f: f.write(bad)
    done = tk("import", holder + "/bad.tar", holder + "/no", code=None)
    if done.returncode == 0:  # padding behind the last part says nothing
        copies("no"); gone(holder + "/no"); continue
    assert done.returncode == 8 and "TK-WS-0014" in done.stderr, (n, done.returncode, done.stderr)
    assert not os.path.exists(holder + "/no") and not leftovers()
    refused += 1

# Lists that were made anew for damaged parts: then the parts themselves are judged.
def forge(change):
    import hashlib
    root = holder + "/forged"
    gone(root); os.mkdir(root); subprocess.run(["tar", "-xf", good, "-C", root], check=True)
    change(root)
    doc = json.load(open(root + "/export.json")); parts = doc["parts"]
    for part in parts:
        data = open(root + "/" + part["path"], "rb").read()
        part["bytes"], part["sha256"] = len(data), hashlib.sha256(data).hexdigest()
    text = open(root + "/export.json").read().split("\"parts\":[")[0] + "\"parts\":[\n" + ",\n".join(json.dumps(p, separators=(",", ":")) for p in parts) + "\n]"
    with open(root + "/export.json", "w") as f: f.write(text + ",\"digest\":\"" + hashlib.sha256(text.encode()).hexdigest() + "\"}\n")
    done = tk("import", root, holder + "/no", code=None)
    assert done.returncode == 8 and not os.path.exists(holder + "/no"), (change, done.returncode, done.stderr)


def rewrite(path, old, new):
    data = open(path, "rb").read()
    assert old in data
    with open(path, "wb") as f: f.write(data.replace(old, new, 1))


def planted(root):
    at = holder + "/planted"
    gone(at); subprocess.run(["git", "clone", "-q", root + "/repository.bundle", at], check=True)
    os.makedirs(at + "/.tk/keys")
    with open(at + "/.tk/keys/journal.key", "w") as f: f.write("x")
    env = dict(os.environ, GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@e", GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@e")
    subprocess.run(["git", "add", "-f", ".tk"], cwd=at, check=True); subprocess.run(["git", "commit", "-qm", "x"], cwd=at, env=env, check=True)
    os.remove(root + "/repository.bundle")
    subprocess.run(["git", "bundle", "create", "-q", root + "/repository.bundle", "--all"], cwd=at, check=True)
    ids = [subprocess.run(["git", "rev-parse", what], cwd=at, capture_output=True, text=True).stdout.strip() for what in ("HEAD", "HEAD^{tree}")]
    doc = json.load(open(root + "/export.json"))
    rewrite(root + "/export.json", doc["commit"].encode(), ids[0].encode()); rewrite(root + "/export.json", doc["tree"].encode(), ids[1].encode())


forge(lambda root: subprocess.run(["sqlite3", root + "/journal.db", "DELETE FROM journal WHERE seq = (SELECT max(seq) FROM journal)"], check=True)
      if shutil.which("sqlite3") else rewrite(root + "/journal.db", b"user:w/", b"user:v/"))
forge(lambda root: rewrite(root + "/journal.db", b"genesis", b"genesiz"))
forge(lambda root: rewrite(root + "/export.json", b'"rows":', b'"rows":1'))
forge(lambda root: rewrite(root + "/repository.bundle", b"PACK", b"PACC"))
forge(lambda root: rewrite(root + "/repository.bundle", b" refs/heads/", b" refs/heads/../"))
forge(lambda root: rewrite(root + f"/cas/{digest[:2]}/{digest[2:]}", b"large", b"small"))
forge(planted)
print(f"{sum(tried.values())} faults {tried}, {refused} damaged files and 7 forged ones refused")
