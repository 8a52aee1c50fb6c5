#!/usr/bin/env python3
"""Lazy sync: in a workspace of many spaces only those that somebody takes part in are read, with what stands above them;
which objects git's store gives is counted by strace. Edits by hand become one event, one transition and the exact rows.
usage: lazy.py TK"""
import os, re, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import World, uuid7

TK = os.path.abspath(sys.argv[1])
SPACES, ACTIVE = (1000, 3) if os.environ.get("TK_FULL") else (200, 3)


def spaces(n, first=0, systems=("web",)):
    files = {}
    for i, system in enumerate(systems): files[f"galaxies/w/systems/{system}/system.xml"] = f'<system name="{system}" id="{uuid7(9000 + i)}"/>\n'
    for i in range(first, first + n):
        base = f"galaxies/w/systems/{systems[i % len(systems)]}/spaces/s{i}"
        files[f"{base}/space.xml"] = f'<space name="s{i}" id="{uuid7(10_000 + i)}"/>\n'
        files[f"{base}/users/p{i}.xml"] = f'<user name="p{i}" id="{uuid7(50_000 + i)}"/>\n'
        files[f"{base}/grants/g{i}.xml"] = f'<grant id="g{i}" role="role:owner" to="user:p{i}"/>\n'
    return files


def manifest(w, how):
    path = os.path.join(w.ws, "MANIFEST.xml")
    text = open(path).read()
    return {"MANIFEST.xml": text.replace("</manifest>", f'  <defaults spaces="{how}"/>\n</manifest>') if "<defaults" not in text else re.sub(r'spaces="\w+"', f'spaces="{how}"', text)}


if __name__ == "__main__":
    with World(TK) as w:
        w.declare(manifest(w, "lazy") | spaces(SPACES, systems=("web", "api")))
        active = [f"w.web.s{i}" for i in (4, 76, 150)[:ACTIVE]]
        first = w.js("repo", "sync", *(x for a in active for x in ("--space", a)))
        assert first["lazy"] and first["active"] == sorted(active), first["active"]
        got = {t["ref"] for t in first["transitions"]}
        assert {f"user:w.web.s{i}/p{i}" for i in (4, 76, 150)} <= got and not any("/p6" in r for r in got), got
        # law knows the active spaces only, and the others do not exist
        w.tk("law", "can", "user:w.web.s4/p4", "entity.read", "user:w.web.s4/p4")
        w.tk("repo", "get", "user:w.web.s6/p6", code=2)
        plan = w.js("repo", "plan", "--target", w.where)
        assert plan["create"] == 3, plan["steps"]
        # ---- what is opened: an edit in an active space, and everything made anew
        edit = {"galaxies/w/systems/web/spaces/s4/users/p4.xml": f'<user name="p4" id="{uuid7(50_004)}" shell="/bin/zsh"/>\n'}
        w.declare(edit)
        trace = os.path.join(w.holder, "trace")
        done = subprocess.run(["strace", "-f", "-qq", "-e", "trace=openat", "-o", trace, TK, "repo", "sync", "--json"], cwd=w.ws, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        opened = {m.group(1) + m.group(2) for m in re.finditer(r"objects/([0-9a-f]{2})/([0-9a-f]{38})", open(trace).read())}
        blobs = {l.split()[2]: l.split("\t")[1] for l in subprocess.run(["git", "-C", w.ws, "ls-tree", "-r", "HEAD"], capture_output=True, text=True).stdout.splitlines()}
        read = {blobs[o] for o in opened if o in blobs}
        assert read, "strace saw no object: the test looks at nothing"
        outside = [p for p in read if "/spaces/" in p and not any(f"/spaces/{a.split('.')[2]}/" in p for a in active)]
        assert not outside, outside[:5]
        trees = subprocess.run(["git", "-C", w.ws, "ls-tree", "-r", "-t", "HEAD"], capture_output=True, text=True).stdout.splitlines()
        folders = {l.split()[2]: l.split("\t")[1] for l in trees if l.split()[1] == "tree"}
        above = {"/".join(p.split("/")[:n]) for a in active for p in [f"galaxies/w/systems/web/spaces/{a.split('.')[2]}"] for n in range(1, 7)}
        outside = [p for p in (folders[o] for o in opened if o in folders) if "/spaces" in p and p not in above and not any(p.startswith(a + "/") for a in above if a.count("/") == 5)]
        assert not outside, outside[:5]
        # ---- one edit: one event, one transition, the row; again: nothing
        w.declare({p: t.replace("zsh", "sh") for p, t in edit.items()})
        one = w.js("repo", "sync")
        assert [(t["ref"], t["event"], t["changes"]) for t in one["transitions"]] == [("user:w.web.s4/p4", "user.updated", [{"attribute": "shell", "was": "/bin/zsh", "is": "/bin/sh"}])], one
        assert [u["what"] for u in one["unix"]] == ["row passwd p4"], one["unix"]
        again = w.js("repo", "sync")
        assert again["transitions"] == [] and again["unix"] == [] and again["files"] == []
        # ---- nobody is in a space any more: law forgets it, its accounts stay as they are
        w.tk("repo", "apply", "--target", w.where, "--yes")
        w.js("repo", "sync", "--leave", "w.web.s4")
        plan = w.js("repo", "plan", "--target", w.where)
        assert plan["operations"] == 0 and "p4" in w.passwd(), (plan["steps"], w.passwd().keys())
        w.tk("repo", "get", "user:w.web.s4/p4", code=2)
        # ---- eager again: everything is there
        w.declare(manifest(w, "eager"))
        w.tk("repo", "sync")
        w.tk("repo", "get", "user:w.web.s6/p6")
        assert w.js("repo", "plan", "--target", w.where)["create"] == SPACES - ACTIVE
        w.tk("log", "verify")
    print(f"lazy: {SPACES} spaces, {ACTIVE} taken part in: {len(read)} files read in them and above, none elsewhere")
