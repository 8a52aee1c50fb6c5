"""Secrets as they look, and the forms that Python's own encoders give them; what is left of those in what a scrubber let through."""
import base64, codecs, html, json, quopri, random, shlex, string, urllib.parse
from xml.sax.saxutils import quoteattr


def secret(i, rng):
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


def secrets(n, rng): return [secret(i, rng) for i in range(n)]


def planted(secrets):
    """Each form of each secret: secret by secret, in the order of FORMS."""
    return [as_bytes(form(s)) for s in secrets for form in FORMS.values()]


def judge(said, secrets):
    """Of `<N|FORM|>` lines: how many were masked, how many there should be, and the others."""
    pieces = said.split(b"|>\n")[:-1]
    bad, names = [], list(FORMS)
    for piece in pieces:
        head, _, form = piece.partition(b"|")
        i, name = int(head[1:]) // len(names), names[int(head[1:]) % len(names)]
        left = form
        while b"\xe2\x9f\xa6secret:" in left:
            before, _, rest = left.partition(b"\xe2\x9f\xa6secret:")
            left = before + rest.partition(b"\xe2\x9f\xa7")[2]
        # What is left of a form tells next to nothing: quotes, what stood before it in the same base64, the characters that it shares with
        # that. PEMs have lines in common, and may be called by each other's names.
        mark = b"\xe2\x9f\xa6secret:s" + (b"" if i % 5 == 4 else b"%d\xe2\x9f\xa7" % i)
        if mark not in form or len(left) > AROUND.get(name, min(12, len(as_bytes(FORMS[name](secrets[i]))) / 3 + 4)): bad.append((i, name, left[:80]))
    return len(pieces) - len(bad), len(secrets) * len(FORMS), bad
