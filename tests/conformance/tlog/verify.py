#!/usr/bin/env python3
"""An independent verifier of tk's journal proofs: written from RFC 9162, RFC 8032 and the C2SP documents tlog-checkpoint,
signed-note and tlog-tiles; it shares no code with tk. Everything is judged by the key that is given, nothing else.

  verify.py KEY proof PROOF.json           `tk log prove SEQ --json`: row -> leaf -> path -> root -> signature
  verify.py KEY tiles DIR                  `tk log export --tiles DIR`: every row, every tile, the root, the signature
  verify.py KEY consistency PROOF.json OLD NEW   `tk log consistency`, between two signed checkpoints
KEY is what `tk log checkpoint --key` prints, or a file of it. Exit 0, or 1 and a line that says why."""
import base64, hashlib, json, os, sys

FIELDS = """format seq id ts_ns trace_id span_id parent_span_id actor_kind actor_id on_behalf_of sponsor borrow_id context_path
entity_type entity_id event_type trigger from_state to_state payload_digest changes_digest reason rule_id permission_mode decision
origin_node kind policy_hash labels idempotency_key""".split()


class Wrong(Exception): pass
def need(good, why):
    if not good: raise Wrong(why)
def sha(b): return hashlib.sha256(b).digest()
def leaf(entry): return sha(b"\0" + entry)
def node(a, b): return sha(b"\1" + a + b)
def unb64(text): return base64.b64decode(text, validate=True)


def entry_of(row):
    """The bytes of a row, from its fields."""
    out = b""
    for name in FIELDS:
        v = row[name]
        v = v.to_bytes(8, "big", signed=True) if isinstance(v, int) else bytes.fromhex(v) if name.endswith("_digest") else v.encode()
        out += len(v).to_bytes(8, "big") + v
    return out


def ed25519(public, message, signature):
    """RFC 8032 section 5.1.7, by the textbook."""
    p, q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
    d = -121665 * pow(121666, p - 2, p) % p
    def add(a, b):
        (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
        A, B, C, D = (y1 - x1) * (y2 - x2) % p, (y1 + x1) * (y2 + x2) % p, 2 * t1 * t2 * d % p, 2 * z1 * z2 % p
        E, F, G, H = B - A, D - C, D + C, B + A
        return E * F % p, G * H % p, F * G % p, E * H % p
    def times(n, a):
        out = (0, 1, 1, 0)
        while n:
            if n & 1: out = add(out, a)
            a, n = add(a, a), n >> 1
        return out
    def point(b):
        n = int.from_bytes(b, "little"); y, sign = n & (1 << 255) - 1, n >> 255
        if y >= p: return None
        x2 = (y * y - 1) * pow(d * y * y + 1, p - 2, p) % p
        x = pow(x2, (p + 3) // 8, p)
        if (x * x - x2) % p: x = x * pow(2, (p - 1) // 4, p) % p
        if (x * x - x2) % p or (x == 0 and sign): return None
        if x & 1 != sign: x = p - x
        return x, y, 1, x * y % p
    base = point((4 * pow(5, p - 2, p) % p).to_bytes(32, "little"))
    A, R, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or not A or not R or s >= q: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % q
    a, b = times(s, base), add(R, times(h, A))
    return (a[0] * b[2] - b[0] * a[2]) % p == 0 and (a[1] * b[2] - b[1] * a[2]) % p == 0


def open_note(note, key):
    """The size and root of a checkpoint that the key signed."""
    name, id, public = key.strip().split("+", 2)
    public = unb64(public)
    need(len(public) == 33 and public[0] == 1, "the key is not Ed25519")
    need(sha(name.encode() + b"\n" + public)[:4].hex() == id, "the key's id does not fit it")
    body, _, lines = note.rpartition("\n\n")
    body += "\n"
    for line in lines.splitlines():
        dash, signer, signature = line.split(" ")
        signature = unb64(signature)
        if dash != "\u2014" or signer != name or signature[:4].hex() != id: continue
        need(ed25519(public[1:], body.encode(), signature[4:]), "the signature is wrong")
        origin, size, root = body.split("\n")[:3]
        need(origin == name and size.isdigit(), "the checkpoint is of another journal")
        return int(size), unb64(root)
    raise Wrong("not signed by this key")


def proof(p, key):
    size, root = open_note(p["checkpoint"], key)
    entry, index = entry_of(p["row"]), p["index"]
    need(base64.b64encode(entry).decode() == p["entry"] and p["row"]["seq"] == p["seq"] == index + 1, "the row is not the entry")
    need(0 <= index < size and p["size"] == size, "the index is outside of the tree")
    fn, sn, r = index, size - 1, leaf(entry)
    need(base64.b64encode(r).decode() == p["leaf"], "the leaf is not the row's")
    for h in map(unb64, p["path"]):
        need(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            r = node(h, r)
            while not fn & 1 and fn: fn, sn = fn >> 1, sn >> 1
        else: r = node(r, h)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and r == root, "the path does not lead to the signed root")
    return f"row {p['seq']} of {size}"


def consistency(p, old_note, new_note, key):
    (m, old), (n, new) = open_note(old_note, key), open_note(new_note, key)
    path = [unb64(h) for h in p["path"]]
    need((p["old"], p["new"]) == (m, n) and 0 < m <= n, "the proof is of other sizes")
    if m == n: need(old == new and not path, "one size, two roots"); return f"{m} rows, the same tree"
    fn, sn = m - 1, n - 1
    while fn & 1: fn, sn = fn >> 1, sn >> 1
    if m & (m - 1) == 0: path.insert(0, old)
    fr = sr = path[0]
    for h in path[1:]:
        need(sn > 0, "the path is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(h, fr), node(h, sr)
            while not fn & 1 and fn: fn, sn = fn >> 1, sn >> 1
        else: sr = node(sr, h)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0 and (fr, sr) == (old, new), "the bigger tree does not begin with the smaller one")
    return f"{m} rows are the beginning of {n}"


def tiles(folder, key):
    def path(kind, n, width):
        words = [f"{n % 1000:03}"]
        while n := n // 1000: words.insert(0, f"x{n % 1000:03}")
        return os.path.join(folder, "tile", kind, *words) + ("" if width == 256 else f".p/{width}")
    size, root = open_note(open(os.path.join(folder, "checkpoint"), encoding="utf-8").read(), key)
    hashes = []
    for n in range((size + 255) // 256):
        width, at = min(256, size - n * 256), 0
        bundle = open(path("entries", n, width), "rb").read()
        for i in range(width):
            length = int.from_bytes(bundle[at:at + 2], "big")
            entry, at = bundle[at + 2:at + 2 + length], at + 2 + length
            # format and number stand first, each as 8 bytes behind the length 8
            need(entry[24:32] == (n * 256 + i + 1).to_bytes(8, "big"), f"entry {n * 256 + i} has another number")
            hashes.append(leaf(entry))
        need(at == len(bundle), f"bundle {n} has bytes too many")
    level, below = 0, hashes
    def fold(h):
        while len(h) > 1: h = [node(*h[i:i + 2]) if i + 1 < len(h) else h[i] for i in range(0, len(h), 2)]
        return h[0]
    while below:
        for n in range(0, len(below), 256):
            need(open(path(str(level), n // 256, min(256, len(below) - n)), "rb").read() == b"".join(below[n:n + 256]), f"tile {level}/{n // 256}")
        below, level = [fold(below[i:i + 256]) for i in range(0, len(below) - 255, 256)], level + 1
    need(fold(hashes) == root, "the rows do not give the signed root")
    return f"{size} rows in {level} levels of tiles"


def main(key, what, *files):
    read = lambda f: open(f, encoding="utf-8").read()
    key = read(key) if os.path.exists(key) else key
    try:
        said = tiles(files[0], key) if what == "tiles" else proof(json.loads(read(files[0])), key) if what == "proof" else \
            consistency(json.loads(read(files[0])), read(files[1]), read(files[2]), key)
    except (Wrong, KeyError, ValueError, OSError) as e: sys.exit(f"no: {e}")
    print("yes:", said)


if __name__ == "__main__": main(*sys.argv[1:])
