#!/usr/bin/env python3
"""Whatever somebody changes, deletes, swaps, doubles, adds or cuts in the journal, its side table, its
head, a record or a definition: `tk log verify` exits 8 and names the first row, the record or the
definition that is wrong. One thing passes, as the man page says: the whole tail rewritten (or cut)
together with the head and the records; that is shown, and counted apart."""
import collections, concurrent.futures, os, random, re, shutil, sqlite3, sys, time
from attacks import Same, attacks, chain, consistent, last, rows_of
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
COUNT, CONSISTENT, BYTES = (10_000, 300, 300) if FULL else (450, 16, 30)
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
                return named
            except Same:
                continue
            finally:
                con.close()

    def verify(self):
        return self.w.run("log", "verify", cwd=self.root)


def prepare(w):
    ids = [w.json("record", "new", "counter")["id"] for _ in range(3)]
    for n in range(24):  # every third leaves its record's fields as they were
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
    return last(con), attacks(con)


def main():
    began = time.monotonic()
    w = Workspace(sys.argv[1])
    rows, all_attacks = prepare(w)
    good = os.path.join(w.holder.name, "good.db")
    shutil.copyfile(w.path(".tk/journal.db"), good)
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

    def rewritten(copy, i):
        copy.change(consistent, random.Random(SEED + i))
        got = copy.verify()
        return "consistent", None if got.returncode == 0 else f"{i}: a consistent rewrite was found?! {got.stderr}"

    def run(k):
        one = [tampered(copies[k], i) for i in range(k, COUNT, len(copies))]
        return one + [rewritten(copies[k], i) for i in range(k, CONSISTENT, len(copies))]

    with concurrent.futures.ThreadPoolExecutor(len(copies)) as pool:
        for kind, problem in (r for part in pool.map(run, range(len(copies))) for r in part):
            if problem: missed.append(problem)
            else: found[kind] += 1
    assert not missed, f"{len(missed)} missed or not named:\n" + "\n".join(missed[:40])
    passed = found.pop("consistent")

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
    print(f"{sum(found.values())} changes of {rows} rows, all found and named ({figures}); {passed} consistent rewrites of tail, "
          f"head and records passed, as they must; of {BYTES} flipped bytes {seen[8]} found, {seen[0]} in unused space; "
          f"{time.monotonic() - began:.0f} s")


main()
