#!/usr/bin/env python3
"""A declaration killed at every point is either not there or rolled forward by the next command; many
writers at once lose nothing; a commit made in between is rebased over or, on the same path, told."""
import json, os, subprocess, sys, threading
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))


def git(w, *words):
    return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=w.root,
                          capture_output=True, text=True, check=True).stdout


def title(w):
    return json.loads(w.run("repo", "get", "user:" + w.user(), "--json", check=True).stdout)["attributes"].get("title")


def kills(w):
    me, n, killed, seen = w.user(), 0, 0, {"old": 0, "new": 0}
    while True:
        n += 1 if FULL else 3
        before, wanted = title(w), f"t{n}"
        got = w.run("repo", "set", f"user:{me}", f"title={wanted}", fault=f"*:{n}=kill")
        if got.returncode == 0:
            break
        assert got.returncode == -9, got.stderr
        killed += 1
        # Any command that writes declarations rolls forward what was committed to the journal.
        w.run("repo", "new", "user", f"after{n}", check=True)
        rows = w.json("log", "--entity", f"user:{me}")
        journaled = [r for r in rows if r["kind"] == "done" and r["payload"]["input"].get("attributes", {}).get("title") == wanted]
        now = title(w)
        assert now == (wanted if journaled else before), f"point {n}: {now}, journaled: {bool(journaled)}"
        seen["new" if journaled else "old"] += 1
        assert git(w, "status", "--porcelain") == "", f"point {n}: the working tree does not follow"
    w.verify()
    git(w, "fsck", "--strict")
    return f"{killed} kills in a declaration: {seen['old']} old, {seen['new']} rolled forward, 0 torn"


def many(w):
    failures = []
    def write(k):
        for i in range(4):
            got = w.run("repo", "new", "user", f"w{k}x{i}")
            if got.returncode != 0:
                failures.append((got.returncode, got.stderr))
    threads = [threading.Thread(target=write, args=(k,)) for k in range(8)]
    for t in threads: t.start()
    for t in threads: t.join()
    names = {e["name"] for e in json.loads(w.run("repo", "get", "user", "--json", check=True).stdout)}
    lost = [f"w{k}x{i}" for k in range(8) for i in range(4) if f"w{k}x{i}" not in names]
    assert not failures and not lost, (failures, lost)
    assert git(w, "status", "--porcelain") == ""
    w.verify()
    return "8 writers, 32 declarations: 0 lost, 0 busy"


def swaps(w):
    me = w.user()
    path = f"galaxies/w/users/{me}.xml"
    # Killed before the ref moved; then somebody commits another path: ours is laid over it.
    assert w.run("repo", "set", f"user:{me}", "title=over", fault="git.ref=kill").returncode == -9
    w.write("notes.txt", "x"); git(w, "add", "notes.txt"); git(w, "commit", "-qm", "notes")
    w.run("repo", "new", "user", "swap1", check=True)
    assert title(w) == "over" and os.path.exists(w.path("notes.txt"))
    # The same path: a conflict, told once, with a compensating row.
    assert w.run("repo", "set", f"user:{me}", "title=lost", fault="git.ref=kill").returncode == -9
    text = open(w.path(path)).read().replace("over", "theirs")
    w.write(path, text); git(w, "commit", "-qam", "theirs")
    got = w.run("repo", "new", "user", "swap2")
    assert got.returncode == 0 and "taken back" in got.stderr, got.stderr
    last = w.json("log", "--entity", f"user:{me}")[-1]
    assert last["event_type"] == "entity.reverted" and "compensates" in last["reason"], last
    assert title(w) == "theirs"
    # A suspension that was lost does not stay in the record, and can be asked for again.
    w.run("repo", "new", "user", "sue", check=True)
    assert w.run("repo", "set", "user:sue", "state=suspended", fault="git.ref=kill").returncode == -9
    sue = w.path("galaxies/w/users/sue.xml")
    text = open(sue).read().replace("/>", ' title="x"/>')
    open(sue, "w").write(text); git(w, "commit", "-qam", "theirs too")
    w.run("repo", "new", "user", "swap3", check=True)
    assert w.json("record", "show", "user:sue")["state"] == "active"
    w.run("repo", "set", "user:sue", "state=suspended", check=True)
    # A rebased declaration whose process died behind the ref is known again by its message.
    assert w.run("repo", "new", "user", "bob", fault="git.ref=kill").returncode == -9
    w.write("more.txt", "x"); git(w, "add", "more.txt"); git(w, "commit", "-qm", "more")
    w.run("status", check=True)  # the law index follows, so that the next kill hits the checkout
    assert w.run("repo", "new", "user", "carol", fault="os.rename=kill").returncode == -9
    w.run("repo", "new", "user", "dora", check=True)
    assert w.json("record", "show", "user:bob")["state"] == "active"
    assert git(w, "status", "--porcelain") == ""
    # Another branch is checked out meanwhile: the declaration goes where it was made for.
    assert w.run("repo", "new", "user", "eve", fault="git.ref=kill").returncode == -9
    git(w, "checkout", "-qb", "feature")
    w.run("repo", "new", "user", "fred", check=True)
    assert git(w, "status", "--porcelain") == "" and "eve.xml" in git(w, "ls-tree", "-r", "--name-only", "main")
    w.verify()
    return "a lost swap: rebased where other paths moved, told and compensated where the same did"


def main():
    w = Workspace(sys.argv[1])
    for test in (kills, many, swaps):
        print(test(w))


main()
