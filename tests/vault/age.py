#!/usr/bin/env python3
"""age files (core/vault/age.hpp) against npm cctv-age, the vectors of C2SP: what of a vector's text is given, and why not; then both ways
with Debian's age. usage: age.py PROGRAM HOME"""
import collections, hashlib, json, os, pty, shutil, subprocess, sys, tempfile, zlib
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from npm import fetched, node

PROGRAM, HOME = map(os.path.abspath, sys.argv[1:3])
PACKAGE = "cctv-age@0.2.0"
KINDS = {"header failure": "header", "HMAC failure": "mac", "no match": "no_match", "payload failure": "payload", "armor failure": "armor"}
# Post-quantum recipients are not of OpenSSL 3.0.
HYBRID = ("hybrid", "mlkem", "xwing", "pq")


def vectors():
    modules = fetched(HOME, PACKAGE)
    script = "const v = require('cctv-age'); const o = {}; for (const k of Object.keys(v)) o[k] = Buffer.from(v[k]).toString('base64'); console.log(JSON.stringify(o.default ? v.default : o));"
    said = subprocess.run([node(HOME), "-e", script], env={**os.environ, "NODE_PATH": modules}, capture_output=True, text=True, check=True).stdout
    import base64
    return {k: base64.b64decode(v) for k, v in json.loads(said).items()}


def decrypt(file, words, armored=False):
    return subprocess.run([PROGRAM, "decrypt", file, *words], capture_output=True, timeout=120, env={**os.environ, "AGE_ARMORED": "1"} if armored else None)


def conformance(folder):
    passed, skipped, wrong = collections.Counter(), [], []
    for name, bytes in sorted(vectors().items()):
        head, body = bytes.split(b"\n\n", 1)
        keys = collections.defaultdict(list)
        for line in head.decode().splitlines():
            key, _, value = line.partition(": ")
            keys[key].append(value)
        if any(w in name.lower() for w in HYBRID) or any("PQ" in i for i in keys["identity"]):
            skipped.append(name)
            continue
        if keys["compressed"] == ["zlib"]: body = zlib.decompress(body)
        file = os.path.join(folder, "vector")
        with open(file, "wb") as f: f.write(body)
        words = [w for p in keys["passphrase"] for w in ("--passphrase", p)] + keys["identity"]
        done, expect = decrypt(file, words, keys["armored"] == ["yes"]), keys["expect"][0]
        if expect == "success": right = done.returncode == 0 and hashlib.sha256(done.stdout).hexdigest() == keys["payload"][0]
        else: right = done.returncode == 1 and done.stdout == b"" and done.stderr.decode().split(":")[0] == KINDS[expect]
        passed[expect] += right
        if not right: wrong.append(f"{name}: expected {expect}, got {done.returncode} {done.stderr.decode()[:200]}")
    for w in wrong: print("WRONG", w)
    print(f"{sum(passed.values())} of {sum(passed.values()) + len(wrong)} vectors: {dict(passed)}; {len(skipped)} hybrid ones left out", flush=True)
    assert not wrong and sum(passed.values()) >= 100, "vectors"


def with_debians(folder):
    """Random texts of sizes about a chunk's, armored and not, to several recipients and to a passphrase."""
    if not shutil.which("age"):
        print("SKIPPED: Debian's age is not here")
        return 77
    mine = subprocess.run([PROGRAM, "keygen"], capture_output=True, text=True, check=True).stdout.split()
    theirs = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout.split()
    theirs = [[w for w in theirs if w.startswith("AGE-SECRET")][0], [w for w in theirs if w.startswith("age1")][0]]
    keys = os.path.join(folder, "keys")
    with open(keys, "w") as f: f.write(theirs[0] + "\n")
    own = os.path.join(folder, "own")
    with open(own, "w") as f: f.write(mine[0] + "\n")
    n = 0
    for size in (0, 1, 47, 48, 49, 65535, 65536, 65537, 131072, 300000):
        text = os.urandom(size)
        sealed = subprocess.run([PROGRAM, "encrypt", mine[1], theirs[1]], input=text, capture_output=True, check=True).stdout
        for key in (keys, own): assert subprocess.run(["age", "-d", "-i", key], input=sealed, capture_output=True, check=True).stdout == text, size
        for armor in ([], ["-a"]):
            file = os.path.join(folder, "theirs")
            with open(file, "wb") as f: f.write(subprocess.run(["age", "-e", *armor, "-r", mine[1], "-r", theirs[1]], input=text, capture_output=True, check=True).stdout)
            for key in (mine[0], theirs[0]): assert decrypt(file, [key]).stdout == text, size
            other = subprocess.run([PROGRAM, "keygen"], capture_output=True, text=True, check=True).stdout.split()[0]
            assert decrypt(file, [other]).stderr.startswith(b"no_match"), size
            n += 4
        with open(file, "wb") as f: f.write(subprocess.run([PROGRAM, "encrypt", "--passphrase", "a long word"], input=text, capture_output=True, check=True).stdout)
        assert decrypt(file, ["--passphrase", "a long word"]).stdout == text
        assert decrypt(file, ["--passphrase", "another"]).stderr.startswith(b"no_match")
    # Whatever bit is flipped, nothing of the text is given.
    file = os.path.join(folder, "flipped")
    sealed = subprocess.run(["age", "-e", "-r", mine[1]], input=b"a secret that is long enough", capture_output=True, check=True).stdout
    for i in range(len(sealed)):
        with open(file, "wb") as f: f.write(sealed[:i] + bytes([sealed[i] ^ 1 << i % 8]) + sealed[i + 1:])
        done = decrypt(file, [mine[0]])
        assert done.returncode == 1 and done.stdout == b"", i
    print(f"{n} files both ways with Debian's age; {len(sealed)} flipped bits, each refused")
    return 0


with tempfile.TemporaryDirectory() as folder:
    conformance(folder)
    sys.exit(with_debians(folder))
