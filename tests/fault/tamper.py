#!/usr/bin/env python3
"""A flipped byte, a deleted row, two swapped rows, a cut tail: `tk log verify` exits 8 and names the row."""
import os, random, shutil, sqlite3, sys
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
TEXTS = ["trace_id", "actor_id", "entity_id", "event_type", "trigger", "from_state", "to_state", "rule_id", "kind"]


def main():
    w = Workspace(sys.argv[1])
    record = w.json("record", "new", "counter")["id"]
    for n in range(20):
        w.run("record", "step", record, "tick", f"note={n}", check=True)
    w.verify()
    db = w.path(".tk/journal.db")
    good = db + ".good"
    con = sqlite3.connect(db); con.execute("PRAGMA wal_checkpoint(TRUNCATE)"); con.close()
    shutil.copy(db, good)
    rows = sqlite3.connect(good).execute("SELECT count(*) FROM journal").fetchone()[0]
    random.seed(4)

    def tampered(change):
        shutil.copy(good, db)
        for ending in ("-wal", "-shm"):
            if os.path.exists(db + ending): os.unlink(db + ending)
        con = sqlite3.connect(db)
        named = change(con)
        con.commit(); con.close()
        got = w.run("log", "verify")
        assert got.returncode == 8, f"{change.__name__}: {got.returncode} {got.stdout}{got.stderr}"
        assert named is None or str(named) in got.stderr, f"{change.__name__}: {named} not in {got.stderr}"

    def flip(con):
        seq, column = random.randint(1, rows), random.choice(TEXTS)
        text = con.execute(f"SELECT {column} FROM journal WHERE seq=?", (seq,)).fetchone()[0] or "a"
        at = random.randrange(len(text))
        con.execute(f"UPDATE journal SET {column}=? WHERE seq=?",
                    (text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1:] if text else "x", seq))
        return f"row {seq}"

    def flip_payload(con):
        seq = random.choice([r[0] for r in con.execute("SELECT seq FROM side WHERE payload IS NOT NULL")])
        con.execute("UPDATE side SET payload = payload || x'20' WHERE seq=?", (seq,))
        return f"row {seq}"

    def delete(con):
        seq = random.randint(1, rows - 1)
        con.execute("DELETE FROM journal WHERE seq=?", (seq,))
        return f"row {seq} is missing"

    def swap(con):
        a = random.randint(1, rows - 1)
        for old, new in ((a, -1), (a + 1, a), (-1, a + 1)):
            con.execute("UPDATE journal SET seq=? WHERE seq=?", (new, old))
            con.execute("UPDATE side SET seq=? WHERE seq=?", (new, old))
        return f"row {a}"

    def cut(con):
        seq = random.randint(2, rows)
        con.execute("DELETE FROM journal WHERE seq>=?", (seq,))
        con.execute("DELETE FROM side WHERE seq>=?", (seq,))
        return str(seq)

    def state(con):
        con.execute("UPDATE record SET state='off' WHERE id=?", (record,))
        return record

    def lost_record(con):
        con.execute("DELETE FROM record WHERE id=?", (record,))

    count = 0
    for change in (flip, flip_payload, delete, swap, cut, state, lost_record):
        for _ in range(100 if FULL else 6):
            tampered(change)
            count += 1
    # A byte of the file itself: found, or harmless because it stands in unused space.
    found = harmless = 0
    bytes_ = open(good, "rb").read()
    before = w.run("log", "--json").stdout
    for _ in range(300 if FULL else 30):
        at = random.randrange(100, len(bytes_))
        broken = bytearray(bytes_); broken[at] ^= 1 << random.randrange(8)
        for ending in ("-wal", "-shm"):
            if os.path.exists(db + ending): os.unlink(db + ending)
        open(db, "wb").write(broken)
        got = w.run("log", "verify")
        assert got.returncode in (0, 8), f"byte {at}: {got.returncode} {got.stderr}"
        found += got.returncode == 8
        if got.returncode == 0:
            assert w.run("log", "--json").stdout == before, f"byte {at} changed the journal unseen"
            harmless += 1
    print(f"{count} changes found and named; of random flipped bytes {found} found, {harmless} in unused space")


main()
