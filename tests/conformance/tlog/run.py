#!/usr/bin/env python3
"""What tk proves is believed by a verifier that shares no code with it (verify.py), and a change of any part is not;
a record as of a row is the fold of its rows, written down here once more."""
import json, os, random, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../fault"))
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
STEPS, PROOFS = (70_000, 400) if FULL else (700, 40)


def judge(key, *words):
    done = subprocess.run([sys.executable, os.path.join(HERE, "verify.py"), key, *words], capture_output=True, text=True)
    return done.returncode == 0


def as_of(rows, id, seq):
    """The fold, from what `tk log --json` tells."""
    out = None
    for r in rows:
        if r["entity_id"] != id or r["kind"] != "done" or r["seq"] > seq: continue
        if r["trigger"] == "new": out = {"version": 0, "fields": {}}
        out["version"] += 1
        out["state"] = r["to_state"]
        for op in r["changes"] or []:
            name = op["path"][1:].replace("~1", "/").replace("~0", "~")
            if op["op"] == "remove": del out["fields"][name]
            else: out["fields"][name] = op["value"]
    return out


def main():
    w, rng = Workspace(sys.argv[1]), random.Random(20261124)
    file = lambda name: os.path.join(w.holder.name, name)
    def keep(name, text):
        with open(file(name), "w", encoding="utf-8") as f: f.write(text)
        return file(name)
    ids = [w.json("record", "new", "counter")["id"] for _ in range(3)]
    writer = os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")
    def write(n, name):
        subprocess.run([writer], cwd=w.root, check=True, stdout=subprocess.DEVNULL, text=True,
                       input="".join(f"user:{w.user()} {ids[i % 3]} {name}{i} {name}-{i // 5}\n" for i in range(n)))
    write(STEPS // 2, "a")
    old = keep("old", w.run("log", "checkpoint", check=True).stdout)
    write(STEPS // 2, "b")
    new = keep("new", w.run("log", "checkpoint", check=True).stdout)
    key = keep("key", w.run("log", "checkpoint", "--key", check=True).stdout)
    sizes = [int(open(f, encoding="utf-8").read().split("\n")[1]) for f in (old, new)]
    assert w.run("log", "verify", "--anchor", old, "--anchor", new, "--key", key).returncode == 0

    # Proofs, and changes of each part of them.
    fooled = 0
    for i in range(PROOFS):
        seq = rng.choice([1, sizes[1], 256, 257, rng.randint(1, sizes[1])])
        p = w.json("log", "prove", str(seq), *(("--checkpoint", new) if i % 2 else ()))
        assert judge(key, "proof", keep("p", json.dumps(p))), f"the proof of row {seq} is not believed"
        part = rng.choice(["row", "path", "checkpoint", "index", "cut"])
        if part == "row": p["row"][rng.choice(["actor_id", "entity_id", "event_type", "reason"])] += "x"
        elif part == "path": h = p["path"][k := rng.randrange(len(p["path"]))]; p["path"][k] = ("B" if h[0] != "B" else "C") + h[1:]
        elif part == "checkpoint":
            lines = p["checkpoint"].split("\n"); lines[rng.choice([1, 2])] = lines[1] + "0"; p["checkpoint"] = "\n".join(lines)
        elif part == "index": p["index"] += 1
        else: p["path"].pop()
        fooled += judge(key, "proof", keep("p", json.dumps(p)))
    assert fooled == 0, f"{fooled} changed proofs were believed"
    assert w.run("log", "prove", str(sizes[0] + 1), "--checkpoint", old).returncode == 2
    # Consistency, forwards only.
    c = w.json("log", "consistency", *map(str, sizes))
    assert judge(key, "consistency", keep("c", json.dumps(c)), old, new)
    assert not judge(key, "consistency", file("c"), new, old)
    c["path"][0] = c["path"][-1] if len(c["path"]) > 1 else "A" * 43 + "="
    assert not judge(key, "consistency", keep("c", json.dumps(c)), old, new)
    # Tiles, and one byte of them.
    w.run("log", "export", "--tiles", file("tiles"), check=True)
    assert judge(key, "tiles", file("tiles"))
    files = [os.path.join(d, f) for d, _, fs in os.walk(file("tiles")) for f in fs]
    for _ in range(10):
        victim = rng.choice(files)
        good = open(victim, "rb").read()
        at = rng.randrange(len(good))
        with open(victim, "wb") as f: f.write(good[:at] + bytes([good[at] ^ 1 << rng.randrange(8)]) + good[at + 1:])
        assert not judge(key, "tiles", file("tiles")), f"{victim} byte {at}"
        with open(victim, "wb") as f: f.write(good)
    # Another's key.
    w2 = Workspace(sys.argv[1])
    w2.run("log", "checkpoint", check=True)
    assert not judge(w2.run("log", "checkpoint", "--key", check=True).stdout, "tiles", file("tiles"))

    rows = w.json("log")
    for _ in range(PROOFS):
        id, seq = rng.choice(ids), rng.randint(1, len(rows))
        want = as_of(rows, id, seq)
        got = w.run("record", "show", id, "--as-of", str(seq), "--json")
        if want is None: assert got.returncode == 2, got.stderr; continue
        got = json.loads(got.stdout)
        assert {k: got[k] for k in want} == want, (seq, got, want)
        when = w.json("record", "show", id, "--as-of", rows[seq - 1]["ts"])  # that time is cut to milliseconds
        assert when["version"] <= want["version"], (when, want)
    now = w.json("record", "show", ids[0])
    assert now == w.json("record", "show", ids[0], "--as-of", str(len(rows)))
    print(f"{len(rows)} rows: {PROOFS} proofs, a consistency proof and {len(files)} files of tiles believed, every change of them refused; "
          f"{PROOFS} records as of a row are the fold of its rows")


main()
