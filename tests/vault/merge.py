#!/usr/bin/env python3
"""Branches that each edit another secret merge without a conflict, with the manifest signed anew by git's merge driver; a conflict is only
where both sides set the same one. Then what somebody who can write to git tries: values swapped, put back, forged, recipients and signers
brought in, the manifest edited, readers forgotten: all refused. usage: merge.py TK
CI: 30 branches; TK_FULL=1: 1,000"""
import base64, json, os, re, shutil, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from vault_place import Place

TK, FULL = os.path.abspath(sys.argv[1]), bool(os.environ.get("TK_FULL"))
wrong = []


def check(what, right):
    if not right: wrong.append(what)


def git(p, *words, code=0): return p.do("git", *words, code=code)
def audit(p, code=0): return json.loads(p.do(TK, "vault", "audit", "--json", code=code).stdout)
def kinds(p, code): return sorted({f["kind"] for f in audit(p, code)["findings"]})
def revealed(p, name): return p.do(TK, "vault", "reveal", name, "--reason", "test").stdout


def branches(p, n):
    recipient = json.loads(p.do(TK, "vault", "init", "--json").stdout)["recipient"]
    os.makedirs(p.ws + "/galaxies/w/secrets", exist_ok=True)
    for i in range(max(n, 80)):  # by Debian's age, and signed at once
        id = f"0192f3a1-0000-7000-8000-{i:012x}"
        sealed = subprocess.run(["age", "-r", recipient], input=f"tk-secret 1\nsecret:w/s{i}\n{id}\n1\nfirst value {i}".encode(), capture_output=True, check=True).stdout
        with open(f"{p.ws}/galaxies/w/secrets/s{i}.xml", "w") as f: f.write(f'<secret id="{id}" name="s{i}" version="1" mode="on" value="{base64.b64encode(sealed).decode()}"/>\n')
    git(p, "add", "-A"); git(p, "commit", "-qm", "many"); p.do(TK, "vault", "sign", "--accept")
    base = git(p, "rev-parse", "HEAD").stdout.strip()
    for i in range(n):
        git(p, "checkout", "-q", "-b", f"b{i}", base)
        p.set(f"s{i}", f"value of branch {i}")
    git(p, "checkout", "-q", "main")
    began, conflicts = time.time(), 0
    for i in range(n):
        done = git(p, "merge", "-q", "--no-edit", f"b{i}", code=None)
        if done.returncode != 0:
            conflicts += 1
            print(done.stdout, done.stderr)
            git(p, "merge", "--abort")
    took = time.time() - began
    check(f"{conflicts} conflicts", conflicts == 0)
    check("the manifest is signed", audit(p)["ok"])
    for i in (0, n // 2, n - 1): check(f"s{i}", revealed(p, f"s{i}") == f"value of branch {i}")
    # All of them at once: their files are one pack, and nothing else of the tree or the index changed.
    packs = len([f for f in os.listdir(p.ws + "/.git/objects/pack") if f.endswith(".pack")])
    sealed = json.loads(p.do(TK, "vault", "rotate", "--json").stdout)["sealed"]
    now = len([f for f in os.listdir(p.ws + "/.git/objects/pack") if f.endswith(".pack")])
    check(f"{sealed} sealed anew, {packs} and {now} packs", sealed == max(n, 80) and now == packs + 1)
    check("git finds nothing wrong, nor changed", git(p, "fsck", "--strict", "--no-dangling").stderr == "" and git(p, "status", "--short").stdout == "")
    check("nothing is left beside", not [f for f in os.listdir(p.ws + "/.tk") if "tk-" in f])
    check("audit, sealed anew", audit(p)["ok"] and revealed(p, "s0") == "value of branch 0" and revealed(p, "s79") == f"{'value of branch' if n > 79 else 'first value'} 79")
    print(f"{n} branches that each edit another secret: {conflicts} conflicts, {1000 * took / n:.0f} ms a merge", flush=True)


def conflicts(p):
    p.set("same", "value before"); p.set("apart", "value before")
    base = git(p, "rev-parse", "HEAD").stdout.strip()
    git(p, "checkout", "-q", "-b", "ours"); p.set("same", "value ours")
    git(p, "checkout", "-q", "-b", "theirs", base); p.set("same", "value theirs"); p.set("apart", "value theirs"); p.set("new", "of theirs")
    git(p, "checkout", "-q", "ours")
    done = git(p, "merge", "--no-edit", "theirs", code=1)
    files = git(p, "diff", "--name-only", "--diff-filter=U").stdout.split()
    check(f"a conflict, of that secret alone: {files}", files == ["galaxies/w/secrets/same.xml", "vault.manifest"])
    git(p, "checkout", "--theirs", "galaxies/w/secrets/same.xml"); git(p, "add", "-A"); git(p, "commit", "-qm", "merged")
    done = p.use(["same"], "true", code=8)
    check(f"nothing is used before it is signed: {done.stderr}", "tk vault sign" in done.stderr)
    p.do(TK, "vault", "sign")  # either side's was signed
    check("decided", revealed(p, "same") == "value theirs" and revealed(p, "apart") == "value theirs" and revealed(p, "new") == "of theirs" and audit(p)["ok"])
    # A merge where no key is: merged, not signed, not used; signed later without a question.
    git(p, "checkout", "-q", "-b", "left", "ours"); p.set("l", "of the left")
    git(p, "checkout", "-q", "-b", "right", "ours"); p.set("r", "of the right")
    key = p.ws + "/.tk/keys/vault.key"
    os.rename(key, key + ".away")
    done = git(p, "merge", "--no-edit", "left")
    check(f"merged without a key: {done.stderr}", "tk vault sign" in done.stderr)
    os.rename(key + ".away", key)
    check("not signed, not used", "TK-VAULT-0001" in p.use(["l"], "true", code=8).stderr)
    p.do(TK, "vault", "sign")
    check("signed", audit(p)["ok"] and revealed(p, "l") == "of the left" and revealed(p, "r") == "of the right")
    # Recipients on one side, a new secret on the other: who was added cannot open it yet, and audit says so.
    key2 = subprocess.run(["age-keygen"], capture_output=True, text=True).stdout
    friend = re.search(r"age1\w+", key2).group()
    git(p, "checkout", "-q", "-b", "adds"); p.do(TK, "vault", "recipients", "add", friend)
    git(p, "checkout", "-q", "-b", "sets", "right"); p.set("late", "set meanwhile")
    git(p, "merge", "-q", "--no-edit", "adds")
    check(f"not sealed yet: {kinds(p, 1)}", kinds(p, 1) == ["not-sealed"])
    p.do(TK, "vault", "rotate", "late")
    check("sealed now", audit(p)["ok"])
    # The friend opens it with Debian's age alone.
    with open(p.root + "/friend.key", "w") as f: f.write(key2)
    sealed = re.search(r'value="([^"]*)"', open(p.ws + "/galaxies/w/secrets/late.xml").read()).group(1)
    clear = subprocess.run(["age", "-d", "-i", p.root + "/friend.key"], input=base64.b64decode(sealed), capture_output=True).stdout
    check(f"age opens it: {clear}", clear.endswith(b"\nset meanwhile") and clear.startswith(b"tk-secret 1\nsecret:w/late\n"))
    # To remove the friend takes nothing back.
    n = len(audit(p)["findings"])
    p.do(TK, "vault", "recipients", "rm", friend)
    found = audit(p, 1)["findings"]
    names = {f["ref"] for f in found}
    everything = {s["ref"] for s in json.loads(p.do(TK, "vault", "list", "--json").stdout)}
    check(f"all that they could read: {len(names)} of {len(everything)}", n == 0 and {f["kind"] for f in found} == {"must-rotate"} and names == everything)
    p.do(TK, "vault", "rotate")
    check("sealing anew is no new value", len(audit(p, 1)["findings"]) == len(everything))
    p.do(TK, "vault", "set", "late", "--keep", "--env", "LATE_TOO")
    check("another variable is no new value", len(audit(p, 1)["findings"]) == len(everything))
    p.set("late", "a new value")
    check("a new value is", len(audit(p, 1)["findings"]) == len(everything) - 1 and "secret:w/late" not in {f["ref"] for f in audit(p, 1)["findings"]})
    p.do(TK, "vault", "recipients", "add", friend)
    check("who comes back knows what they knew", audit(p)["ok"])
    p.do(TK, "vault", "recipients", "rm", friend)
    check("and it is not forgotten", {f["ref"] for f in audit(p, 1)["findings"]} == everything)
    for ref in sorted(everything): p.set(ref, "rotated " + ref)
    check("until all have new ones", audit(p)["ok"])


def tampering(p):
    p.set("one", "value of one"); p.set("two", "value of two"); p.set("one", "newer value of one")
    check("it is used", p.use(["one"], "true").returncode == 0)
    head = git(p, "rev-parse", "HEAD").stdout.strip()
    at = lambda n: f"{p.ws}/galaxies/w/secrets/{n}.xml"
    read = lambda f: open(f).read()
    value = lambda n: re.search(r'value="([^"]*)"', read(at(n))).group(1)
    def put(path, text):
        with open(path, "w") as f: f.write(text)
    manifest, declares = p.ws + "/vault.manifest", p.ws + "/MANIFEST.xml"
    mine = json.loads(p.do(TK, "vault", "init", "--json").stdout)
    thief = subprocess.run(["age-keygen"], capture_output=True, text=True).stdout
    theirs = re.search(r"age1\w+", thief).group()
    older = git(p, "log", "--format=%H", "-3").stdout.split()[1]  # before the newer value of one
    forged = subprocess.run(["age", "-r", mine["recipient"]], input=f"tk-secret 1\nsecret:w/one\n{re.search('id=.([0-9a-f-]{36})', read(at('one'))).group(1)}\n2\nforged".encode(), capture_output=True).stdout
    def swap(): a, b = value("one"), value("two"); x, y = read(at("one")), read(at("two")); put(at("one"), x.replace(a, b)); put(at("two"), y.replace(b, a))
    def swap_lines():
        swap()
        lines = [l.split(" ") for l in read(manifest).splitlines()]
        for l in lines:
            if l[0] == "secret" and l[1] == "secret:w/one": one = l
            if l[0] == "secret" and l[1] == "secret:w/two": two = l
        one[4], two[4] = two[4], one[4]
        put(manifest, "\n".join(" ".join(l) for l in lines) + "\n")
    def back(*paths): git(p, "checkout", older, "--", *paths)
    def resigned():  # by a key of the thief's own, who is put into the manifest
        text = read(manifest)
        body = "".join(l for l in text.splitlines(True) if not l.startswith("signed"))
        other = Place(TK, 0) if os.geteuid() == 0 else Place(TK, os.getuid())
        signer = json.loads(other.do(TK, "vault", "init", "--json").stdout)["signer"]
        other.close()
        put(manifest, body + f"signed {signer} " + "A" * 86 + "==\n")
    tries = {"values swapped": swap, "values and their lines swapped": swap_lines, "an older value": lambda: back("galaxies/w/secrets/one.xml"),
             "a forged value": lambda: put(at("one"), read(at("one")).replace(value("one"), base64.b64encode(forged).decode())),
             "its version": lambda: put(at("one"), read(at("one")).replace('version="2"', 'version="3"')),
             "a flipped bit": lambda: put(at("one"), read(at("one")).replace(value("one"), value("one")[:-8] + ("A" if value("one")[-8] != "A" else "B") + value("one")[-7:])),
             "an empty value": lambda: put(at("one"), read(at("one")).replace(value("one"), "")),
             "no base64": lambda: put(at("one"), read(at("one")).replace(value("one"), "!!!")),
             "a manifest line": lambda: put(manifest, read(manifest).replace("secret secret:w/two", "secret secret:w/twO")),
             "a reader forgotten": lambda: put(manifest, re.sub(r"(secret:w/one \S+ \d+ \w+) \S+", r"\1 -", read(manifest))),
             "a recipient in the manifest": lambda: put(manifest, read(manifest).replace("recipient ", f"recipient {theirs} -\nrecipient ", 1)),
             "another's signature": resigned, "no signature": lambda: put(manifest, re.sub(r"signed .*", "signed - -", read(manifest))),
             "an empty manifest": lambda: put(manifest, ""), "a manifest of bytes": lambda: open(manifest, "wb").write(bytes(range(256)) * 9), "no manifest": lambda: os.unlink(manifest),
             "everything older": lambda: back("galaxies/w/secrets", "vault.manifest", "MANIFEST.xml")}
    for name, change in tries.items():
        change()
        git(p, "add", "-A"); git(p, "commit", "-qm", name)
        code = 2 if name == "no manifest" else 8
        done = p.use(["one"], "sh", "-c", "echo started", code=None)
        check(f"{name}: {done.returncode} {done.stdout}{done.stderr}", done.returncode == code and "started" not in done.stdout and 0 < done.stderr.count("\n") <= 3)
        git(p, "reset", "-q", "--hard", head)
        check(f"behind {name} it is used", p.use(["one"], "true", code=None).returncode == 0)
    # Who wants the older value back says so.
    back("galaxies/w/secrets/one.xml"); git(p, "add", "-A"); git(p, "commit", "-qm", "back")
    done = p.do(TK, "vault", "sign", code=5)
    check(f"what would be signed: {done.stdout}", done.stdout.count("\n") == 1 and "secret:w/one" in done.stdout)
    p.do(TK, "vault", "sign", "--accept")
    check("accepted, it is used", p.use(["one"], "sh", "-c", "echo ${#ONE}").stdout == "12\n")
    git(p, "reset", "-q", "--hard", head)
    p.set("one", "newer value of one")
    head = git(p, "rev-parse", "HEAD").stdout.strip()
    # A recipient in MANIFEST.xml: the next one that seals is told, and seals nothing for them.
    put(declares, read(declares).replace('recipients="', f'recipients="{theirs} '))
    git(p, "add", "-A"); git(p, "commit", "-qm", "a recipient")
    for words in (("vault", "set", "two"), ("vault", "rotate"), ("vault", "recipients", "rm", mine["recipient"])):
        done = p.do(TK, *words, input="x" * 20, code=8)
        check(f"a recipient by hand: {done.stderr}", "nobody signed" in done.stderr)
    check(f"audit names them: {audit(p, 8)['findings']}", kinds(p, 8) == ["integrity"])
    git(p, "reset", "-q", "--hard", head)
    # A clone that never saw the vault takes on who signs now; the same attacks there.
    p.do("git", "clone", "-q", p.ws, p.root + "/clone")
    clone = lambda *words, code=0, **more: p.do(TK, *words, cwd=p.root + "/clone", code=code, **more)
    check("nobody looked at it yet", "TK-VAULT-0007" in clone("vault", "run", "--use", "one", "--", "true", code=2).stderr)
    new = json.loads(clone("vault", "init", "--json").stdout)
    check("a key that opens nothing", new["made"] and not new["opens"])
    check("not opened", "TK-VAULT-0002" in clone("vault", "run", "--use", "one", "--", "true", code=3).stderr)
    p.do(TK, "vault", "recipients", "add", new["recipient"])
    p.do("git", "pull", "-q", cwd=p.root + "/clone")
    check("opened", clone("vault", "run", "--use", "one", "--", "sh", "-c", "echo ${#ONE}").stdout == "18\n")
    check("it may not set", "may not sign" in clone("vault", "set", "mine", input="a value of the clone's", code=3).stderr)
    p.do(TK, "vault", "recipients", "rm", new["recipient"]); p.do(TK, "vault", "recipients", "add", new["recipient"], "--signer", new["signer"])
    p.do("git", "pull", "-q", cwd=p.root + "/clone")
    clone("vault", "set", "mine", input="a value of the clone's")
    p.do("git", "pull", "-q", p.root + "/clone", "HEAD")
    check("and here it is taken", revealed(p, "mine") == "a value of the clone's")


def history(p):
    """Another branch's tree in place of this one; a clone without its history; a vault that is made again."""
    def cloned(name, *words):
        at = f"{p.root}/{name}"
        git(p, "clone", "-q", *words, at)
        os.makedirs(at + "/.tk/keys"); shutil.copy(p.ws + "/.tk/keys/vault.key", at + "/.tk/keys/"); p.do(TK, "vault", "init", cwd=at)
        return p.do(TK, "vault", "run", "--use", "s1", "--", "sh", "-c", "echo started", cwd=at, code=None)
    for name in ("s1", "s2"): p.set(name, "value before")
    git(p, "branch", "side"); p.set("s1", "value after")
    git(p, "checkout", "-q", "side"); p.set("s2", "value of side"); git(p, "checkout", "-q", "main")
    head = git(p, "rev-parse", "HEAD").stdout.strip()
    git(p, "checkout", "side", "--", "galaxies", "vault.manifest"); git(p, "commit", "-qm", "tidied")
    done = cloned("whole", p.ws)
    check(f"another branch's tree: {done.stdout} {done.stderr}", done.returncode == 8 and "started" not in done.stdout and "same generation" in done.stderr)
    git(p, "reset", "-q", "--hard", head)
    # It is away for a commit, that somebody looked at, and an older one comes.
    git(p, "rm", "-q", "vault.manifest"); git(p, "commit", "-qm", "away"); p.use(["s2"], "true", code=2)
    git(p, "checkout", "side~1", "--", "galaxies", "vault.manifest"); git(p, "commit", "-qm", "older")
    done = p.use(["s2"], "sh", "-c", "echo started", code=8)
    check(f"older behind none: {done.stdout} {done.stderr}", "started" not in done.stdout and "older one" in done.stderr)
    git(p, "reset", "-q", "--hard", head)
    # Two were signed beside each other, and one is left out: who signs is told what that drops, whichever it is.
    for ours, theirs, dropped in (("main", "side", "s2"), ("side", "main", "s1")):
        git(p, "checkout", "-q", "-b", "kept-" + ours, ours); git(p, "merge", "-q", "-s", "ours", "-m", "x", theirs)
        check("which is the newest?", "same generation" in p.use([dropped], "true", code=8).stderr)
        done = p.do(TK, "vault", "sign", code=5)
        check(f"what is dropped: {done.stdout}", f"secret:w/{dropped} is not what was signed" in done.stdout)
        p.do(TK, "vault", "sign", "--accept")
        kept = {"s1": "s2", "s2": "s1"}[dropped]
        check("decided", audit(p)["ok"] and p.use([kept], "true").returncode == 0)
        git(p, "checkout", "-q", "main")
    done = cloned("shallow", "--depth", "1", "file://" + p.ws)
    check(f"a shallow clone: {done.stdout} {done.stderr}", done.stdout == "started\n")
    git(p, "rm", "-rq", "vault.manifest", ".gitattributes", "galaxies/w/secrets"); git(p, "commit", "-qm", "gone")
    p.do(TK, "vault", "init"); p.set("again", "value of the new one")
    check("a vault that was made again", audit(p)["ok"] and revealed(p, "again") == "value of the new one")


def main():
    p = Place(TK, 0 if os.geteuid() == 0 else os.getuid())
    try:
        branches(p, 1000 if FULL else 30)
        conflicts(p)
        tampering(p)
    finally: p.close()
    p = Place(TK, 0 if os.geteuid() == 0 else os.getuid())
    try: history(p)
    finally: p.close()
    if wrong: sys.exit("\n".join(wrong))
    print("swap, rollback, forgery, injection and edits: all refused")


main()
