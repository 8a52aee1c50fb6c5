#!/usr/bin/env python3
"""A rule that limits by history, and a process killed at each point of the write path: whatever it leaves, the limit
holds to the row, because the count and the rows are one commit. And a draft allows exactly what was done.

  history.py TK
"""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from workspace import Workspace  # noqa: E402

POINTS = [f"step.{n}" for n in range(1, 11)] + ["commit.row", "commit.state", "commit.outbox", "commit.tally", "commit.flush",
                                                "commit.settle", "db.write", "db.sync"]
ROUNDS = 5 if os.environ.get("TK_FULL") else 1
LIMIT = 4


def done_rows(w, record):
    return len([r for r in w.json("log", "--entity", record) if r["trigger"] == "tick" and r["kind"] == "done"])


def kills(tk):
    w = Workspace(tk)
    w.run("repo", "new", "rule", "few", "effect=forbid", "role=role:owner", "actions=counter.tick", "resource=**",
          f"when=count('counter.tick', 'resource') >= {LIMIT}", check=True)
    wrong = killed = 0
    for _ in range(ROUNDS):
        for point in POINTS:
            record = w.json("record", "new", "counter", "note=a")["id"]
            w.run("record", "step", record, "tick", "note=before", check=True)
            killed += w.run("record", "step", record, "tick", "note=b", fault=f"{point}=kill").returncode in (-9, 137)
            for _ in range(LIMIT + 2):
                may = w.run("law", "can", w.json("status")["actor"], "counter.tick", "counter:w/" + record).returncode == 0
                before = done_rows(w, record)
                went = w.run("record", "step", record, "tick", "note=c").returncode == 0
                if not may == went == (before < LIMIT):
                    wrong += 1
                    print(f"{point}: {before} rows, may {may}, went {went}")
            if done_rows(w, record) != LIMIT:
                wrong += 1
                print(f"{point}: {done_rows(w, record)} rows in the end, not {LIMIT}")
    print(f"{len(POINTS)} points, {killed} kills, each followed by decisions: {wrong} wrong")
    return wrong or killed < len(POINTS) // 2


def main():
    sys.exit(1 if kills(os.path.abspath(sys.argv[1])) else 0)


main()
