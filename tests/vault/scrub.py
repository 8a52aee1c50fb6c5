#!/usr/bin/env python3
"""The scrubber (core/vault/scrub.hpp): 200 secrets in every form that Python's own encoders give them, in pieces of every size: none
comes out, and what stands between them does; then random text of logs, which goes through as it is. usage: scrub.py PROGRAM
CI: some sizes and 64 MB; TK_FULL=1: pieces of 1 to 4096 bytes, and 1 GB"""
import base64, binascii, codecs, html, json, os, quopri, random, shlex, string, subprocess, sys, tempfile, urllib.parse
from xml.sax.saxutils import quoteattr

PROGRAM, FULL = os.path.abspath(sys.argv[1]), bool(os.environ.get("TK_FULL"))
rng = random.Random(20261129)


def secret(i):
    """What secrets look like: keys, passwords with all that is printable, words of other alphabets, a PEM."""
    kind = i % 5
    size = rng.randint(12, 48)
    if kind == 0: return "".join(rng.choices(string.ascii_letters + string.digits, k=size))
    if kind == 1: return "".join(rng.choices(string.printable[:94], k=size))
    if kind == 2: return "sk_live_" + "".join(rng.choices(string.ascii_letters + string.digits, k=size))
    if kind == 3: return "".join(rng.choices(string.ascii_letters + "äöüéñç中文字ключ😀 '\"&<>", k=size)).strip() + "xq"
    body = base64.b64encode(rng.randbytes(120)).decode()
    return "-----BEGIN KEY-----\n" + "\n".join(body[j:j + 64] for j in range(0, len(body), 64)) + "\n-----END KEY-----"


def between(text, what): return what.join(text)


FORMS = {
    "raw": lambda s: s, "upper": lambda s: s.upper() if s.isascii() else s, "lower": lambda s: s.lower() if s.isascii() else s, "reversed": lambda s: s.encode()[::-1], "rot13": lambda s: codecs.encode(s, "rot13"),
    "hex": lambda s: s.encode().hex(), "HEX": lambda s: s.encode().hex().upper(), "hex with blanks": lambda s: s.encode().hex(" "), "hex with colons": lambda s: s.encode().hex(":"),
    "\\x": lambda s: "".join(f"\\x{b:02x}" for b in s.encode()), "0x": lambda s: ", ".join(f"0x{b:02X}" for b in s.encode()), "octal": lambda s: "".join(f"\\{b:03o}" for b in s.encode()),
    "decimal": lambda s: str(list(s.encode()))[1:-1] + ",", "percent": lambda s: urllib.parse.quote(s, safe=""), "percent of all": lambda s: "".join(f"%{b:02X}" for b in s.encode()),
    "percent twice": lambda s: urllib.parse.quote(urllib.parse.quote(s, safe=""), safe=""), "form": lambda s: urllib.parse.quote_plus(s, safe=""), "quoted-printable": lambda s: quopri.encodestring(s.encode(), quotetabs=False).replace(b"=\n", b""),
    "json": lambda s: json.dumps(s), "json with unicode": lambda s: json.dumps(s, ensure_ascii=False), "json of json": lambda s: json.dumps(s)[1:-1], "\\u": lambda s: "".join(f"\\u{u:04x}" for u in memoryview(s.encode("utf-16-le")).cast("H")),
    "python": repr, "python ascii": ascii, "html": html.escape, "html names": lambda s: html.escape(s).replace("&#x27;", "&apos;"), "&#": lambda s: "".join(f"&#{ord(c)};" for c in s), "&#x": lambda s: "".join(f"&#x{ord(c):X};" for c in s),
    "xml": lambda s: quoteattr(s)[1:-1], "shell": shlex.quote, "shell double": lambda s: '"' + "".join("\\" + c if c in '"\\$`' else c for c in s) + '"',
    "base64": lambda s: base64.b64encode(s.encode()), "base64 one on": lambda s: base64.b64encode(b"u" + s.encode() + b"::"), "base64 two on": lambda s: base64.b64encode(b"u:" + s.encode() + b"\n"), "base64 for urls": lambda s: base64.urlsafe_b64encode(s.encode()).rstrip(b"="),
    "base64 for urls one on": lambda s: base64.urlsafe_b64encode(b"x" + s.encode()), "base64 for urls two on": lambda s: base64.urlsafe_b64encode(b"xy" + s.encode()), "base64 in lines": lambda s: base64.encodebytes(b"user:password:" + s.encode()),
    "base64 twice": lambda s: base64.b64encode(base64.b64encode(s.encode())), "base64 of hex": lambda s: base64.b64encode(s.encode().hex().encode()), "base32": lambda s: base64.b32encode(s.encode()), "base32 on": lambda s: base64.b32encode(b"abc" + s.encode() + b"z"),
    "utf-16": lambda s: s.encode("utf-16-le"), "utf-16 big": lambda s: s.encode("utf-16-be"), "base64 of utf-16": lambda s: base64.b64encode(s.encode("utf-16-le")), "colours": lambda s: between(s, "\x1b[1;31m"), "blanks": lambda s: between(s, " "),
    "lines": lambda s: between(s, "\r\n"), "zero width": lambda s: between(s, "\u200b"), "nul": lambda s: between(s, "\0"),
}


AROUND = {"base64 in lines": 26, "base32 on": 14}  # "user:password:" is 19 of them, "abc" 5


def as_bytes(x): return x if isinstance(x, bytes) else x.encode()


def leaks(secrets, folder):
    text, planted = [], 0
    for i, s in enumerate(secrets):
        for name, form in FORMS.items():
            text.append(b"<%d %s|" % (i, name.encode()) + as_bytes(form(s)) + b"|>\n")
            planted += 1
    rng.shuffle(text)
    bytes = b"".join(text)
    sizes = list(range(1, 4097)) if FULL else [1, 2, 3, 5, 7, 8, 9, 13, 31, 64, 127, 1000, 4095, 4096]
    said, first = b"", "65536"
    for at in range(0, len(sizes), 64):
        done = subprocess.run([PROGRAM, folder + "/secrets", first, *map(str, sizes[at:at + 64])], input=bytes, capture_output=True, timeout=3000)
        assert done.returncode == 0, done.stderr.decode()
        said = done.stdout
    found = 0
    pieces = said.split(b"|>\n")
    assert len(pieces) == planted + 1, (len(pieces), planted)
    wrong = []
    for piece in pieces[:-1]:
        head, _, form = piece.partition(b"|")
        i, name = int(head[1:].split()[0]), head.split(b" ", 1)[1].decode()
        plain = as_bytes(FORMS[name](secrets[i]))
        left = form
        while b"\xe2\x9f\xa6secret:" in left:
            before, _, rest = left.partition(b"\xe2\x9f\xa6secret:")
            left = before + rest.partition(b"\xe2\x9f\xa7")[2]
        # What is left of a form tells next to nothing: quotes, what stood before it in the same base64, the characters that it shares with
        # that. PEMs have lines in common, and may be called by each other's names.
        mark = b"\xe2\x9f\xa6secret:s" + (b"" if i % 5 == 4 else b"%d\xe2\x9f\xa7" % i)
        if mark not in form or len(left) > AROUND.get(name, min(12, len(plain) / 3 + 4)): wrong.append((i, name, left[:80]))
        found += 1
    for w in wrong[:20]: print("LEAK", w)
    print(f"{len(secrets)} secrets in {len(FORMS)} forms, pieces of {len(sizes)} sizes: {found - len(wrong)} of {planted} masked, {len(wrong)} leaks", flush=True)
    return len(wrong)


def text_of_logs(megabytes):
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 11))) for _ in range(3000)]
    lines = []
    for _ in range(20000):
        lines.append(f"2026-11-29T12:{rng.randint(0, 59):02}:{rng.random() * 60:06.3f}Z {rng.choice(['INFO', 'WARN', 'DEBUG'])} {' '.join(rng.choices(words, k=rng.randint(4, 14)))} id={rng.randbytes(16).hex()} "
                     f"token={base64.b64encode(rng.randbytes(12)).decode()} url=/a/{urllib.parse.quote(''.join(rng.choices(string.printable[:94], k=12)))} {json.dumps(''.join(rng.choices(string.printable, k=10)))}")
    block = ("\n".join(lines) + "\n").encode()
    for _ in range(max(1, megabytes * 1000000 // len(block))):
        yield block
        rng.shuffle(lines)
        block = ("\n".join(lines) + "\n").encode()


def benign(folder):
    total = changed = 0
    for block in text_of_logs(1000 if FULL else 64):
        out = subprocess.run([PROGRAM, folder + "/secrets", "4096"], input=block, capture_output=True, check=True).stdout
        total += len(block)
        changed += out != block
    print(f"{total / 1e6:.0f} MB of logs: {changed} blocks with a false mask", flush=True)
    return changed


def speed(folder):
    block = b"".join(b for b, _ in zip(text_of_logs(64), range(8)))
    mb, us, _ = subprocess.run([PROGRAM, folder + "/secrets", "speed"], input=block, capture_output=True, check=True, text=False).stdout.split()
    floor = subprocess.run([sys.executable, "-c", "import sys, time; b = sys.stdin.buffer.read(); t = time.perf_counter(); b.translate(bytes(range(256))); print(len(b) / (time.perf_counter() - t) / 1e6)"], input=block, capture_output=True).stdout
    print(f"{int(mb)} MB/s with 200 secrets (a table look-up a byte: {float(floor):.0f}), a line takes {int(us)} us at most of 99 in 100; load {os.getloadavg()[0]:.1f}")


def main():
    secrets = [secret(i) for i in range(200)]
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/secrets", "w") as f:
            for i, s in enumerate(secrets): f.write(f"s{i}\t{base64.b64encode(s.encode()).decode()}\n")
            f.write("short\t" + base64.b64encode(b"abc d e f").decode() + "\n")
        refused = subprocess.run([PROGRAM, folder + "/secrets", "9"], input=b"", capture_output=True, check=True).stderr
        assert refused == b"1 refused\n", refused
        wrong = leaks(secrets, folder) + benign(folder)
        # A prompt is not held back, nor what only begins like a secret once that is over.
        begins = secrets[0][:5].encode()
        for said in (b"Password: ", begins + b"!\n"):
            program = subprocess.Popen([PROGRAM, folder + "/secrets", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert program.communicate(said)[0] == said
        speed(folder)
    sys.exit(bool(wrong))


main()
