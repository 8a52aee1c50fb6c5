"""A computer's files of accounts, and signed plans, that something is wrong with: (root, place) as in recipes.py."""
import os, shutil

SYSTEM = {
    "passwd": b"root:x:0:0:root:/root:/bin/bash\n# by hand\ncarol:x:1000:1000:Carol,,,:/home/carol:/bin/bash\n",
    "group": b"root:x:0:\ncarol:x:1000:\nbakers:x:1200:carol\n",
    "shadow": b"root:*:19000:0:99999:7:::\ncarol:$y$j9T$salt$hash:19500:1:90:14:30::\n",
    "gshadow": b"root:*::\ncarol:!::\nbakers:!::carol\n",
    "subuid": b"carol:100000:65536\n",
    "subgid": b"carol:100000:65536\n",
}


def make_system(root):
    """target/ of a workspace: what stands there before tk."""
    top = os.path.join(root, "target")
    shutil.rmtree(top, ignore_errors=True)
    for folder in ("etc/sudoers.d", "home/carol", "srv"):
        os.makedirs(os.path.join(top, folder))
    for name, content in SYSTEM.items():
        with open(os.path.join(top, "etc", name), "wb") as f:
            f.write(content)


def tree(root):
    """All of target/, with modes and bytes; the lock of the accounts is nobody's."""
    out, top = {}, os.path.join(root, "target")
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            st = os.lstat(path)
            body = os.readlink(path).encode() if os.path.islink(path) else open(path, "rb").read() if os.path.isfile(path) else None
            if name != ".pwd.lock": out[path[len(top):]] = (st.st_mode, (st.st_uid, st.st_gid), body)
    return out


def there(root, name):
    return os.path.join(root, "target", "etc" if name in SYSTEM else "", name)


def holds(name, content):
    """The file holds this."""
    def recipe(root, place):
        with open(there(root, name), "wb") as f:
            f.write(content)
        return lambda: None
    return recipe


def more(name, content):
    return holds(name, SYSTEM[name] + content)


def edit(name, a, b):
    assert a in SYSTEM[name]
    return holds(name, SYSTEM[name].replace(a, b, 1))


def instead(name, make):
    """Something else stands in its place."""
    def recipe(root, place):
        path = there(root, name)
        if os.path.isdir(path): shutil.rmtree(path)
        elif os.path.lexists(path): os.remove(path)
        make(path)
        return lambda: None
    return recipe


def a_file(path):
    with open(path, "w") as f: f.write("x\n")


def linked(to):
    return lambda path: os.symlink(to, path)


ROW = b":/home/x:/bin/sh\n"
UNIXDB = {
    # ---- ids that are one number to some programs and another to others
    **{f"uid-{n}": more("passwd", b"x:x:%s:1000:" % v + ROW) for n, v in {
        "minus": b"-1", "max": b"4294967295", "beyond": b"4294967296", "far": b"99999999999999999999", "zeros": b"007", "empty": b"", "word": b"abc",
        "hex": b"0x10", "blank-before": b" 1001", "blank-behind": b"1001 ", "plus": b"+1001", "point": b"1001.0", "our-zeros": b"020000"}.items()},
    **{f"gid-{n}": more("passwd", b"x:x:1001:%s:" % v + ROW) for n, v in {"empty": b"", "minus": b"-1", "beyond": b"4294967296", "zeros": b"007", "word": b"users"}.items()},
    **{f"group-gid-{n}": more("group", b"x:x:%s:\n" % v) for n, v in {"empty": b"", "minus": b"-1", "max": b"4294967295", "beyond": b"4294967296", "zeros": b"020000", "word": b"x"}.items()},
    # ---- rows that are none
    "few-fields": more("passwd", b"x:x:1001:1001:/home/x:/bin/sh\n"), "many-fields": more("passwd", b"x:x:1001:1001::/home/x:/bin/sh:y\n"), "one-field": more("passwd", b"x\n"),
    "name-only": more("passwd", b"x:\n"), "no-name": more("passwd", b":x:1001:1001:" + ROW), "blanks": more("passwd", b"   \n"), "binary": holds("passwd", bytes(range(1, 9)) * 40),
    "group-few": more("group", b"x:x:1001\n"), "group-many": more("group", b"x:x:1001:a:b\n"), "group-no-name": more("group", b":x:1001:\n"), "group-word": more("group", b"x\n"),
    "shadow-no-name": more("shadow", b":*:19000:0:99999:7:::\n"), "shadow-word": more("shadow", b"x\n"), "gshadow-word": more("gshadow", b"x\n"), "subuid-word": more("subuid", b"x\n"),
    "subgid-no-name": more("subgid", b":1:2\n"),
    "megabyte-word": more("passwd", b"x" * (1 << 20) + b"\n"), "megabyte-fields": more("passwd", b"x" + b":" * (1 << 20) + b"\n"), "megabyte-name": more("passwd", b"x" * (1 << 20) + b":x:1:\n"),
    # ---- names twice
    "passwd-twice": more("passwd", b"carol:x:1001:1001:" + ROW), "group-twice": more("group", b"carol:x:1001:\n"), "shadow-twice": more("shadow", b"carol:*:19000:0:99999:7:::\n"),
    "gshadow-twice": more("gshadow", b"carol:!::\n"), "root-twice": more("passwd", b"root:x:0:0::/:/bin/sh\n"),
    # ---- bytes
    "nul": edit("passwd", b"Carol", b"Car\0ol"), "nul-name": more("passwd", b"x\0:x:1001:1001:" + ROW), "nul-line": more("passwd", b"\0\n"), "nul-comment": edit("passwd", b"# by hand", b"# by\0hand"),
    "crlf": holds("passwd", SYSTEM["passwd"].replace(b"\n", b"\r\n")), "crlf-group": holds("group", SYSTEM["group"].replace(b"\n", b"\r\n")),
    "crlf-shadow": holds("shadow", SYSTEM["shadow"].replace(b"\n", b"\r\n")), "return-line": more("passwd", b"\r\n"), "nul-shadow": edit("shadow", b"hash", b"ha\0sh"),
    "utf-16": holds("passwd", SYSTEM["passwd"].decode().encode("utf-16")),
    # ---- something else in the place of a file
    **{f"{f}-{n}": instead(f, make) for f in ("passwd", "group", "shadow", "gshadow", "subuid") for n, make in {"link": linked("/etc/" + f), "fifo": os.mkfifo, "folder": os.mkdir}.items()},
    "passwd-gone": instead("passwd", lambda path: None), "group-gone": instead("group", lambda path: None), "passwd-link-to-nothing": instead("passwd", linked("nothing")),
    "etc-gone": instead("etc", lambda path: None), "etc-file": instead("etc", a_file), "etc-link": instead("etc", linked("/etc")),
    # ---- what tk would make stands there already, or another has it
    "home-link": instead("home/bot", linked("/root")), "home-file": instead("home/bot", a_file), "home-fifo": instead("home/bot", os.mkfifo), "home-link-to-nothing": instead("home/bot", linked("nowhere")),
    "sudoers-link": instead("etc/sudoers.d/tk-20000", linked("/etc/passwd")), "sudoers-folder": instead("etc/sudoers.d/tk-20000", os.mkdir), "sudoers-fifo": instead("etc/sudoers.d/tk-20000", os.mkfifo),
    "name-taken": more("passwd", b"bot:x:1001:1001:" + ROW), "uid-taken": more("passwd", b"x:x:20000:1001:" + ROW), "gid-taken": more("group", b"x:x:20000:\n"),
    "group-taken": more("group", b"makers:x:1300:\n"), "group-gid-taken": more("group", b"x:x:20001:\n"), "uid-taken-twice": more("passwd", b"x:x:20000:1001:" + ROW + b"y:x:20000:1001:" + ROW),
    "home-folder-link": instead("home", linked("/home")), "sudoers.d-link": instead("etc/sudoers.d", linked("/etc/sudoers.d")),
    # ---- what other programs write, and what is good
    "fine-as-it-is": holds("passwd", SYSTEM["passwd"]), "fine-comment": more("passwd", b"# one more: with: colons\n"), "fine-blank-line": more("passwd", b"\n\n"),
    "fine-nis": more("passwd", b"+::::::\n"), "fine-nis-minus": more("passwd", b"-x::::::\n+@all::::::\n"), "fine-nis-group": more("group", b"+:::\n"), "fine-no-newline": holds("passwd", SYSTEM["passwd"][:-1]),
    "fine-no-newline-group": holds("group", SYSTEM["group"][:-1]), "fine-no-newline-shadow": holds("shadow", SYSTEM["shadow"][:-1]), "fine-latin-1": edit("passwd", b"Carol", b"Car\xf6l"),
    "fine-toor": more("passwd", b"toor:x:0:0::/root:/bin/sh\n"), "fine-nobody": more("passwd", b"nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n"), "fine-no-shadow-row": edit("shadow", b"carol:$y$j9T$salt$hash:19500:1:90:14:30::\n", b""),
    "fine-short-shadow-row": more("shadow", b"old:*:19000\n"), "fine-two-ranges": more("subuid", b"carol:300000:65536\n"), "fine-no-password": more("passwd", b"guest::1002:1002:" + ROW),
    "fine-megabyte-members": more("group", b"big:x:1301:" + b",".join(b"m%06d" % i for i in range(130_000)) + b"\n"), "fine-megabyte-title": more("passwd", b"t:x:1003:1003:" + b"t" * (1 << 20) + ROW),
    "fine-empty-subuid": holds("subuid", b""), "fine-no-subuid": instead("subuid", lambda path: None), "fine-tab": edit("passwd", b"Carol", b"Car\tol"),
}


# ---- signed plans: p.plan beside good.plan, which `tk repo plan --out` made
def plan(change):
    def recipe(root, place):
        with open(os.path.join(root, "good.plan"), "rb") as f: text = f.read()
        with open(place, "wb") as f: f.write(change(text))
        return lambda: os.remove(place)
    return recipe


def swap(a, b):
    def change(text):
        assert a in text, a
        return text.replace(a, b, 1)
    return plan(change)


def line(new):
    """One operation more, before the signature."""
    return plan(lambda text: text.replace(b"\nsign\t", b"\n" + new + b"\nsign\t", 1))


def huge(root, place):
    with open(place, "wb") as f:
        f.write(b"tk-plan\t1\n")
        f.truncate(300 << 20)  # it takes no room on the disk
    return lambda: os.remove(place)


def special(make):
    def recipe(root, place):
        make(place)
        return lambda: os.remove(place) if not os.path.isdir(place) else os.rmdir(place)
    return recipe


KEY = b"A" * 43 + b"="
PLANS = {
    "empty": plan(lambda t: b""), "newline": plan(lambda t: b"\n"), "binary": plan(lambda t: bytes(range(256)) * 16), "huge": huge, "json": plan(lambda t: b"{}\n"),
    "folder": special(os.mkdir), "fifo": special(os.mkfifo), "link-to-nothing": special(lambda p: os.symlink("nothing", p)),
    "format-2": swap(b"tk-plan\t1", b"tk-plan\t2"), "no-first-line": plan(lambda t: t.split(b"\n", 1)[1]), "bom": plan(lambda t: b"\xef\xbb\xbf" + t), "crlf": plan(lambda t: t.replace(b"\n", b"\r\n")),
    **{f"cut-{n}": plan(lambda t, n=n: t[:len(t) * n // 100]) for n in (25, 50, 75, 90, 99)},
    "cut-word": plan(lambda t: t[:4]), "cut-id": plan(lambda t: t[:t.index(b"\nid\t") + 20]), "cut-commit": plan(lambda t: t[:t.index(b"\ncommit\t") + 20]),
    "cut-last-byte": plan(lambda t: t[:-1]), "no-signature": plan(lambda t: t[:t.rindex(b"sign\t")]), "behind-the-signature": plan(lambda t: t + b"note\ta\tb\tc\n"),
    "two-signatures": plan(lambda t: t + t[t.rindex(b"sign\t"):]), "other-key": plan(lambda t: t[:t.rindex(b"sign\t")] + b"sign\t" + KEY + b"\t" + t.split(b"\t")[-1]),
    "signature-zeros": plan(lambda t: t[:t.rindex(b"\t")] + b"\t" + b"A" * 86 + b"==\n"), "signature-short": plan(lambda t: t[:t.rindex(b"\t")] + b"\tAAAA\n"),
    "signature-no-base64": plan(lambda t: t[:t.rindex(b"\t")] + b"\t!!!!\n"), "edited-shell": swap(b"/bin/bash", b"/bin/evil"), "edited-uid": swap(b":20000:20000:", b":0:0:"),
    "edited-target": swap(b"\ntarget\t", b"\ntarget\tx"), "edited-id": swap(b"\nid\t0", b"\nid\t1"), "no-id": plan(lambda t: b"\n".join(x for x in t.split(b"\n") if not x.startswith(b"id\t"))),
    "unknown-operation": line(b"exec\t/bin/sh"), "unknown-database": line(b"row\tsudoers\tx\t-\tx:y\t"), "row-of-another": line(b"row\tpasswd\tx\t-\troot:x:0:0::/:/bin/sh\t"),
    "row-two-lines": line(b"row\tpasswd\tx\t-\tx:x%0Aroot::0:0::/:/bin/sh\t"), "row-nul": line(b"row\tpasswd\tx\t-\tx:%00\t"), "path-up": line(b"file\t/etc/../../x\t-\teA==\t0644\t0\t0"),
    "path-dot": line(b"file\t/etc/./x\t-\teA==\t0644\t0\t0"), "path-double": line(b"file\t//x\t-\teA==\t0644\t0\t0"), "path-relative": line(b"file\tetc/x\t-\teA==\t0644\t0\t0"),
    "path-root": line(b"attic\t/\t0"), "path-long": line(b"file\t/" + b"x" * 5000 + b"\t-\teA==\t0644\t0\t0"), "path-up-escaped": line(b"file\t/etc/%2E%2E/x\t-\teA==\t0644\t0\t0"),
    "too-many-fields": line(b"attic\t/home/x\t1\t2"), "too-few-fields": line(b"attic\t/home/x"), "mode-no-octal": line(b"file\t/etc/x\t-\teA==\t0999\t0\t0"), "uid-max": line(b"attic\t/home/x\t4294967295"),
    "uid-minus": line(b"attic\t/home/x\t-1"), "percent-last": line(b"note\ta\tb\t%"), "percent-one-digit": line(b"note\ta\tb\t%A"), "percent-lower": line(b"note\ta\tb\t%0a"),
    "control-byte": line(b"note\ta\tb\t\x01"), "empty-line": line(b""),
}
