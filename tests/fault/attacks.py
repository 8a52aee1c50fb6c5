"""What the tamper test does to a journal.db: each attack changes the database through `con`, drawing
from `rng`, and gives what `tk log verify` must name, any one of these."""
import functools, hashlib, json, sqlite3

RECORD = ["id", "type", "context", "name", "parent", "version", "state", "definition", "fields", "created_ns", "updated_ns"]


class Same(Exception):
    """The draw left the database as it was: draw again."""


# ---- the chain once more, written down from FORMATS.md, so that a forged row can be made to fit

def chain(previous, row):
    out = b"tk-journal-v1\0" + previous
    for name in ["format", "seq"] + [c for c in row if c not in ("seq", "format", "hash")]:
        v = row[name]
        v = v.to_bytes(8, "big", signed=True) if isinstance(v, int) else v if isinstance(v, bytes) else v.encode()
        out += len(v).to_bytes(8, "big") + v
    return hashlib.sha256(out).digest()


def rows_of(con, where="", *values):
    found = con.execute(f"SELECT * FROM journal {where} ORDER BY seq", values)
    return [dict(zip([c[0] for c in found.description], r)) for r in found]


def last(con):
    return con.execute("SELECT max(seq) FROM journal").fetchone()[0]


def hash_before(con, seq):
    return con.execute("SELECT hash FROM journal WHERE seq=?", (seq - 1,)).fetchone()[0] if seq > 1 else bytes(32)


def write_row(con, row):
    con.execute(f"INSERT INTO journal VALUES ({','.join('?' * len(row))})", list(row.values()))


def relax(con, table):
    """Without NOT NULL and UNIQUE: who can write the file need not obey its schema."""
    con.execute("DROP INDEX IF EXISTS journal_key")
    con.execute("PRAGMA writable_schema=ON")
    con.execute("UPDATE sqlite_schema SET sql=replace(sql,' NOT NULL','') WHERE name=?", (table,))
    con.execute("PRAGMA writable_schema=RESET")


ASIDE = -10**9


def renumber(con, moves):
    """Gives rows and their side bytes other numbers, all at once."""
    for table in ("journal", "side"):
        for old, new in moves:
            con.execute(f"UPDATE {table} SET seq=? WHERE seq=?", (ASIDE - new, old))
        con.execute(f"UPDATE {table} SET seq=? - seq WHERE seq < ? / 2", (ASIDE, ASIDE))


def set_head(con, seq=None, hash=None):
    con.execute("UPDATE meta SET number=coalesce(?,number), bytes=coalesce(?,bytes) WHERE name='head'", (seq, hash))


# ---- one value that is not what it was, by value or by type

def other(rng, v, others):
    blob = isinstance(v, bytes)
    ways = ["null", "type"]
    if isinstance(v, int):
        ways += ["add", "negate", "bit", "junk", "real"]
    else:
        ways += ["flip", "flip", "longer", "shorter", "empty", "theirs", "nul"]
    way = rng.choice(ways)
    if way == "null": return None
    if way == "type": return str(v).encode() if isinstance(v, int) else Text(v) if blob else v.encode()
    if way == "add": return v + rng.choice([-1, 1, 1000, 10**9])
    if way == "negate": return -v
    if way == "bit": return v ^ (1 << rng.randrange(62))
    if way == "junk": return f"{v}x"
    if way == "real": return v + 0.5
    if way == "theirs": return rng.choice(others)
    if way == "empty": return v[:0]
    if way == "shorter": return v[:-1]
    if way == "longer": return v + (b" " if blob else " ")
    if way == "nul": return v + (b"\0" if blob else "\0x")
    if not v: return b"x" if blob else "x"
    at = rng.randrange(len(v))
    return v[:at] + (bytes([v[at] ^ 1 << rng.randrange(8)]) if blob else chr(ord(v[at]) ^ 1)) + v[at + 1:]


class Text:
    """Bytes to be stored as SQLite TEXT, whatever they hold."""
    def __init__(self, data): self.data = data


def put(con, table, column, value, where, *values):
    look = f"SELECT typeof({column}), CAST({column} AS BLOB) FROM {table} WHERE {where}"
    before = con.execute(look, values).fetchone()
    hole, value = ("CAST(? AS TEXT)", value.data) if isinstance(value, Text) else ("?", value)
    change = f"UPDATE {table} SET {column}={hole} WHERE {where}"
    try:
        con.execute(change, (value, *values))
    except sqlite3.IntegrityError as e:
        if "UNIQUE" in str(e) and table == "record": raise Same
        relax(con, table)
        con.execute(change, (value, *values))
    if con.execute("SELECT changes()").fetchone()[0] != 1 or con.execute(look, values).fetchone() == before:
        raise Same


def values_of(con, table, column):
    return [r[0] for r in con.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")]


def some(rng, con, sql):
    found = [r[0] for r in con.execute(sql)]
    return rng.choice(found)


# ---- the attacks: each changes the database and says what verify must name (any one of these)

def column(name, con, rng):
    n = last(con)
    seq = rng.randint(1, n)
    if name != "seq":
        old = con.execute(f"SELECT {name} FROM journal WHERE seq=?", (seq,)).fetchone()[0]
        put(con, "journal", name, other(rng, old, values_of(con, "journal", name)), "seq=?", seq)
        return [f"row {seq}"]
    new = rng.choice([0, -seq, -1, n + 1, n + rng.randint(2, 9), 10**6])
    renumber(con, [(seq, new)]) if rng.random() < 0.5 else con.execute("UPDATE journal SET seq=? WHERE seq=?", (new, seq))
    return [f"row {min(new, seq)}"]


def bytes_changed(con, rng):
    part = rng.choice(["payload", "changes"])
    seq = some(rng, con, f"SELECT seq FROM side WHERE {part} IS NOT NULL")
    old = con.execute(f"SELECT {part} FROM side WHERE seq=?", (seq,)).fetchone()[0]
    put(con, "side", part, other(rng, old, values_of(con, "side", part)), "seq=?", seq)
    return [f"row {seq}"]


def bytes_deleted(con, rng):
    seq = some(rng, con, "SELECT seq FROM side")
    con.execute("DELETE FROM side WHERE seq=?", (seq,))
    return [f"row {seq}"]


def bytes_swapped(con, rng):
    part = rng.choice(["payload", "changes"])
    a, b = sorted(rng.sample([r[0] for r in con.execute("SELECT seq FROM side")], 2))
    x, y = (con.execute(f"SELECT {part} FROM side WHERE seq=?", (s,)).fetchone()[0] for s in (a, b))
    put(con, "side", part, y, "seq=?", a)
    put(con, "side", part, x, "seq=?", b)
    return [f"row {a}"]


def bytes_exchanged(con, rng):
    seq = some(rng, con, "SELECT seq FROM side")
    con.execute("UPDATE side SET payload=changes, changes=payload WHERE seq=?", (seq,))
    return [f"row {seq}"]


def bytes_added(con, rng):
    if rng.random() < 0.5:
        part = rng.choice(["payload", "changes"])
        seq = some(rng, con, f"SELECT seq FROM side WHERE {part} IS NULL" if part == "changes" else
                   "SELECT seq FROM journal WHERE seq NOT IN (SELECT seq FROM side)")
        con.execute("INSERT OR IGNORE INTO side VALUES (?,NULL,NULL)", (seq,))
        con.execute(f"UPDATE side SET {part}=? WHERE seq=?", (rng.choice([b"", b"{}", b"[]", "x"]), seq))
        return [f"row {seq}"]
    seq = rng.choice([0, -3, last(con) + rng.randint(1, 5),
                      some(rng, con, "SELECT seq FROM journal WHERE seq NOT IN (SELECT seq FROM side)")])
    con.execute("INSERT INTO side VALUES (?,?,?)", (seq, rng.choice([None, b"", b"{}"]), rng.choice([None, b"[]"])))
    return [f"row {seq}"]


def bytes_moved(con, rng):
    seq = some(rng, con, "SELECT seq FROM side")
    con.execute("UPDATE side SET seq=? WHERE seq=?", (rng.choice([0, -seq, last(con) + rng.randint(1, 5)]), seq))
    return [f"row {seq}"]


def delete(con, rng):
    n = last(con)
    a = rng.randint(1, n)
    b = min(n, a + rng.choice([0, 0, 1, 3, 10]))
    if b == n and rng.random() < 0.9: raise Same  # that is a cut
    drop(con, rng, a, b)
    return [f"row {a}"]


def delete_first(con, rng):
    drop(con, rng, 1, rng.choice([1, 2, last(con)]))
    return ["row 1"]


def delete_close(con, rng):
    """Deleted, and the rows behind moved up, so that no number is missing."""
    n = last(con)
    a = rng.randint(1, n - 1)
    drop(con, rng, a, a, both=True)
    renumber(con, [(s, s - 1) for s in range(a + 1, n + 1)])
    if rng.random() < 0.5: set_head(con, seq=n - 1)
    return [f"row {a}"]


def drop(con, rng, a, b, both=False):
    con.execute("DELETE FROM journal WHERE seq BETWEEN ? AND ?", (a, b))
    if both or rng.random() < 0.5: con.execute("DELETE FROM side WHERE seq BETWEEN ? AND ?", (a, b))


def swap(con, rng):
    n = last(con)
    a = rng.randint(1, n - 1)
    b = rng.choice([a + 1, rng.randint(a + 1, n)])
    if rng.random() < 0.5:
        renumber(con, [(a, b), (b, a)])
    else:  # everything but number and hash
        relax(con, "journal")
        x, y = rows_of(con, "WHERE seq IN (?,?)", a, b)
        con.execute("DELETE FROM journal WHERE seq IN (?,?)", (a, b))
        write_row(con, dict(x, seq=b, hash=y["hash"])); write_row(con, dict(y, seq=a, hash=x["hash"]))
    return [f"row {a}"]


def rotate(con, rng):
    n = last(con)
    a = rng.randint(1, n - 2)
    b = rng.randint(a + 2, n)
    renumber(con, [(s, s + 1 if s < b else a) for s in range(a, b + 1)])
    return [f"row {a}"]


def duplicate(con, rng):
    n = last(con)
    copied = rows_of(con, "WHERE seq=?", rng.randint(1, n))[0]
    at = rng.choice([n + 1, rng.randint(1, n), rng.choice([0, -1, -7])])
    relax(con, "journal")
    if 1 <= at <= n: renumber(con, [(s, s + 1) for s in range(at, n + 1)])
    write_row(con, dict(copied, seq=at))
    con.execute("INSERT OR REPLACE INTO side SELECT ?, payload, changes FROM side WHERE seq=?",
                (at, copied["seq"] + (1 <= at <= copied["seq"])))
    if rng.random() < 0.5: set_head(con, seq=n + 1)
    return [f"row {at + (at == copied['seq'])}"]  # in its own place the copy fits, and the row behind it does not


def forge(con, rng):
    """A row with its own consistent hash between two others: the row behind it does not fit any more."""
    n = last(con)
    at = rng.randint(1, n)
    row = forged(con, rng, at)
    renumber(con, [(s, s + 1) for s in range(at, n + 1)])
    write_row(con, row)
    if rng.random() < 0.5: set_head(con, seq=n + 1)
    return [f"row {at + 1}"]


def forge_over(con, rng):
    """A row replaced by another with a consistent hash."""
    at = rng.randint(1, last(con))
    row = forged(con, rng, at)
    con.execute("DELETE FROM journal WHERE seq=?", (at,)); con.execute("DELETE FROM side WHERE seq=?", (at,))
    write_row(con, row)
    return [f"row {at + 1}"]


def forge_outside(con, rng):
    """Before the first row or behind the last; there also with the head's number, not its hash."""
    n = last(con)
    at = rng.choice([0, -1, -rng.randint(2, 99), n + 1, n + 1])
    write_row(con, forged(con, rng, at))
    if at > 0 and rng.random() < 0.5: set_head(con, seq=at)
    return [f"row {at}"]


def forged(con, rng, at):
    row = dict(rng.choice(rows_of(con)), seq=at, id="0192f3aa-0000-7000-8000-%012x" % rng.randrange(2**48), actor_id="mallory",
               payload_digest=b"", changes_digest=b"", idempotency_key=rng.choice(["", "forged"]))
    return dict(row, hash=chain(hash_before(con, at), row))


def cut(con, rng):
    at = rng.randint(1, last(con))
    con.execute("DELETE FROM journal WHERE seq>=?", (at,))
    if rng.random() < 0.5: con.execute("DELETE FROM side WHERE seq>=?", (at,))
    return [f"row {at}"]


def cut_and_count(con, rng):
    named = cut(con, rng)
    set_head(con, seq=int(named[0][4:]) - 1)
    return named


def head_hash(con, rng):
    put(con, "meta", "bytes", other(rng, values_of(con, "meta", "bytes")[0], values_of(con, "journal", "hash")), "name='head'")
    return [f"row {last(con)}"]


def head_number(con, rng):
    n = last(con)
    way = rng.choice(["less", "more", "type", "gone"])
    if way == "gone": con.execute("DELETE FROM meta WHERE name='head'")
    elif way == "type": put(con, "meta", "number", rng.choice([f"{n}x", n + 0.5, str(n).encode(), None]), "name='head'")
    else: set_head(con, seq=n - rng.randint(1, n) if way == "less" else n + rng.randint(1, 9))
    now = con.execute("SELECT number FROM meta WHERE name='head'").fetchone()
    return [f"row {now[0] + 1}" if way == "less" else f"row {n + 1}" if way == "more" else f"row {n}"]


def record(name, con, rng):
    id = some(rng, con, "SELECT id FROM record")
    old = con.execute(f"SELECT {name} FROM record WHERE id=?", (id,)).fetchone()[0]
    new = id[:-1] + chr(ord(id[-1]) ^ 1)
    if name == "id": con.execute("UPDATE record SET id=? WHERE id=?", (rng.choice([new, id.encode(), ""]), id))
    else: put(con, "record", name, other(rng, old, values_of(con, "record", name)), "id=?", id)
    return [f"record {id}", f"record {new}"]


def record_deleted(con, rng):
    id = some(rng, con, "SELECT id FROM record")
    con.execute("DELETE FROM record WHERE id=?", (id,))
    return [f"record {id}"]


def record_added(con, rng):
    row = list(con.execute("SELECT * FROM record WHERE id=?", (some(rng, con, "SELECT id FROM record"),)).fetchone())
    row[0] = rng.choice([row[0].encode(), "0192f3aa-0000-7000-8000-%012x" % rng.randrange(2**48)])
    con.execute(f"INSERT INTO record VALUES ({','.join('?' * len(row))})", row)
    return [f"record {row[0] if isinstance(row[0], str) else row[0].decode()}"]


def records_swapped(con, rng):
    a, b = rng.sample([r[0] for r in con.execute("SELECT id FROM record")], 2)
    for new, old in (("-", a), (a, b), (b, "-")):
        con.execute("UPDATE record SET id=? WHERE id=?", (new, old))
    return [f"record {a}", f"record {b}"]


def pinned(con, rng):
    hash = some(rng, con, "SELECT hash FROM definition")
    return hash, [f"definition {hash}"] + [f"record {r[0]}" for r in con.execute("SELECT id FROM record WHERE definition=?", (hash,))]


def definition(name, con, rng):
    hash, named = pinned(con, rng)
    old = con.execute(f"SELECT {name} FROM definition WHERE hash=?", (hash,)).fetchone()[0]
    try:
        put(con, "definition", name, other(rng, old, values_of(con, "definition", name)), "hash=?", hash)
    except (Same, sqlite3.IntegrityError):
        if name != "hash" or con.execute("SELECT 1 FROM definition WHERE hash=?", (hash,)).fetchone(): raise Same
    return named


def definition_deleted(con, rng):
    hash, named = pinned(con, rng)
    con.execute("DELETE FROM definition WHERE hash=?", (hash,))
    return named


def definition_added(con, rng):
    hash, _ = pinned(con, rng)
    type, text = con.execute("SELECT type, text FROM definition WHERE hash=?", (hash,)).fetchone()
    new = rng.choice([hash.encode(), hashlib.sha256(text.encode() + b"\n").hexdigest(), "0" * 64])
    con.execute("INSERT INTO definition VALUES (?,?,?)", (new, type, text + "\n"))
    return [f"definition {new if isinstance(new, str) else new.decode()}"]


def trigger(con, rng):
    name = rng.choice(["journal_insert", "t"])
    con.execute(f"CREATE TRIGGER {name} AFTER INSERT ON journal BEGIN DELETE FROM outbox; END")
    return [f"trigger {name}"]


# ---- the tree and the checkpoints

def tree_changed(con, rng):
    """A hash of it, or a part of it, without a row."""
    n = last(con)
    table, key, value = rng.choice([("leaf", "seq", "hash"), ("tile", "at", "hashes")])
    at = some(rng, con, f"SELECT {key} FROM {table}")
    way = rng.choice(["other", "gone", "moved", "added"])
    if way == "other": put(con, table, value, other(rng, con.execute(f"SELECT {value} FROM {table} WHERE {key}=?", (at,)).fetchone()[0],
                                                    values_of(con, table, value)), f"{key}=?", at)
    elif way == "gone": con.execute(f"DELETE FROM {table} WHERE {key}=?", (at,))
    elif way == "moved": con.execute(f"UPDATE {table} SET {key}=? WHERE {key}=?", (rng.choice([-1, 10**7]), at))
    else: con.execute(f"INSERT INTO {table} VALUES (?,?)", (rng.choice([-1, n + 1, 10**7]), bytes(32)))
    return ["tree", "tile"]


def checkpoint_changed(con, rng):
    size = some(rng, con, "SELECT size FROM checkpoint")
    note = con.execute("SELECT note FROM checkpoint WHERE size=?", (size,)).fetchone()[0]
    lines = note.split("\n")
    way = rng.choice(["flip", "size", "root", "moved", "unsigned"])
    if way == "flip":
        at = rng.randrange(len(note))
        lines = (note[:at] + chr(ord(note[at]) ^ 1) + note[at + 1:]).split("\n")
    elif way == "size": lines[1] = str(size - 1)
    elif way == "root": lines[2] = "A" * 43 + "="
    elif way == "unsigned": lines = lines[:4] + [""]
    if way == "moved": con.execute("UPDATE checkpoint SET size=? WHERE size=?", (size + 1, size))
    else: put(con, "checkpoint", "note", "\n".join(lines), "size=?", size)
    return ["checkpoint"]


def index_only(con, rng):
    """An entry of an index, which SQLite has the shape of a table without rowid: no row changes, but queries miss it."""
    name, column = rng.choice([("journal_entity", "entity_id"), ("journal_trace", "trace_id"), ("journal_actor", "actor_id"),
                               ("journal_key", "idempotency_key"), ("record_name", "type, name")])
    row = con.execute("SELECT type, tbl_name, sql FROM sqlite_schema WHERE name=?", (name,)).fetchone()
    columns = ", ".join(f"c{i}" for i in range(len(column.split(",")) + 1))
    def define(*values):
        con.execute("PRAGMA writable_schema=ON")
        con.execute("UPDATE sqlite_schema SET type=?, tbl_name=?, sql=? WHERE name=?", (*values, name))
        con.execute("PRAGMA writable_schema=RESET")
    define("table", name, f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({columns})) WITHOUT ROWID")
    entries = con.execute(f"SELECT * FROM {name}").fetchall()
    victim = rng.choice(entries)
    where = " AND ".join(f"{c.strip()}=?" for c in columns.split(","))
    way = rng.choice(["gone", "other", "added"])
    if way != "added": con.execute(f"DELETE FROM {name} WHERE {where}", victim)
    if way != "gone":
        made = (rng.choice(["zz", victim[0][:-1], victim[0].encode()]), *victim[1:-1], victim[-1])
        con.execute(f"INSERT INTO {name} VALUES ({','.join('?' * len(made))})", made)
    define(*row)
    return ["index", "damaged"]


def attacks(con):
    columns = [r[1] for r in con.execute("PRAGMA table_info(journal)")]
    out = [("column", functools.partial(column, c)) for c in columns]
    out += [("record", functools.partial(record, c)) for c in RECORD]
    out += [("definition", functools.partial(definition, c)) for c in ("hash", "type", "text")]
    for kind, functions in {
            "side": (bytes_changed, bytes_changed, bytes_deleted, bytes_swapped, bytes_exchanged, bytes_added, bytes_added, bytes_moved),
            "delete": (delete, delete, delete_first, delete_close), "swap": (swap, swap, rotate),
            "duplicate": (duplicate, duplicate), "insert": (forge, forge, forge_over, forge_outside),
            "cut": (cut, cut_and_count), "head": (head_hash, head_number),
            "record": (record_deleted, record_added, records_swapped),
            "definition": (definition_deleted, definition_added), "trigger": (trigger,),
            "tree": (tree_changed, tree_changed, tree_changed), "checkpoint": (checkpoint_changed, checkpoint_changed),
            "index": (index_only, index_only, index_only)}.items():
        out += [(kind, f) for f in functions]
    return out


# ---- what nothing inside the file can show

def consistent(con, rng):
    """The tail from some row on is rewritten or cut, with the head, the tree and every record that follows from it; which row."""
    n = last(con)
    at = rng.randint(2, n)
    if rng.random() < 0.5:
        con.execute("DELETE FROM journal WHERE seq>=?", (at,)); con.execute("DELETE FROM side WHERE seq>=?", (at,))
    else:
        name = rng.choice(["actor_id", "reason", "trace_id", "rule_id", "sponsor"])
        con.execute(f"UPDATE journal SET {name}='mallory' WHERE seq=?", (at,))
        told = con.execute("SELECT payload, changes FROM side WHERE seq=?", (at,)).fetchone()
        if told and told[1] and b"tick-" in told[0]:  # another note was never written down
            con.execute("UPDATE side SET payload=?, changes=? WHERE seq=?", (*(t.replace(b"tick-", b"tock-") for t in told), at))
    previous = bytes(32)
    for row in rows_of(con):
        for part in ("payload", "changes"):
            told = con.execute(f"SELECT {part} FROM side WHERE seq=?", (row["seq"],)).fetchone()
            row[f"{part}_digest"] = hashlib.sha256(told[0]).digest() if told and told[0] else b""
        previous = chain(previous, row)
        con.execute("UPDATE journal SET payload_digest=?, changes_digest=?, hash=? WHERE seq=?",
                    (row["payload_digest"], row["changes_digest"], previous, row["seq"]))
    set_head(con, last(con), previous)
    refold(con)
    replant(con)
    return at


def replant(con):
    """The tree once more, from the rows."""
    con.execute("DELETE FROM leaf"); con.execute("DELETE FROM tile")
    level, below = 0, []
    for row in rows_of(con):
        out = b"\0"
        for v in (row[name] for name in ["format", "seq"] + [c for c in row if c not in ("seq", "format", "hash")]):
            v = v.to_bytes(8, "big", signed=True) if isinstance(v, int) else v if isinstance(v, bytes) else v.encode()
            out += len(v).to_bytes(8, "big") + v
        below.append(hashlib.sha256(out).digest())
    full = len(below) // 256 * 256
    for i in range(full, len(below)): con.execute("INSERT INTO leaf VALUES (?,?)", (i + 1, below[i]))
    below = below[:full]
    while below:
        above = []
        for n in range(0, len(below), 256):
            tile = below[n:n + 256]
            con.execute("INSERT INTO tile VALUES (?,?)", ((level << 48) + n // 256, b"".join(tile)))
            while len(tile) > 1 and len(below[n:n + 256]) == 256: tile = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(tile[::2], tile[1::2])]
            if len(below[n:n + 256]) == 256: above.append(tile[0])
        level, below = level + 1, above


def refold(con):
    states = {}
    for seq, id, trigger, to, ts, changes in con.execute(
            "SELECT j.seq, entity_id, trigger, to_state, ts_ns, changes FROM journal j LEFT JOIN side s USING (seq) "
            "WHERE kind='done' ORDER BY j.seq"):
        r = states.setdefault(id, {"version": 0, "fields": {}})
        r.update(version=r["version"] + 1, state=to, updated=ts)
        for op in json.loads(changes or b"[]"):
            r["fields"][op["path"][1:]] = op["value"]
    for id, in con.execute("SELECT id FROM record").fetchall():
        if id not in states: con.execute("DELETE FROM record WHERE id=?", (id,))
    for id, r in states.items():
        con.execute("UPDATE record SET version=?, state=?, fields=?, updated_ns=? WHERE id=?",
                    (r["version"], r["state"], json.dumps(r["fields"], separators=(",", ":"), sort_keys=True, ensure_ascii=False),
                     r["updated"], id))
    con.execute("DELETE FROM definition WHERE hash NOT IN (SELECT definition FROM record)")
