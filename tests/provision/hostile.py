#!/usr/bin/env python3
"""What people could do to whom provisions them: each case is an attack, or a mistake with the same end, and what has to
come of it. Foreign rows and folders stay, a user's home stops nobody's plan, what somebody planted is not carried out.
usage: hostile.py TK [CASE…]"""
import base64, os, re, shutil, subprocess, sys, traceback
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from lazy import manifest, spaces
from world import World, key, people, uuid7

TK = os.path.abspath(sys.argv[1])
PROGRAM = os.path.join(os.path.dirname(TK), "../libexec/tk/plugins/apply-unix")
root = os.geteuid() == 0


def user(name, n, extra=""): return {f"galaxies/w/users/{name}.xml": f'<user name="{name}" id="{uuid7(n)}"{extra}/>\n'}
def sudo(command): return {"galaxies/w/sudos/s.xml": f'<sudo name="s" id="{uuid7(500)}" to="user:w/eve" commands="{command}"/>\n'}
def directory(path, more=""): return {"galaxies/w/directories/d.xml": f'<directory name="d" id="{uuid7(501)}" path="{path}"{more}/>\n'}
def apply(w, *more, code=0): return w.tk("repo", "apply", "--target", w.where, "--yes", *more, code=code)
def plan(w, *more, code=0): return w.tk("repo", "plan", "--target", w.where, *more, code=code)
def append(w, path, text): w.write(path, w.read(path) + text)


def refused(w, says, code=2):
    """The plan is not made, says why, and nothing changes."""
    before = w.snapshot()
    done = apply(w, code=None)
    assert done.returncode == code and says in done.stderr, (done.returncode, done.stdout[-300:], done.stderr[-300:])
    assert w.snapshot() == before


def this_machine_by_another_name(w):
    for word in ("root=/.", "root=/proc/self/root", "root=//", "root=/etc/.."):
        said = w.tk("repo", "plan", "--target", word, code=2).stderr
        assert "this very machine" in said, (word, said)
    w.declare(user("eve", 1))
    plan(w, "--out", w.holder + "/p")
    text = open(w.holder + "/p", "rb").read()
    signer = text.rstrip().splitlines()[-1].split(b"\t")[1].decode()
    if root and not os.path.exists("/etc/tk/plan-keys"):
        done = subprocess.run([PROGRAM, "check", "--root", "/.", "--key", signer], input=text, capture_output=True)
        assert done.returncode == 3 and b"plan-keys" in done.stderr, done


def uid_of_somebody_else(w):
    """An id that an attribute asks for does not make a foreign account one's own."""
    append(w, "/etc/passwd", "www:x:1033:1033:www:/var/www:/usr/sbin/nologin\n")
    for uid in (1000, 1033):
        w.declare(user("eve", uid, f' uid="{uid}"'))
        refused(w, "belongs to the account")


def ids_of_the_system(w):
    append(w, "/etc/passwd", "www-data:x:33:33:www:/var/www:/usr/sbin/nologin\n")
    for extra in (' uid="33"', ' uid="33" unix="www-data"', ' uid="999"'):
        w.declare(user("eve", 1, extra))
        refused(w, "of the system")
    w.declare(user("eve", 1) | {"galaxies/w/groups/g.xml": f'<group name="g" id="{uuid7(2)}" gid="27"/>\n'})
    refused(w, "of the system")
    w.declare({"galaxies/w/groups/g.xml": None, "ids.lock": f"33\t{uuid7(1)}\tuser:w/eve\n"})
    refused(w, "ids.lock")


def ids_of_another_computer(w):
    """Ids that were given out for one target are somebody else's on the next one."""
    w.declare(user("eve", 1) | user("bob", 2) | {"galaxies/w/groups/g.xml": f'<group name="g" id="{uuid7(3)}"/>\n'})
    apply(w)
    uid = w.passwd()["eve"][2]
    gid = next(r.split(":")[2] for r in w.read("/etc/group").splitlines() if r.startswith("g:"))
    w.system()
    append(w, "/etc/passwd", f"zoe:x:{uid}:{uid}::/home/zoe:/bin/sh\n")
    append(w, "/etc/shadow", "zoe:$y$zoe:1::::::\n")
    append(w, "/etc/group", f"zoo:x:{gid}:\n")
    refused(w, "belongs to the account zoe")
    # nor are they locked or removed when the entities are gone
    before = w.snapshot()
    w.declare({"galaxies/w/users/eve.xml": None, "galaxies/w/users/bob.xml": None, "galaxies/w/groups/g.xml": None})
    done = w.js("repo", "plan", "--target", w.where)
    assert done["operations"] == 0 and any("zoe" in x["what"] for x in done["waiting"]) and any("zoo" in x["what"] for x in done["waiting"]), done
    apply(w, "--purge")
    assert w.snapshot() == before


def group_of_that_name(w):
    append(w, "/etc/group", "eve:x:1500:carol\n")
    w.declare(user("eve", 1))
    refused(w, "belongs to")


def password_of_that_name(w):
    """A row of shadow that somebody left there is not the password of a new account."""
    append(w, "/etc/shadow", "eve:$y$old$pass:1::::::\n")
    w.declare(user("eve", 1))
    refused(w, "shadow")


def rights_of_that_name(w):
    """A new account would have what a foreign group gives to its name."""
    append(w, "/etc/group", "docker:x:998:eve\n")
    w.declare(user("eve", 1))
    said = apply(w, code=7).stderr
    assert "docker" in said and "--allow standing-member=1" in said, said
    assert "eve" not in w.passwd()
    apply(w, "--allow", "standing-member=1")


def folders_of_the_system(w):
    for path in ("/", "/etc", "/etc/sudoers.d", "/etc/tk", "/home", "/root", "/root/x", "/usr/local/bin", "/var", "/var/spool/cron", "/srv", "/proc/x", "/lib64", "/boot/x"):
        w.declare(directory(path))
        refused(w, "of the system")
    for path in ("/home/carol", "/home/carol/x", "/home/eve/.ssh"):
        w.declare(user("eve", 1) | directory(path))
        refused(w, "home")
    for path in ("/srv/x", "/opt/x", "/var/lib/x", "/data"):
        w.declare(directory(path))
        plan(w)


def modes(w):
    for mode in ("4755", "0777", "2777", "6755"):
        w.declare(directory("/srv/d", f' mode="{mode}"'))
        refused(w, mode)
    w.declare(directory("/srv/d", ' mode="1777"'))
    plan(w)


def homes_of_the_system(w):
    for home in ("/etc", "/", "/root", "/home", "/srv", "/etc/x", "/tmp/x", "/home/.tk-attic", "/home/.tk-attic/x"):
        w.declare(user("eve", 1, f' home="{home}"'))
        refused(w, "home")
    w.declare(user("eve", 1, ' home="/home/x"') | user("bob", 2, ' home="/home/x"'))
    refused(w, "home")
    w.declare(user("eve", 1, ' home="/home/bob/x"') | user("bob", 2))
    refused(w, "home")
    w.declare(user("eve", 1, ' home="/home/carol"') | user("bob", 2))
    refused(w, "home")
    w.declare(user("eve", 1, ' home="/home/carol/eve"'))
    refused(w, "home")


def odd_home(w):
    """What one person makes of their home is told, and stops nobody else's plan."""
    w.declare(people("user", ["eve", "bob"], 1))
    apply(w)
    odd = {"symlink": lambda p: os.symlink("/root", p), "fifo": lambda p: (os.mkdir(p), os.mkfifo(p + "/authorized_keys")), "folder": lambda p: os.makedirs(p + "/authorized_keys"),
           "large": lambda p: (os.mkdir(p), open(p + "/authorized_keys", "w").write("x" * 2_000_000)), "link": lambda p: (os.mkdir(p), os.symlink("/etc/shadow", p + "/authorized_keys"))}
    state = "active"
    for what, make in odd.items():
        subprocess.run(["rm", "-rf", w.root + "/home/eve/.ssh"], check=True)
        make(w.root + "/home/eve/.ssh")
        state = "suspended" if state == "active" else "active"
        w.tk("repo", "set", "user:w/bob", "state=" + state)
        assert any("/home/eve" in x["what"] for x in w.js("repo", "plan", "--target", w.where)["waiting"]), what
        apply(w)
        assert ("bob:!" in w.read("/etc/shadow")) == (state == "suspended"), what
        w.tk("repo", "drift", "--target", w.where, code=5)
    # … and does not keep its owner from being locked
    w.declare(people("user", ["bob"], 2))
    apply(w)
    assert "eve:!" in w.read("/etc/shadow")


def recovery_goes_on(w):
    """A plan that holds is carried out, whatever somebody makes of their own home meanwhile."""
    w.declare(people("user", ["eve", "bob"], 1))
    apply(w)
    keys = "".join(f'  <sshkey name="k{i}" id="{uuid7(5000 + i)}" public="{key(50 + i)}"/>\n' for i in (1, 2))
    w.declare({"galaxies/w/sshkeys/users.xml": f"<sshkeys>\n{keys}</sshkeys>\n"})
    plan(w, "--out", w.holder + "/p")
    shutil.copy(w.holder + "/p", w.root + "/etc/.tk-commit")
    os.chmod(w.root + "/etc/.tk-commit", 0o600)
    os.rename(w.root + "/home/eve/.ssh", w.root + "/home/eve/x")
    os.symlink("x", w.root + "/home/eve/.ssh")
    said = w.tk("repo", "recover", "--target", w.where)
    assert "/home/eve" in said.stderr and not os.path.exists(w.root + "/etc/.tk-commit"), said
    assert key(52) in w.read("/home/bob/.ssh/authorized_keys") and os.path.islink(w.root + "/home/eve/.ssh")


def planted_plan(w):
    """Who owns a tree does not give orders to root who looks into it."""
    if not root: return
    for who in ("tree", "file"):
        w.system()
        if who == "tree": subprocess.run(["chown", "-R", "1234:1234", w.root], check=True)
        with open(w.root + "/etc/.tk-commit", "w") as f:
            f.write(f"tk-plan\t1\nid\t{uuid7(77)}\nfile\t/srv/suid\t-\t{base64.b64encode(b'#!evil').decode()}\t4755\t0\t0\nsign\tAAAA\tBBBB\n")
        os.chown(w.root + "/etc/.tk-commit", 1234, 1234)
        done = w.tk("repo", "recover", "--target", w.where, code=None)
        assert done.returncode != 0 and not os.path.exists(w.root + "/srv/suid"), (who, done)


def sudo_of_everything(w):
    for command in ("/usr/bin/", "/usr/bin/.", "/home/eve/run.sh", "/tmp/x", "/srv/x/run", "/usr/bin/systemctl", "/usr/bin/systemctl edit web", "/usr/bin/systemctl status web",
                    "/usr/sbin/usermod -aG sudo eve", "/usr/sbin/chroot /x", "/usr/bin/docker run x", "/usr/bin/tk repo apply", "/usr/sbin/visudo", "/usr/bin/python3.11 x", "/usr/bin/passwd root"):
        w.declare(user("eve", 1) | sudo(command))
        done = plan(w, code=None)
        assert done.returncode == 2, (command, done)
    for command in ("/usr/bin/systemctl restart web", "/usr/bin/true", "/opt/web/bin/deploy now"):
        w.declare(user("eve", 1) | sudo(command))
        plan(w)


def ids_are_not_used_up(w):
    w.declare(user("eve", 1, ' uid="59999"'))
    apply(w)
    w.declare(user("bob", 2) | user("zed", 3, ' uid="70000"'))
    apply(w)
    w.declare(user("ann", 4))
    apply(w)
    uids = [p[2] for p in w.passwd().values()]
    assert len(set(uids)) == len(uids) == 6, uids


def two_workspaces(w):
    """The accounts and the sudoers of one are foreign to the other."""
    w.declare(people("user", ["eve"], 1) | sudo("/usr/bin/true"))
    apply(w)
    before = w.snapshot()
    with World(TK) as other:
        other.declare(people("user", ["bob"], 300))
        done = other.tk("repo", "apply", "--target", w.where, "--yes", code=2)
        assert "eve" in done.stderr and w.snapshot() == before, done.stderr
        other.declare({p: None for p in people("user", ["bob"], 300)} | people("user", ["bob"], 400, ' uid="30000"'))
        other.tk("repo", "apply", "--target", w.where, "--yes", code=0)
        now = w.snapshot()
        assert "bob" in w.passwd() and all(now[p] == before[p] for p in before if p.startswith(("/etc/sudoers.d", "/home/eve")))


def moved_into_a_space_that_is_not_read(w):
    space = "galaxies/w/systems/web/spaces/"
    w.declare({"galaxies/w/systems/web/system.xml": f'<system name="web" id="{uuid7(9999)}"/>\n'} | manifest(w, "lazy") | spaces(4))
    w.js("repo", "sync", "--space", "w.web.s1")
    apply(w)
    text = open(f"{w.ws}/{space}s1/users/p1.xml").read()
    w.declare({space + "s1/users/p1.xml": None, space + "s1/grants/g1.xml": None, space + "s2/users/p1.xml": text})
    done = w.js("repo", "plan", "--target", w.where)
    assert not any(s["verb"] == "lock" and "p1" in s["what"] for s in done["steps"]), done["steps"]


def shells(w):
    w.write("/etc/shells", "# shells\n/bin/sh\n/bin/bash\n")
    w.declare(user("eve", 1, ' shell="/usr/bin/python3"') | user("bob", 2) | user("svc", 3, ' shell="/usr/sbin/nologin"'))
    waits = w.js("repo", "plan", "--target", w.where)["waiting"]
    assert len(waits) == 1 and "eve" in waits[0]["what"] and "/etc/shells" in waits[0]["what"], waits
    apply(w)


def secrets_are_not_read(w):
    """A home's owner who puts a link into the place of their keys sees nothing of what it leads to, in no plan."""
    w.declare(people("user", ["eve"], 1))
    apply(w)
    keys = w.root + "/home/eve/.ssh/authorized_keys"
    w.write("/root/.ssh/authorized_keys", "ssh-rsa SECRETKEY\n")
    def leaks():
        if os.path.exists(w.holder + "/p"): os.unlink(w.holder + "/p")
        w.tk("repo", "set", "user:w/eve", "title=" + str(os.urandom(3).hex()))
        plan(w, "--out", w.holder + "/p")
        text = open(w.holder + "/p").read()
        return any(secret in base64.b64decode(f + "=" * (-len(f) % 4)) for l in text.splitlines() for f in l.split("\t") if len(f) > 15 and re.fullmatch("[A-Za-z0-9+/=]+", f) for secret in (b"SECRETKEY", b"secret$hash"))
    os.unlink(keys)
    os.link(w.root + "/etc/shadow", keys)
    assert not leaks()
    os.unlink(keys), os.rmdir(os.path.dirname(keys))
    os.symlink("../../root/.ssh", os.path.dirname(keys))
    assert not leaks()
    apply(w)
    assert w.read("/root/.ssh/authorized_keys") == "ssh-rsa SECRETKEY\n"


CASES = [this_machine_by_another_name, uid_of_somebody_else, ids_of_the_system, ids_of_another_computer, group_of_that_name, password_of_that_name, rights_of_that_name,
         folders_of_the_system, modes, homes_of_the_system, odd_home, recovery_goes_on, planted_plan, sudo_of_everything, ids_are_not_used_up, two_workspaces,
         moved_into_a_space_that_is_not_read, shells, secrets_are_not_read]
bad = 0
for case in CASES:
    if len(sys.argv) > 2 and case.__name__ not in sys.argv[2:]: continue
    try:
        with World(TK) as w: case(w)
    except Exception as error:
        bad += 1
        line = traceback.extract_tb(error.__traceback__)
        where = next(f.lineno for f in reversed(line) if f.filename == __file__ or f.filename.endswith("hostile.py"))
        print(f"{case.__name__}:{where}: {str(error)[-700:]}", file=sys.stderr)
assert not bad, f"{bad} of {len(CASES)} got through"
print(f"hostile: {len(CASES)} kinds of attack, none through" + ("" if root else " (without root: less of them)"))
