#!/usr/bin/env python3
"""A recipient who was removed and signs on; manifests that are older, or another's of the same generation, put back and merged, in three clones.
usage: members.py TK"""
import json, os, re, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mishap import TK, check, commit, head, judge, read, refused, run, tk, told, used


def clones(p):
    """A is p; B signs too, and is removed; C has seen that."""
    a, b, c, new = p.ws, p.root + "/b", p.root + "/c", {}
    pull = lambda at, other=a: p.do("git", "pull", "-q", "--ff-only", other, "main", cwd=at)
    reset = lambda at, to: p.do("git", "reset", "-q", "--hard", to, cwd=at)
    for name in ("kept", "other"): p.set(name, f"value-of-{name}-1")
    for at in (b, c):
        p.do("git", "clone", "-q", a, at)
        new[at] = json.loads(p.do(TK, "vault", "init", "--json", cwd=at).stdout)
        p.do(TK, "vault", "recipients", "add", new[at]["recipient"], "--signer", new[at]["signer"])
    for at in (b, c): pull(at); used(p, "kept", "value-of-kept-1", at)
    added = head(p); check("B signs", tk(p, "vault", "set", "bs", cwd=b, input=b"value-of-bs-1").returncode == 0)
    pull(a, b); pull(c)
    for at in (a, c): used(p, "bs", "value-of-bs-1", at)
    # Two sign beside each other, and a merge takes the one and leaves the other out.
    both = head(p); p.set("here", "value-of-here")
    check("C signs", tk(p, "vault", "set", "there", cwd=c, input=b"value-of-there").returncode == 0)
    for side, other in ((a, c), (c, a)): p.do("git", "fetch", "-q", other, "main", cwd=side)
    for side in (a, c):
        p.do("git", "merge", "-q", "-s", "ours", "-m", "ours", "FETCH_HEAD", cwd=side)
        refused(run(p, "kept", cwd=side), (8,), "same generation")
        p.do("git", "reset", "-q", "--hard", both, cwd=side)
        used(p, "kept", "value-of-kept-1", side)
    p.do(TK, "vault", "recipients", "rm", new[b]["recipient"]); without = head(p)
    pull(c); used(p, "bs", "value-of-bs-1", c)
    for name in ("bs", "bs", "bs", "bs-own"):  # B pulls nothing, and goes on
        check("B goes on in its own", tk(p, "vault", "set", name, cwd=b, input=b"value-of-bs-of-B").returncode == 0)
    of_b = head(p, b)
    def closed(at, what, names=("bs", "kept"), set_too=True):
        for name in names: refused(run(p, name, cwd=at), (2, 8), "TK-VAULT-000")
        for words in (("set", "kept"), ("rotate",), ("recipients", "add", new[b]["recipient"])) if set_too else ():
            refused(tk(p, "vault", *words, cwd=at, input=b"a value for nobody"), (2, 8), "TK-VAULT-000")
        audit = tk(p, "vault", "audit", cwd=at); check(f"{what}: audit {told(audit)}", audit.returncode == 8)
    for at in (a, c):
        # What B has is taken as it is: B is nobody here.
        p.do("git", "fetch", "-q", b, "main:of-b", cwd=at)
        reset(at, of_b); closed(at, "B's own"); reset(at, without)
        # A merge: the driver refuses B's side; what git makes of it otherwise is not signed.
        done = p.do("git", "merge", "--no-edit", "of-b", cwd=at, code=None)
        left = p.do("git", "diff", "--name-only", "--diff-filter=U", cwd=at).stdout
        check(f"no merge with what B signed: {done.stdout} {done.stderr}", done.returncode != 0 and "vault.manifest" in left)
        p.do("git", "merge", "--abort", cwd=at)
        for side in ("ours", "theirs"):
            p.do("git", "merge", "-q", "--no-edit", "--no-commit", "of-b", cwd=at, code=None)
            p.do("git", "checkout", "--" + side, "vault.manifest", cwd=at)
            p.do("git", "checkout", "--theirs", "galaxies/w/secrets/bs.xml", cwd=at, code=None)
            commit(p, "decided by hand", at); closed(at, "decided for " + side, ("bs",), side == "theirs")
            done = tk(p, "vault", "sign", cwd=at)
            named = b"secret:w/bs " in done.stdout and b"secret:w/bs-own" in done.stdout
            check(f"B's values are differences: {told(done)}", done.returncode == 8 or done.returncode == 5 and named)
            reset(at, without)
        # An older manifest, alone and with all that it says.
        for paths in (["vault.manifest"], ["vault.manifest", "MANIFEST.xml"], ["vault.manifest", "MANIFEST.xml", "galaxies"]):
            p.do("git", "checkout", both, "--", *paths, cwd=at); commit(p, "back", at)
            if len(paths) < 3: closed(at, f"back: {paths}")
            for words in (("set", "other"), ("rotate",)): refused(tk(p, "vault", *words, cwd=at, input=b"sealed to B again?"), (2, 8), "TK-VAULT-0001")
            refused(run(p, "kept", cwd=at), (1, 2, 8))
            reset(at, without)
        used(p, "bs", "value-of-bs-1", at)
    # B takes A's manifest in: what it merges it cannot sign, nor open what comes.
    p.do("git", "pull", "-q", "--no-rebase", "--no-edit", p.ws, "main", cwd=b, code=None)
    refused(run(p, "kept", cwd=b), (2, 3, 4, 8)); refused(tk(p, "vault", "sign", "--accept", cwd=b), (2, 3, 4, 8))
    p.set("kept", "value-of-kept-2")
    # Nobody came or went: only values, and the generation, are older.
    old, now = head(p), p.set("other", "value-of-other-2") and head(p)
    for paths in (["vault.manifest"], ["vault.manifest", "galaxies"]):
        p.do("git", "checkout", old, "--", *paths); commit(p, "older")
        for name in ("other", "kept"): refused(run(p, name), (1, 8))
        done = tk(p, "vault", "audit"); check(f"an older manifest {paths}: audit {told(done)}", done.returncode == 8)
        older = head(p); reset(a, now)
    used(p, "kept", "value-of-kept-2"); used(p, "other", "value-of-other-2")
    # Put back on a branch of the newest, and merged: who merges does not sign it as what is new.
    for back, what in ((added, "members"), (old, "values")):
        p.do("git", "checkout", "-q", "-b", what); p.do("git", "checkout", back, "--", "vault.manifest", "MANIFEST.xml", "galaxies"); commit(p, "tidied")
        p.do("git", "checkout", "-q", "main"); p.set("later", f"value-of-later-{what}")
        done, lies = p.do("git", "merge", "--no-edit", what, code=None), read(a + "/vault.manifest")
        newest = new[b]["recipient"] + " " not in lies.replace("former " + new[b]["recipient"], "") and re.search(r"/other \S+ (\d+)", lies).group(1) == "2"
        check(f"older {what} by a merge: {done.returncode}\n{lies}", newest or done.returncode or "\nsigned - -" in lies)
        p.do("git", "merge", "--abort", code=None); reset(a, now)
    reset(a, older)
    done = tk(p, "vault", "set", "kept", input=b"going on from an older one")
    check(f"nothing is signed on top of an older manifest, that it were the newest: {told(done)}", done.returncode == 8 and head(p) == older)


judge([clones])
