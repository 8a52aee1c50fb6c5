#!/usr/bin/env python3
"""kill -9 at random points of a workflow: every run resumes to the same result, no step that was
journaled as completed runs again, and the chain verifies."""
import json, os, random, sys
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))


def finish(w, run_file):
    """Answers and resumes until the run is done; its shown form."""
    if not os.path.exists(run_file):
        return None
    run = open(run_file).read().strip()
    for _ in range(10):
        shown = w.json("wot", "show", run)
        if shown["state"] == "done":
            return shown
        for cast in w.json("wot", "inbox"):
            if cast["run"] == run:
                w.run("wot", "answer", run, "gate", "approve", check=True)
        got = w.run("wot", "resume", run)
        assert got.returncode in (0, 5), f"resume: {got.returncode} {got.stderr}"
    raise AssertionError("the run does not end")


def essence(shown):
    return json.dumps([shown["output"], sorted((s["step"], s["agent"], s["iteration"], s["state"], json.dumps(s["output"]))
                                               for s in shown["steps"]),
                       [(c["cast"], c["state"], c["answer"]) for c in shown["casts"]]])


def main():
    w = Workspace(sys.argv[1], workflow=True)
    run_file = w.path(".tk/run-id")
    start = ("wot", "run", "chain", "--input", "n=1", "--run-file", run_file)
    got = w.run(*start)
    assert got.returncode == 5, got.stderr
    reference = essence(finish(w, run_file))
    points = 1
    while w.run(*start, fault=f"*:{points}=kill").returncode == -9:
        points += 25
    random.seed(20261122)
    killed = resumed = 0
    for _ in range(500 if FULL else 40):
        if os.path.exists(run_file):
            os.unlink(run_file)
        killed += w.run(*start, fault=f"*:{random.randint(1, points)}=kill").returncode == -9
        if not os.path.exists(run_file):
            continue
        run = open(run_file).read().strip()
        if random.random() < 0.5:  # kill the resume too
            w.run("wot", "resume", run, fault=f"*:{random.randint(1, points)}=kill")
        completed = {s["id"]: s["attempt"] for s in w.json("wot", "show", run)["steps"] if s["state"] == "done"}
        shown = finish(w, run_file)
        assert essence(shown) == reference, f"another result: {essence(shown)}\n{reference}"
        for s in shown["steps"]:
            if s["id"] in completed:
                assert s["attempt"] == completed[s["id"]], f"{s['step']} ran again"
        resumed += 1
    w.verify()
    live = [t for t in w.json("record", "list", "token") if t["state"] == "live"]
    # A token of a run that was abandoned before its id was known dies by its expiry; others are dead.
    print(f"{points} points, {killed} kills, {resumed} runs resumed to the same result, {len(live)} tokens left to expire")


if __name__ == "__main__":
    main()
