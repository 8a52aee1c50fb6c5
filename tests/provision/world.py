"""A workspace and a system below a folder, for the tests of accounts. Needs no root: without it files stay the caller's."""
import base64, hashlib, json, os, shutil, struct, subprocess, tempfile

def key(n):
    """A public key of which nobody has the other half."""
    blob = struct.pack(">I11sI", 11, b"ssh-ed25519", 32) + hashlib.sha256(b"%d" % n).digest()
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


class World:
    def __init__(self, tk):
        self.tk_path = tk
        self.holder = tempfile.mkdtemp(prefix="tk-provision-")
        self.ws, self.root = os.path.join(self.holder, "w"), os.path.join(self.holder, "root")
        self.where = "root=" + self.root
        subprocess.run([tk, "init", self.ws], check=True, capture_output=True)
        self.system()

    def close(self): shutil.rmtree(self.holder, ignore_errors=True)
    def __enter__(self): return self
    def __exit__(self, *_): self.close()

    def tk(self, *words, code=0, cwd=None):
        done = subprocess.run([self.tk_path, *words], cwd=cwd or self.ws, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        assert code is None or done.returncode == code, f"tk {' '.join(words)}: {done.returncode}, not {code}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        return done

    def js(self, *words, code=0): return json.loads(self.tk(*words, "--json", code=code).stdout)

    def write(self, path, text, mode=None):
        full = self.root + path
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w") as f: f.write(text)
        if mode is not None: os.chmod(full, mode)

    def read(self, path):
        with open(self.root + path) as f: return f.read()

    def system(self):
        """What stands there before tk, with what other programs write: comments, NIS, a system group, a person with a password."""
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in ("etc/skel", "etc/sudoers.d", "home/carol/.ssh", "srv", "root"): os.makedirs(os.path.join(self.root, folder))
        self.write("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n# by hand\ncarol:x:1000:1000:Carol,,,:/home/carol:/bin/bash\n+::::::\n")
        self.write("/etc/group", "root:x:0:\nstaff:x:50:carol\ncarol:x:1000:\nbakers:x:1200:carol\n+:::\n")
        self.write("/etc/shadow", "root:*:19000:0:99999:7:::\ncarol:$y$j9T$secret$hash:19500:1:90:14:30::\n", 0o640)
        self.write("/etc/gshadow", "root:*::\nstaff:*::carol\ncarol:!::\nbakers:!::carol\n", 0o640)
        self.write("/etc/subuid", "carol:100000:65536\n")
        self.write("/etc/subgid", "carol:100000:65536\n")
        self.write("/etc/skel/.profile", "umask 027\n")
        self.write("/home/carol/.ssh/authorized_keys", "# at home\n" + key(7) + " carol at home\n", 0o600)
        os.chmod(self.root + "/home/carol/.ssh", 0o700)
        os.chmod(self.root + "/home/carol", 0o750)
        if os.geteuid() == 0:
            for folder, _, files in os.walk(self.root + "/home/carol"):
                for path in [folder] + [os.path.join(folder, f) for f in files]: os.chown(path, 1000, 1000)

    def declare(self, files, message="by hand"):
        """Files as a person writes and commits them; {path: text, None removes it}."""
        for path, text in files.items():
            full = os.path.join(self.ws, path)
            if text is None:
                os.unlink(full)
                continue
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w") as f: f.write(text)
        git = ["git", "-C", self.ws, "-c", "user.name=t", "-c", "user.email=t@example.org"]
        subprocess.run([*git, "add", "-A"], check=True)
        subprocess.run([*git, "commit", "-qm", message], check=True)

    def snapshot(self, but=(".pwd.lock", ".tk-attic")):
        out = {}
        for folder, folders, files in os.walk(self.root):
            folders[:] = [f for f in folders if f not in but]
            for name in folders + files:
                if name in but: continue
                path = os.path.join(folder, name)
                st = os.lstat(path)
                body = open(path, "rb").read() if os.path.isfile(path) and not os.path.islink(path) else os.readlink(path) if os.path.islink(path) else None
                out[path[len(self.root):]] = (oct(st.st_mode), st.st_uid, st.st_gid, body)
        return out

    def passwd(self): return {r.split(":")[0]: r.split(":") for r in self.read("/etc/passwd").splitlines() if r.count(":") == 6 and r[0] not in "+-#"}


def uuid7(n):
    """Ids in the order of n, so that who is older is known."""
    return f"01900000-{n >> 16 & 0xffff:04x}-7{n >> 4 & 0xfff:03x}-8{n & 0xf:x}00-{n:012x}"


def people(kind, names, first, extra="", context="w"):
    """A file of users or agents, each with a key."""
    rows = "".join(f'  <{kind} name="{n}" id="{uuid7(first + i)}" ssh-keys="k{first + i}"{extra}/>\n' for i, n in enumerate(names))
    keys = "".join(f'  <sshkey name="k{first + i}" id="{uuid7(first + i + 5000)}" public="{key(first + i)}"/>\n' for i in range(len(names)))
    base = f"galaxies/{context}"
    return {f"{base}/{kind}s/all.xml": f"<{kind}s>\n{rows}</{kind}s>\n", f"{base}/sshkeys/{kind}s.xml": f"<sshkeys>\n{keys}</sshkeys>\n"}
