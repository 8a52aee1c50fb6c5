#!/usr/bin/env python3
"""A law drafted from a run allows exactly what the run used, nothing else, and passes a test of each use.

  law_draft.py TK
"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from workspace import Workspace  # noqa: E402


def law_of(w, folder, files):
    """The workspace's organisation with no other law than these files."""
    root = os.path.join(w.holder.name, folder)
    shutil.copytree(w.root, root, ignore=shutil.ignore_patterns(".tk", ".git", "wots", "templates"))
    for kind in ("rules", "grants", "roles"):
        shutil.rmtree(os.path.join(root, "galaxies/w", kind), ignore_errors=True)
    for path, text in files.items():
        path = os.path.join(root, "galaxies/w", path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write(text)
    return root


def main():
    w = Workspace(os.path.abspath(sys.argv[1]), workflow=True)
    run_file = w.path(".tk/run-id")
    assert w.run("wot", "run", "chain", "--input", "n=1", "--run-file", run_file).returncode == 5
    run = open(run_file).read().strip()
    w.run("wot", "answer", run, "gate", "approve", check=True)
    w.run("wot", "resume", run, check=True)
    draft = w.run("law", "draft", "--from", run, check=True).stdout
    used = {(u["actor"], a, u["resource"]) for u in w.json("law", "draft", "--from", run)["used"] for a in u["actions"]}
    files = dict(re.findall(r"<!-- (\S+) -->\n(.*?)(?=<!--|\Z)", draft, re.S))
    nothing, drafted = law_of(w, "nothing", {}), law_of(w, "drafted", files)
    found = w.json("law", "diff", nothing, drafted)
    allowed = {(c["actor"], c["action"], c["resource"]) for c in found["newly_allowed"] + found["undeclared"]}
    print(f"a run of {len(used)} uses: the draft allows {len(allowed)}, {len(allowed - used)} too many, {len(used - allowed)} too few")
    for one in sorted((allowed ^ used))[:10]:
        print("  ", *one)
    # In force it lets the same questions through, and its own tests pass.
    for kind in ("rules", "grants", "roles"):
        shutil.rmtree(w.path("galaxies/w/" + kind))
        shutil.copytree(os.path.join(drafted, "galaxies/w", kind), w.path("galaxies/w/" + kind))
    os.makedirs(w.path("tests/law"))
    w.write("tests/law/draft.jsonl", "".join(json.dumps({"actor": a, "action": b, "resource": c, "expect": "allow"}) + "\n" for a, b, c in sorted(used)))
    git = ["git", "-C", w.root, "-c", "user.name=t", "-c", "user.email=t@localhost"]
    subprocess.run(git + ["add", "-A"], check=True)
    subprocess.run(git + ["commit", "-qm", "the draft in force"], check=True)
    tests = w.run("law", "test", "--strict")
    print(tests.stdout.strip())
    return 1 if allowed != used or not used or tests.returncode else 0


sys.exit(main())
