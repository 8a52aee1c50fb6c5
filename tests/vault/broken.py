#!/usr/bin/env python3
"""Secrets that are deleted, renamed or of one name; broken manifests and values; garbage for the broker. usage: broken.py TK [CASE…]"""
import os, random, re, socket, struct, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from mishap import SEED, TK, check, commit, ended, head, judge, read, refused, run, tk, told, used, write


def names(p):
    p.do(TK, "repo", "new", "system", "web"); at = lambda name: f"{p.ws}/galaxies/w/secrets/{name}.xml"
    p.set("both", "value-of-web-1", "--context", "w.web")
    used(p, "both", "value-of-web-1")  # where one context alone has it
    p.set("w/both", "value-of-w-1")
    for name in ("both", "w/both", "w.web/both", "secret:w.web/both"): used(p, name, f"value-of-{'web' if 'web' in name else 'w'}-1")
    done = tk(p, "vault", "run", "--use", "both", "--use", "w.web/both=WEB", "--", "sh", "-c", 'echo "$BOTH" "$WEB" ${#BOTH} ${#WEB}')
    check(f"two of a name: {told(done)}", done.stdout == "⟦secret:both⟧ ⟦secret:both⟧ 12 14\n".encode())
    refused(run(p, "both", "--use", "w.web/both"), (2,), "two secrets in BOTH")
    for no in ("web/both", "w.web.x/both", "w.no/both", "x/both"): refused(run(p, no), (2,), "TK-VAULT-0007")
    # Renamed by hand: the value is another's.
    p.set("old-name", "value-of-old-name-1"); before = head(p)
    p.do("git", "mv", at("old-name"), at("new-name"))
    write(at("new-name"), read(at("new-name")).replace('name="old-name"', 'name="new-name"')); commit(p, "renamed")
    refused(run(p, "new-name"), (8,), "TK-VAULT-0001"); refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    refused(tk(p, "vault", "sign", "--accept"), (8,), "secret:w/new-name")
    p.do("git", "reset", "-q", "--hard", before); used(p, "old-name", "value-of-old-name-1")
    # Deleted.
    p.do("git", "rm", "-q", at("old-name")); commit(p, "deleted")
    refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    refused(tk(p, "vault", "set", "old-name", input=b"put there quietly"), (8,), "TK-VAULT-0001")
    for words, code in ((("audit",), 8), (("sign",), 5), (("sign", "--accept"), 0), (("audit",), 0)):
        done = tk(p, "vault", *words)
        check(f"it is missed, and then not any more: {told(done)}", done.returncode == code and (code == 0 or b"secret:w/old-name is missing" in done.stdout))
    refused(run(p, "old-name"), (2,), "TK-VAULT-0007")
    gone = head(p); p.do("git", "checkout", before, "--", at("old-name")); commit(p, "back again")
    refused(run(p, "old-name"), (8,), "TK-VAULT-0001"); p.do("git", "reset", "-q", "--hard", gone)
    p.set("old-name", "another-of-its-name"); used(p, "old-name", "another-of-its-name")


def broken_texts(rng, text, n):
    """Of a manifest: bytes, lines, numbers."""
    lines, long = text.splitlines(True), "y" * (5 << 20)
    out = [text.replace("\n", "\r\n"), text + "\n", text + " ", "\n" + text, text * 2, text[:-1], text.replace(" ", "  ", 1), "\ufeff" + text, text + lines[-1],
           text.replace("vault 1", "vault 2"), "\0" * 4096, f"tk-vault 1\n{long}\n{lines[-1]}", text.replace("secret ", f"secret {long} ", 1), "\n" * (1 << 20),
           "tk-vault 1\n" + "secret a b 1 c d\n" * 100000 + lines[-1], lines[0] + lines[-1]]
    for huge in "99999999999999999999999 9223372036854775807 9223372036854775808 -1 -9223372036854775808 0 1e9 0x7 +7 007".split() + [" 7", ""]:
        out += [re.sub(r"generation \d+", "generation " + huge, text), re.sub(r"(secret \S+ \S+) \d+", r"\1 " + huge, text, count=1)]
    while len(out) < n:
        how, i, at = rng.randrange(9), rng.randrange(len(lines)), rng.randrange(len(text))
        if how == 0: out.append(text[:at] + chr(ord(text[at]) ^ 1 << rng.randrange(7)) + text[at + 1:])
        elif how < 3: out.append(text[:at] + ("\0" + text[at + 1:] if how == 1 else ""))
        elif how == 3: out.append(text[:at] + text[at + rng.randrange(1, 40):])
        elif how < 6: out.append("".join(lines[:i] + [lines[i]] * (how == 4) * 2 + lines[i + 1:]))
        elif how == 6: j = rng.randrange(len(lines)); x = list(lines); x[i], x[j] = x[j], x[i]; out.append("".join(x))
        elif how == 7: out.append(text[:at] + rng.choice(["\u200b", "\x1b[31m", "<<<<<<< ", "%s%n", "\n", " - ", "\t"]) + text[at:])
        else:
            words = lines[i].split(" "); k = rng.randrange(len(words))
            words[k] = rng.choice(["-", "", "A" * 70000, words[k][::-1], words[k].upper(), words[0]])
            out.append("".join(lines[:i] + [" ".join(words)] + lines[i + 1:]))
    return out


def broken_values(rng, value, n):
    half = len(value) // 2
    out = ["", "=", "====", "!!!", "A" * (5 << 20), value * 2, value + "=", value + "A", value[:-1], value[:-4], "\n" + value, value + " ",
           value[:half] + "&#10;" + value[half:], value + "&#0;", value.swapcase(), value.replace("Y", "-"), "&lt;" + value]
    while len(out) < n:
        at, how = rng.randrange(len(value)), rng.randrange(4)
        put = [rng.choice("ABCxyz019+/"), "", value[at:at + 8], rng.choice(["\0", "\x01", "\x7f", "&", "&#x110000;", "\u2028", "é"])][how]
        out.append(value[:at] + put + value[at + (1, 4, 0, 0)[how]:])
    return out


def mutations(p):
    rng = random.Random(SEED)
    manifest, file, before = p.ws + "/vault.manifest", p.ws + "/galaxies/w/secrets/one.xml", head(p)
    text, secret, value = read(manifest), read(file), re.search(r'value="([^"]*)"', read(file)).group(1)
    tries = [(manifest, text, t) for t in broken_texts(rng, text, 56)] + [(file, secret, secret.replace(value, v)) for v in broken_values(rng, value, 26)]
    tries = [t for t in tries if t[1] != t[2]]
    for i, (path, good, bad) in enumerate(tries):
        write(path, bad)
        p.do("git", "commit", "-qam", "broken", code=None)
        what = f"mutation {i} of {os.path.basename(path)} ({bad[:60]!r}…)"
        said = run(p, "one")
        clean = 0 < len(said.stderr) < 4000 and b"\0" not in said.stderr and b"\x1b" not in said.stderr
        check(f"{what}: {told(said)}", said.returncode in (1, 2, 4, 8) and b"started" not in said.stdout and clean)
        for verb, codes in (("list", (0, 2, 8)), ("audit", (2, 4, 8))) if i % 2 else ():
            said = tk(p, "vault", verb)
            check(f"{what}: {told(said)}", said.returncode in codes and len(said.stderr) < 4000)
        write(path, good)
    p.do("git", "reset", "-q", "--hard", before); used(p, "one", "value-of-one-1")


def broker(p):
    """The broker itself, spoken to by somebody who is no tk: it answers or ends, and waits for nothing that cannot come."""
    rng, program = random.Random(SEED), os.path.join(os.path.dirname(TK), "../libexec/tk/plugins/vault-broker")
    def message(*words, n=0, size=None):
        body = b"".join(w + b"\0" for w in words)
        return struct.pack("=IHH", len(body) if size is None else size, n, 0) + body
    def exactly(n, out=b""):
        while len(out) < n and (part := ours.recv(n - len(out))): out += part
        return out
    def answer(): return exactly(struct.unpack("=I", start[:4])[0]) if len(start := exactly(8)) == 8 else b""
    place, key = b"secret:w/x 0192f3a1-0000-7000-8000-000000000000 1 ", b"recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    verbs = [b"idle", b"keys", b"generate", b"seal", b"reseal", b"sign", b"reveal", b"use", b"no-such", b""]
    words = [b"", b" ", b"place", b"place ", b"place a b c", b"secret", b"recipient age1", key, b"min -9223372036854775808", b"min 99999999999999999999",
             b"next yes", b"text ", b"text tk-vault 1\n", b"text x", b"as env A B", b"as", b"as x", b"as file A", b"json yes", b"one-line", b"find yes",
             b"\xff" * 300, b"x" * 100000] + [b"secret " + place + value for value in (b"", b"!!!", b"YWdl")]
    tries = [message(v) for v in verbs] + [message(*[b""] * 50000), message(size=2**32 - 1), message(size=5) + b"idle\0", message(size=4) + b"idle", b"", b"\0",
                                           b"\xff" * 8, message(b"idle", n=3), message(b"idle", n=65535), b"\0" * 4096]
    while len(tries) < 60:
        known = message(rng.choice(verbs), *[rng.choice(words) for _ in range(rng.randrange(6))])
        tries.append(known if len(tries) % 4 else rng.randbytes(rng.randrange(1, 400)))
    ours = one = None
    for i, bad in enumerate(tries):
        if one is None or one.poll() is not None:
            if ours: ours.close()
            ours, its = socket.socketpair(); one = subprocess.Popen([program], stdin=its, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL); its.close()
        whole, last, said = len(bad) >= 8 and struct.unpack("=I", bad[:4])[0] == len(bad) - 8, bad[8:12] == b"use\0", b""
        ours.settimeout(3)
        try:
            if i % 5 == 4 and len(bad) >= 8:  # with a descriptor
                with open("/dev/null", "r+b", 0) as null: socket.send_fds(ours, [bad[:4] + struct.pack("=H", 1) + bad[6:8]], [null.fileno()])
                bad = bad[8:]
            ours.sendall(bad)
            if not whole: ours.shutdown(socket.SHUT_WR)
            said = answer()
            check(f"message {i} {bad[:60]!r}: {said[:80]!r}", said[:3] in (b"", b"ok\0", b"no\0"))
            while last and said: said = answer()
        except (BrokenPipeError, ConnectionResetError): pass
        except TimeoutError: check(f"message {i} {bad[:80]!r}: no answer", False)
        if not said or not whole: check(f"message {i} {bad[:80]!r}: it ends: {(status := ended(one, 3))}", status == 0)
    ours.close(); check("the last one ends with its caller", ended(one, 3) == 0)


judge([names, mutations, broker])
