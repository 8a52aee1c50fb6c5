#!/usr/bin/env python3
"""Real programs take the accounts for what they are: su, sshd with PAM, and sudo, in a chroot below a private mount
namespace, before a suspension, under it, behind it, and after the account is gone. Then the way of a real machine:
apply as root on / itself, with /etc/tk/plan-keys and without.
usage: login.py TK   (77: it cannot be done here)"""
import os, shutil, socket, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import World, uuid7

TK = os.path.abspath(sys.argv[1])
TOOLS = ("unshare", "mount", "chroot", "su", "sudo", "ssh", "ssh-keygen", "chpasswd", "setpriv")
INSIDE = ["/usr", "/bin", "/sbin", "/lib", "/lib64"]
OF_ETC = ("pam.d", "security", "ssh/moduli", "nsswitch.conf", "login.defs", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "sudoers", "sudo.conf", "hosts",
          "environment", "default", "alternatives", "shells", "profile", "localtime")


def cannot(why):
    print(f"SKIPPED provision-login: {why}: no login by su, ssh or sudo was tried")
    sys.exit(77)


def namespace():
    """Starts itself again where mounts are its own."""
    if os.environ.get("TK_LOGIN_INSIDE"): return
    if os.geteuid() != 0: cannot("not root")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for tool in TOOLS:
        if not shutil.which(tool): cannot(tool + " is missing")
    if not os.path.exists("/usr/sbin/sshd"): cannot("/usr/sbin/sshd is missing")
    if subprocess.run(["unshare", "-m", "mount", "--bind", "/usr", "/usr"], capture_output=True).returncode != 0: cannot("no mount namespace is given")
    os.environ["TK_LOGIN_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])


class Machine(World):
    """A system in which programs run: this one's /usr, an /etc of its own."""
    def system(self):
        super().system()
        for folder in ("dev", "proc", "run/sshd", "tmp", "etc/tk"): os.makedirs(os.path.join(self.root, folder), exist_ok=True)
        os.chmod(self.root + "/tmp", 0o1777)
        for path in INSIDE:
            if os.path.islink(path): os.symlink(os.readlink(path), self.root + path)
            elif os.path.isdir(path): self.bind(path, path)
        for name in OF_ETC:
            source, place = "/etc/" + name, self.root + "/etc/" + name
            os.makedirs(os.path.dirname(place), exist_ok=True)
            if os.path.isdir(source): shutil.copytree(source, place, symlinks=True)
            elif os.path.exists(source): shutil.copy2(source, place, follow_symlinks=name != "localtime")
        self.bind("/dev", "/dev", "rbind", False)
        self.bind("/proc", "/proc", "rbind", False)
        self.write("/etc/machine-id", "0" * 31 + "1\n")
        self.write("/etc/passwd", self.read("/etc/passwd").replace("+::::::\n", "sshd:x:105:65534::/run/sshd:/usr/sbin/nologin\n"))
        self.write("/etc/group", self.read("/etc/group").replace("+:::\n", "shadow:x:42:\nnogroup:x:65534:\n"))
        os.chown(self.root + "/etc/shadow", 0, 42)
        # Whoever may not change the audit id, as in a container, could not log in at all.
        sshd = self.root + "/etc/pam.d/sshd"
        text = open(sshd).read()
        with open(sshd, "w") as f: f.write("\n".join(line for line in text.split("\n") if "pam_loginuid" not in line))

    def bind(self, source, place, how="bind", read_only=True):
        os.makedirs(self.root + place, exist_ok=True)
        subprocess.run(["mount", "--" + how, source, self.root + place], check=True)
        if read_only: subprocess.run(["mount", "-o", "remount,bind,ro", self.root + place], check=True)

    def inside(self, *words, code=0, stdin="", user=None, env=None):
        # cwd is /: chroot changes to it
        as_user = ["setpriv", f"--reuid={user[0]}", f"--regid={user[1]}", "--clear-groups", "--inh-caps=-all"] if user else []
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C", **(env or {})}
        done = subprocess.run(["chroot", self.root, *as_user, *words], env=env, input=stdin, capture_output=True, text=True, timeout=60)
        assert code is None or done.returncode == code, f"{words}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
        return done

    def close(self):
        # What is mounted in here must never be reached by what removes the folder.
        def mounted(): return [line.split()[1] for line in open("/proc/self/mounts") if line.split()[1].startswith(self.root + "/")]
        for place in reversed(mounted()): subprocess.run(["umount", "-l", place])
        if mounted(): raise AssertionError(f"still mounted, and so not removed: {mounted()}")
        super().close()


TK_HOME = os.path.dirname(os.path.dirname(TK))


class Sshd:
    """Debian's own, inside, on a port that was free; ends with the test, or by itself after two minutes."""
    def __init__(self, w):
        self.w = w
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-f", w.root + "/etc/ssh/host"], check=True)
        w.write("/etc/ssh/sshd_config", f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey /etc/ssh/host\nUsePAM yes\nPasswordAuthentication no\n"
                "KbdInteractiveAuthentication no\nPidFile none\nStrictModes yes\nLoginGraceTime 10\n")
        self.log = open(w.holder + "/sshd.log", "w+")
        self.process = subprocess.Popen(["timeout", "120", "chroot", w.root, "/usr/sbin/sshd", "-D", "-e", "-f", "/etc/ssh/sshd_config"], stderr=self.log)
        for _ in range(200):
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0: return
            assert self.process.poll() is None, open(self.log.name).read()
            time.sleep(0.02)
        raise AssertionError("sshd does not listen")

    def login(self, name, key, command, code=0):
        done = subprocess.run(["ssh", "-F", "none", "-i", key, "-p", str(self.port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                               "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-o", "LogLevel=ERROR", f"{name}@127.0.0.1", command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, f"ssh {name} {command}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}{open(self.log.name).read()[-1500:]}"
        return done

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=10)


namespace()
with Machine(TK) as w:
    keys = {name: w.holder + "/key-" + name for name in ("agent", "user", "nobody")}
    for path in keys.values(): subprocess.run(["ssh-keygen", "-qt", "ed25519", "-N", "", "-C", "", "-f", path], check=True)
    public = {name: " ".join(open(path + ".pub").read().split()[:2]) for name, path in keys.items()}
    AGENT, USER = "galaxies/w/agents/bot.xml", "galaxies/w/users/ann.xml"
    w.declare({
        USER: f'<user name="ann" id="{uuid7(1)}" shell="/bin/bash" ssh-keys="ann"/>\n',
        AGENT: f'<agent name="bot" id="{uuid7(2)}" shell="/bin/bash" ssh-keys="bot" sponsor="user:w/ann"/>\n',
        "galaxies/w/sshkeys/ann.xml": f'<sshkey name="ann" id="{uuid7(3)}" public="{public["user"]}"/>\n',
        "galaxies/w/sshkeys/bot.xml": f'<sshkey name="bot" id="{uuid7(4)}" public="{public["agent"]}"/>\n',
        "galaxies/w/sudos/id.xml": f'<sudo name="id" id="{uuid7(5)}" to="agent:w/bot" commands="/usr/bin/id -u" nopasswd="true"/>\n',
        "galaxies/w/sudos/gid.xml": f'<sudo name="gid" id="{uuid7(7)}" to="user:w/ann" commands="/usr/bin/id -g" nopasswd="true"/>\n',
    })

    def apply(*more):
        return w.js("repo", "apply", "--target", w.where, "--yes", *more)

    apply()
    uid, gid = w.passwd()["bot"][2:4]
    ann = w.passwd()["ann"][2:4]
    sshd = Sshd(w)
    try:
        # ---- su, ssh and sudo take the agent for what it is
        as_agent = f"bot\n{uid}\n/home/bot\n"
        ask = "id -un; id -u; pwd; touch x"
        assert w.inside("su", "-", "bot", "-c", ask).stdout == as_agent
        assert os.stat(w.root + "/home/bot/x").st_uid == int(uid)
        assert sshd.login("bot", keys["agent"], ask).stdout == as_agent
        assert sshd.login("ann", keys["user"], "id -un").stdout == "ann\n"
        sshd.login("bot", keys["user"], "true", code=255)  # not with another's key
        sshd.login("bot", keys["nobody"], "true", code=255)
        assert "/usr/bin/id -u" in sshd.login("bot", keys["agent"], "sudo -n -l").stdout
        assert sshd.login("bot", keys["agent"], "sudo -n /usr/bin/id -u").stdout == "0\n"
        for more in ("/usr/bin/id", "/usr/bin/id -u -n", "/bin/bash", "-u ann /usr/bin/id -u"):  # exactly that command
            sshd.login("bot", keys["agent"], "sudo -n " + more, code=1)
        sshd.login("ann", keys["user"], "sudo -n /usr/bin/id -u", code=1)
        # One is not let into the home of the other.
        w.inside("ls", "/home/bot", user=ann, code=2)
        # ---- a password that somebody set is none of tk's business; it opens before the suspension, and behind it again
        w.inside("chpasswd", stdin="bot:a secret of bot\n")
        def su(code):
            return w.inside("su", "bot", "-c", "id -u", stdin="a secret of bot\n", user=ann, code=code).stdout
        assert su(0) == uid + "\n"
        w.inside("su", "bot", "-c", "id -u", stdin="another\n", user=ann, code=1)
        w.tk("repo", "set", "agent:w/bot", "state=suspended")
        apply()
        su(1)
        sshd.login("bot", keys["agent"], "true", code=255)
        assert sshd.login("ann", keys["user"], "id -un").stdout == "ann\n", "ann is not concerned"
        w.tk("repo", "set", "agent:w/bot", "state=active")
        apply()
        assert su(0) == uid + "\n" and sshd.login("bot", keys["agent"], "sudo -n /usr/bin/id -u").stdout == "0\n"
        # ---- what is not declared any more is locked first, and gone with --purge
        w.declare({AGENT: None, "galaxies/w/sudos/id.xml": None, "galaxies/w/sshkeys/bot.xml": None})
        apply()
        su(1)
        sshd.login("bot", keys["agent"], "true", code=255)
        assert "bot" in w.passwd() and not os.path.exists(w.root + "/home/bot/.ssh/authorized_keys")
        apply("--purge")
        w.inside("id", "bot", code=1)
        sshd.login("bot", keys["agent"], "true", code=255)
        assert not os.path.exists(w.root + "/home/bot") and not os.path.exists(w.root + "/etc/sudoers.d/tk-" + uid)
        attic = os.listdir(w.root + "/home/.tk-attic")
        assert len(attic) == 1 and attic[0].startswith(uid + "-") and os.path.exists(f"{w.root}/home/.tk-attic/{attic[0]}/x"), attic
        assert sshd.login("ann", keys["user"], "id -un").stdout == "ann\n"
    finally:
        sshd.end()
    # ---- on the machine itself: only plans signed by a key that root wrote down
    w.bind(w.ws, "/w", read_only=False)
    w.bind(TK_HOME, TK_HOME)
    w.declare({"galaxies/w/users/eve.xml": f'<user name="eve" id="{uuid7(6)}" shell="/bin/bash"/>\n'})
    machine = ("--target", "/", "--yes-live")

    def live(*words, code=0):
        return w.inside(TK, "repo", *words, code=code, env={"TK_WORKSPACE": "/w"})

    assert "yes-live" in live("apply", "--target", "/", "--yes", code=2).stderr
    def own_files(): return w.snapshot((".pwd.lock", "dev", "proc", "tk", "w", "run", TK_HOME.split("/")[1], *[p[1:] for p in INSIDE]))
    before = own_files()
    def unchanged():
        now = own_files()
        assert now == before, {p for p in now.keys() | before.keys() if now.get(p) != before.get(p)}
    live("plan", *machine)
    assert "plan-keys is missing" in live("apply", *machine, "--yes", code=3).stderr
    unchanged()
    live("plan", *machine, "--out", "/w/live.plan")
    own = open(w.ws + "/live.plan").read().split("sign\t")[1].split("\t")[0]
    for text, mode, code, why in ((own, 0o664, 3, "by others than root"), (own, 0o646, 3, "by others than root"), ("", 0o644, 8, "nobody whose plans"),
                                  ("# " + own, 0o644, 8, "nobody whose plans"), (own[::-1], 0o644, 8, "nobody whose plans")):
        w.write("/etc/tk/plan-keys", text + "\n", mode)
        assert why in live("apply", *machine, "--yes", code=code).stderr
        os.unlink(w.root + "/etc/tk/plan-keys")
        unchanged()
    w.write("/etc/tk/plan-keys", own + "\n", 0o644)
    os.chown(w.root + "/etc/tk/plan-keys", 1000, 0)
    assert "by others than root" in live("apply", *machine, "--yes", code=3).stderr
    os.chown(w.root + "/etc/tk/plan-keys", 0, 0)
    live("apply", *machine, "--yes")
    assert "eve" in w.passwd() and w.inside("su", "-", "eve", "-c", "id -un; pwd").stdout == "eve\n/home/eve\n"
    assert "nothing to do" in live("apply", *machine, "--yes").stdout
    live("undo", *machine, "--yes")
    assert "eve" not in w.passwd()
print("su, ssh, sudo and tk itself take the accounts for what they are")
