#!/usr/bin/env python3
"""Whatever somebody changes, deletes, swaps, doubles, adds or cuts in the journal, its side table, its
head, a record or a definition: `tk log verify` exits 8 and names the first row, the record or the
definition that is wrong. Who rewrites or cuts the whole tail together with head, tree and records, puts an old copy
back, or signs it all with another key, is found by the last checkpoint outside. One thing passes, as the man page
says: what is newer than that checkpoint; it is shown, and counted apart."""
import collections, concurrent.futures, os, random, re, shutil, sqlite3, subprocess, sys, time
from attacks import Same, attacks, chain, consistent, last, rows_of
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
COUNT, CONSISTENT, BYTES = (9_000, 1_000, 300) if FULL else (480, 40, 30)
SEED = 20261124


class Copy:
    def __init__(self, w, good, k):
        self.w, self.good, self.root = w, good, os.path.join(w.holder.name, f"copy{k}")
        shutil.copytree(w.root, self.root)
        self.db = os.path.join(self.root, ".tk/journal.db")

    def fresh(self):
        for ending in ("-wal", "-shm"):
            if os.path.exists(self.db + ending): os.unlink(self.db + ending)
        shutil.copyfile(self.good, self.db)

    def change(self, attack, rng):
        """A fresh copy with the attack carried out; what verify must name."""
        while True:
            self.fresh()
            con = sqlite3.connect(self.db, isolation_level=None)
            con.execute("PRAGMA synchronous=OFF")
            con.execute("BEGIN")
            try:
                named = attack(con, rng)
                con.execute("COMMIT")
                # Where the schema had to be loosened for it, that may be what is named.
                return named if con.execute("SELECT 1 FROM sqlite_schema WHERE name='journal_key'").fetchone() or isinstance(named, int) \
                    else named + ["journal_key"]
            except Same:
                continue
            finally:
                con.close()

    def verify(self, *anchor):
        return self.w.run("log", "verify", *anchor, cwd=self.root)


def prepare(w):
    ids = [w.json("record", "new", "counter")["id"] for _ in range(3)]
    subprocess.run([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")], cwd=w.root, check=True, stdout=subprocess.DEVNULL, text=True,
                   input="".join(f"user:{w.user()} {ids[n % 3]} w{n} tick-w{n}\n" for n in range(250)))  # so that there is a full tile
    for n in range(24):  # every third leaves its record's fields as they were
        if n == 12:
            w.copy(".tk/journal.db", "old.db")
            w.run("log", "checkpoint", check=True)
        w.run("record", "step", ids[n % 3], "tick", f"note=tick-{n // 9}", *(("--key", f"k{n}") if n % 2 else ()), check=True)
    w.run("record", "step", ids[0], "tock")       # failed
    w.run("record", "new", "token", "actor=x")    # denied, a row without side bytes
    w.run("repo", "new", "user", "rita", check=True)
    w.run("record", "step", ids[0], "tick", "--as", "user:rita")  # denied
    w.verify()
    con = sqlite3.connect(w.path(".tk/journal.db"))
    con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kinds = {r[0] for r in con.execute("SELECT DISTINCT kind FROM journal")}
    assert kinds == {"done", "denied", "failed"}, kinds
    previous = bytes(32)
    for row in rows_of(con):
        previous = chain(previous, row)
        assert previous == row["hash"], f"the chain of row {row['seq']} is not what FORMATS.md says"
    note = w.run("log", "checkpoint", check=True).stdout  # of 13 rows more; the one that is kept outside
    w.write("../anchor", note)
    w.write("../key", w.run("log", "checkpoint", "--key", check=True).stdout)
    for n in range(12): w.run("record", "step", ids[n % 3], "tick", f"note=tick-new{n}", check=True)
    con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return last(con), int(note.split("\n")[1]), attacks(con)


def main():
    began = time.monotonic()
    w = Workspace(sys.argv[1])
    rows, anchored, all_attacks = prepare(w)
    good = os.path.join(w.holder.name, "good.db")
    shutil.copyfile(w.path(".tk/journal.db"), good)
    tip = subprocess.run(["git", "rev-parse", "refs/tk/checkpoints"], cwd=w.root, check=True, capture_output=True, text=True).stdout.strip()
    copies = [Copy(w, good, k) for k in range(2)]
    found, missed = collections.Counter(), []

    def tampered(copy, i):
        kind, attack = all_attacks[i % len(all_attacks)]
        named = copy.change(attack, random.Random(SEED + i))
        got = copy.verify()
        by = getattr(attack, "func", attack).__name__ + str(getattr(attack, "args", ""))
        if got.returncode != 8: return kind, f"{i} {by}: {got.returncode}, not 8 {named} {got.stdout}{got.stderr}"
        if not any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", got.stderr) for name in named):
            return kind, f"{i} {by}: {named[:3]} not in {got.stderr}"
        return kind, None

    outside = ("--anchor", os.path.join(w.holder.name, "anchor"), "--key", os.path.join(w.holder.name, "key"))

    def rewritten(copy, i):
        """By somebody who can write every file here, git's too: only the checkpoint that was carried away is left."""
        rng = random.Random(SEED + i)
        way = rng.choice(["rewritten", "signed anew", "put back"])
        if way == "put back":
            copy.fresh()
            shutil.copyfile(os.path.join(w.holder.name, "old.db"), copy.db)
            at = 1
        else: at = copy.change(consistent, rng)
        git = lambda *words: subprocess.run(["git", *words], cwd=copy.root, check=True, capture_output=True)
        key = os.path.join(copy.root, ".tk/keys/journal.key")
        kept = open(key, "rb").read()
        if at > 1:  # what was signed over it goes too
            con = sqlite3.connect(copy.db); con.execute("DELETE FROM checkpoint"); con.commit(); con.close()
        git("update-ref", "-d", "refs/tk/checkpoints")
        try:
            if way == "signed anew":
                with open(key, "wb") as f: f.write(rng.randbytes(32))
                w.run("log", "checkpoint", cwd=copy.root, check=True)
            by_itself, got = copy.verify(), copy.verify(*outside)
        finally:
            with open(key, "wb") as f: f.write(kept)
            git("update-ref", "refs/tk/checkpoints", tip)
        if by_itself.returncode != 0: return way, f"{i} {way} {at}: found without an anchor?! {by_itself.stderr}"
        # Signed anew is found whatever was changed: by its key.
        if at <= anchored or way == "signed anew":
            return way, None if got.returncode == 8 and "checkpoint" in got.stderr else f"{i} {way} row {at} of {anchored}: {got.returncode} {got.stdout}{got.stderr}"
        return "newer", None if got.returncode == 0 else f"{i} newer: {got.stderr}"

    def run(k):
        one = [tampered(copies[k], i) for i in range(k, COUNT, len(copies))]
        return one + [rewritten(copies[k], i) for i in range(k, CONSISTENT, len(copies))]

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        for kind, problem in (r for part in pool.map(run, range(len(copies))) for r in part):
            if problem: missed.append(problem)
            else: found[kind] += 1
    assert not missed, f"{len(missed)} missed or not named:\n" + "\n".join(missed[:40])
    newer = found.pop("newer", 0)

    # A byte of the file itself: found, or harmless because it stands in unused space.
    copy, rng = copies[0], random.Random(SEED)
    told = w.run("log", "--json").stdout
    bytes_, seen = open(good, "rb").read(), collections.Counter()
    for _ in range(BYTES):
        at = rng.randrange(100, len(bytes_))
        broken = bytearray(bytes_); broken[at] ^= 1 << rng.randrange(8)
        copy.fresh()
        with open(copy.db, "wb") as f: f.write(broken)
        got = copy.verify()
        assert got.returncode in (0, 8), f"byte {at}: {got.returncode} {got.stderr}"
        seen[got.returncode] += 1
        if got.returncode == 0:
            assert w.run("log", "--json", cwd=copy.root).stdout == told, f"byte {at} changed the journal unseen"
    figures = ", ".join(f"{kind} {n}" for kind, n in found.items())
    print(f"{sum(found.values())} changes of {rows} rows, all found and named ({figures}); {newer} consistent rewrites of rows newer "
          f"than the last checkpoint outside passed, as they must; of {BYTES} flipped bytes {seen[8]} found, {seen[0]} in unused space; "
          f"{time.monotonic() - began:.0f} s")


main()
