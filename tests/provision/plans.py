#!/usr/bin/env python3
"""apply-unix itself, without tk before it: no plan that is changed, cut, of another key or of something else is carried
out, and a good signature makes no bad operation good. The tree stays byte for byte.
usage: plans.py TK"""
import base64, os, shutil, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "bad")]
import unix_recipes
from world import World, uuid7

TK = os.path.abspath(sys.argv[1])
PLUGIN = os.path.join(os.path.dirname(os.path.dirname(TK)), "libexec/tk/plugins/apply-unix")
HEAD = b"tk-plan\t1\nid\t01900000-0000-7000-8000-00000000beef\n"
GOOD = b"row\tpasswd\tx\t-\tx:x:1500:1500::/home/x:/bin/sh\t"
FILE = b"\t-\teA==\t0644\t0\t0"
KEYS = b"/.ssh/authorized_keys" + FILE
# Signed well, and not a plan all the same: what the program says to it.
SIGNED = {
    b"exec\t/bin/sh": 2, b"row\tsudoers\tx\t-\tx:y\t": 2, b"row\tpasswd\tx\t-\troot:x:0:0::/:/bin/sh\t": 2, b"row\tpasswd\tx\t-\tx:x%0Aroot::0:0::/:/bin/sh\t": 2, b"row\tpasswd\tx\t-\tx:%00\t": 2,
    b"row\tpasswd\t\t-\t:x\t": 2, b"row\tpasswd\t../x\t-\t../x:x\t": 2, b"row\tpasswd\tx\t-\tx": 2, b"row\tpasswd\tx:y\t-\tx:y:z\t": 2, b"row\tpasswd\tx\t-\tx:x\t\t": 2,
    b"file\t/etc/../../x" + FILE: 2, b"file\t/etc/./x" + FILE: 2, b"file\t//x" + FILE: 2, b"file\tetc/x" + FILE: 2, b"file\t/etc/" + FILE: 2, b"file\t/etc/%2E%2E/x" + FILE: 2, b"file\t/etc/x%00y" + FILE: 2,
    b"file\t/" + b"x" * 256 + FILE: 2, b"file\t/" + b"x/" * 2100 + b"x" + FILE: 2, b"file\t/etc/x\t-\tno base64\t0644\t0\t0": 2, b"file\t/etc/x\t-\teA==\t0999\t0\t0": 2, b"file\t/etc/x\t-\teA==\t0644\t-1\t0": 2,
    b"file\t/etc/x\t-\teA==\t0644\t4294967295\t0": 2, b"file\t/etc/x\t-\teA==\t99999999999\t0\t0": 2, b"attic\t/\t0": 2, b"attic\t/home/x": 2, b"attic\t/home/x\t1\t2": 2, b"home\t/home/x\tx\t0\t0750\t-": 2,
    b"move\t/home/x\t/../y\t0": 2, b"note\ta\tb\t%": 2, b"note\ta\tb\t%A": 2, b"note\ta\tb\t%0a": 2, b"note\ta\tb\t\x01": 2, b"note\ta\tb\tc\r": 2, b"": 2, b"tk-plan\t1": 2,
    # well-formed, and not as it stands there: a link in the way of each kind, a folder in the place of a file
    b"file\t/link/x" + KEYS: 4, b"file\t/home/link" + KEYS: 4, b"home\t/link/x\t0\t0\t0750\t-": 1, b"attic\t/home/link\t0": 4, b"dir\t/link/x\t-\t0755:-:-:": 1, b"move\t/link/x\t/home/y\t0": 1,
    b"file\t/etc/sudoers.d/tk-7" + FILE: 1, b"dir\t/srv/none/x\t-\t0755:-:-:": 1,
    # what belongs to the system
    b"file\t/etc/passwd" + FILE: 2, b"file\t/etc/sudoers.d/tk-x" + FILE: 2, b"file\t/root" + KEYS: 2, b"file\t/home/x/.profile" + FILE: 2, b"file\t/home/x/.ssh/authorized_keys\t-\teA==\t4755\t0\t0": 2,
    b"home\t/etc/x\t1500\t1500\t0750\t-": 2, b"attic\t/etc\t0": 2, b"attic\t/home\t0": 2, b"move\t/home/x\t/etc/x\t0": 2, b"dir\t/etc\t-\t0755:-:-:": 2, b"dir\t/srv/x\t-\t4755:-:-:": 2,
    b"dir\t/srv/x\t-\t0755:-:-:user::rwx": 2, b"row\tpasswd\ty\t-\ty:x:0:1500::/home/y:/bin/sh\t": 2, b"row\tpasswd\ty\t-\ty:x:1501:0::/home/y:/bin/sh\t": 2, b"row\tpasswd\ty\t-\ty::1501:1501::/home/y:/bin/sh\t": 2,
    b"row\tgroup\ty\t-\ty:x:27:\t": 2, b"row\tshadow\ty\t-\ty::1::::::\t": 2, b"row\tpasswd\t+y\t-\t+y:x:1501:1501::/home/y:/bin/sh\t": 2, b"row\tpasswd\ty\t-\ty:x:1501:1501::/home/y\t": 2,
    b"row\tpasswd\tcarol\t-\tcarol:x:1001:1001::/home/c:/bin/sh\t": 4, b"row\tpasswd\ty\t-\ty:x:1000:1000::/:/bin/sh\t": 4, b"row\tpasswd\tnobody\tnobody:x:1:1::/:/x\t-\t": 4,
}


class Key:
    def __init__(self, folder):
        self.path = os.path.join(folder, "key.pem")
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", self.path], check=True)
        self.public = base64.b64encode(subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout[-32:]).decode()

    def sign(self, text):
        with tempfile.NamedTemporaryFile() as f:
            f.write(text), f.flush()
            made = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", self.path, "-in", f.name], check=True, capture_output=True).stdout
        return text + f"sign\t{self.public}\t{base64.b64encode(made).decode()}\n".encode()


if not shutil.which("openssl"):
    print("SKIPPED provision-plans: openssl is missing: no signed plan was tried")
    sys.exit(77)
with World(TK) as w:
    os.mkdir(w.holder + "/outside"), os.symlink(w.holder + "/outside", w.root + "/link"), os.symlink("/etc/passwd", w.root + "/home/link")
    w.declare({"galaxies/w/users/bot.xml": f'<user name="bot" id="{uuid7(1)}" shell="/bin/bash"/>\n'})
    w.tk("repo", "plan", "--target", w.where, "--out", "good.plan")
    with open(w.ws + "/good.plan", "rb") as f: good = f.read()
    os.mkdir(w.root + "/etc/sudoers.d/tk-7")
    own = good.split(b"sign\t")[1].split(b"\t")[0].decode()
    before = w.snapshot()

    def plugin(verb, text, key, code, root=w.root):
        done = subprocess.run([PLUGIN, verb, "--root", root, "--key", key], input=text, capture_output=True, timeout=60)
        assert done.returncode == code, f"{text[-300:]!r}: {done.returncode}, not {code}: {done.stderr.decode(errors='replace')[:300]}"
        said = done.stderr.decode()
        assert code == 0 or (said.count("\n") == 1 and len(said) < 600 and all(ord(c) >= 32 or c == "\n" for c in said)), said
        return done

    tried = 0
    place = w.holder + "/p.plan"
    os.symlink(w.ws + "/good.plan", w.holder + "/good.plan")
    for name, recipe in unix_recipes.PLANS.items():
        if name in ("folder", "fifo", "link-to-nothing"): continue
        away = recipe(w.holder, place)
        for verb in ("check", "apply"):
            with open(place, "rb") as f: done = subprocess.run([PLUGIN, verb, "--root", w.root, "--key", own], stdin=f, capture_output=True, timeout=60)
            assert done.returncode in (2, 8), (name, done)
            assert w.snapshot() == before, name
            tried += 1
        away()
    key = Key(w.holder)
    plugin("apply", key.sign(HEAD + GOOD + b"\n"), own, 8)  # another key
    plugin("apply", good, key.public, 8)
    for operation, code in SIGNED.items():
        text = key.sign(HEAD + GOOD + b"\n" + operation + b"\n")
        for verb in ("check", "apply"):
            plugin(verb, text, key.public, code)
            assert w.snapshot() == before, operation
            tried += 1
    assert os.listdir(w.holder + "/outside") == [], "something went through the link"
    for root in ("/nowhere", w.root + "/etc/passwd", ""): plugin("apply", good, own, 2 if not root else 1, root)
    # ---- a good one is carried out once; again it finds all of it, and never makes anything anew
    plugin("apply", good, own, 0)
    after = w.snapshot()
    assert b"done\t0" in plugin("apply", good, own, 0).stdout and w.snapshot() == after
    w.write("/etc/passwd", w.read("/etc/passwd").replace("bot:x:", "bot:y:"))
    after = w.snapshot()
    plugin("apply", good, own, 4)
    assert w.snapshot() == after
    print(f"{tried} plans were refused, and nothing was changed")
