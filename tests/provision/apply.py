#!/usr/bin/env python3
"""The life of accounts below a folder: fifty people and fifty agents are treated alike byte for byte, a second apply does
nothing, each edit by hand is named, undo gives back every byte, import takes over, and each guard stops what it is for.
usage: apply.py TK"""
import os, re, subprocess, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import World, key, people, uuid7

TK = os.path.abspath(sys.argv[1])
root = os.geteuid() == 0
SHELL = ' shell="/bin/bash"'


def organisation(w, n=50):
    users, agents = [f"u{i:02}" for i in range(n)], [f"a{i:02}" for i in range(n)]
    files = people("user", users, 1, SHELL) | people("agent", agents, 1001, SHELL + ' sponsor="user:w/u00"')
    members = "".join(f'  <member ref="{k}:w/{x}"/>\n' for k, xs in (("user", users), ("agent", agents)) for x in xs)
    files["galaxies/w/groups/makers.xml"] = f'<group name="makers" id="{uuid7(3000)}">\n{members}</group>\n'
    files["galaxies/w/sudos/web.xml"] = f'<sudo name="web" id="{uuid7(3001)}" to="user:w/** agent:w/**" commands="/usr/bin/systemctl restart web"/>\n'
    files["galaxies/w/directories/shared.xml"] = (f'<directory name="shared" id="{uuid7(3002)}" path="/srv/shared" mode="2770" unix-group="makers" '
                                                  'acl="user:u01:rwx,user:a01:rwx,default:group:makers:rwx"/>\n')
    return files, users, agents


with World(TK) as w:
    before = w.snapshot()
    files, users, agents = organisation(w)
    w.declare(files)
    # ---- plan, and what it says of itself
    plan = w.js("repo", "plan", "--target", w.where, "--detailed-exitcode", code=5)
    assert plan["id"] == "" and not w.js("record", "list", "provision"), "a look leaves nothing"
    assert plan["create"] == 100 and not plan["guards"] and plan["operations"] > 600, plan
    assert w.snapshot() == before, "a plan changes nothing"
    # ---- a saved plan: signed, and bound to what stood there
    saved = w.js("repo", "plan", "--target", w.where, "--out", "p.plan")
    shown = w.js("repo", "show", saved["id"])
    assert shown["state"] == "planned" and shown["operations"] == plan["operations"] == saved["operations"]
    w.tk("repo", "apply", "p.plan", "--target", w.where, code=2)  # no --yes
    text = open(w.ws + "/p.plan").read()
    with open(w.ws + "/forged.plan", "w") as f: f.write(text.replace("/bin/bash", "/bin/evil", 1))
    assert "was changed" in w.tk("repo", "apply", "forged.plan", "--target", w.where, "--yes", code=8).stderr
    assert w.snapshot() == before
    applied = w.js("repo", "apply", "p.plan", "--target", w.where, "--yes")
    assert applied["operations"] == plan["operations"]
    os.unlink(w.ws + "/p.plan"), os.unlink(w.ws + "/forged.plan")
    after = w.snapshot()
    # ---- equal treatment: all of what belongs to a user is that of an agent but for the name and the number
    passwd = w.passwd()
    assert len(passwd) == 102
    for u, a in zip(users, agents):
        def about(name):
            uid = passwd[name][2]
            n = int(re.search(r"\d+$", name).group()) + (1 if name[0] == "u" else 1001)
            rows = [next(r for r in w.read("/etc/" + f).splitlines() if r.startswith(name + ":")) for f in ("passwd", "group", "shadow", "gshadow", "subuid", "subgid")]
            files = {p: v for p, v in after.items() if p == f"/home/{name}" or p.startswith(f"/home/{name}/")}
            sudo = after[f"/etc/sudoers.d/tk-{uid}"]
            text = repr((rows, sorted(files.items()), sudo)).replace(name, "NAME").replace(key(n), "KEY")
            return re.sub(r"NAME:\d+:65536", "NAME:SUB:65536", text).replace(uid, "UID")
        assert about(u) == about(a), (about(u), about(a))
    gid = {r.split(":")[0]: r.split(":")[2] for r in w.read("/etc/group").splitlines()}["makers"]
    acl = subprocess.run(["getfacl", "-nE", "--absolute-names", w.root + "/srv/shared"], capture_output=True, text=True).stdout
    for name in ("u01", "a01"): assert f"user:{passwd[name][2]}:rwx" in acl, acl
    assert f"default:group:{gid}:rwx" in acl
    # ---- foreign rows, comments and NIS lines kept their bytes and their place
    old, new = before["/etc/passwd"][3].decode().splitlines(), after["/etc/passwd"][3].decode().splitlines()
    assert [r for r in new if r in old] == old and new[-1] == "+::::::" and new[:3] == old[:3]
    assert "$y$j9T$secret$hash" in w.read("/etc/shadow")
    # ---- sudo itself takes the files
    if root and os.path.exists("/usr/sbin/visudo"):
        for f in os.listdir(w.root + "/etc/sudoers.d"): subprocess.run(["visudo", "-cqf", w.root + "/etc/sudoers.d/" + f], check=True)
    # ---- a second time: nothing
    again = w.js("repo", "apply", "--target", w.where, "--yes")
    assert again["operations"] == 0 and again["plan"] == "" and w.snapshot() == after
    assert w.js("repo", "plan", "--target", w.where, "--detailed-exitcode")["operations"] == 0
    assert w.js("repo", "drift", "--target", w.where)["differences"] == []

    # ---- every edit by hand has a name
    def sub(path, a, b): w.write(path, w.read(path).replace(a, b, 1))
    uid = passwd["u03"][2]
    edits = {
        "shell": (lambda: sub("/etc/passwd", passwd["u03"][5] + ":/bin/bash", passwd["u03"][5] + ":/bin/zsh"), "u03", "passwd shell"),
        "home field": (lambda: sub("/etc/passwd", "/home/u04:", "/tmp:"), "u04", "passwd home"),
        "title": (lambda: sub("/etc/passwd", f":{passwd['u05'][2]}::", f":{passwd['u05'][2]}:Boss:"), "u05", "passwd title"),
        "missing passwd row": (lambda: sub("/etc/passwd", ":".join(passwd["a06"]) + "\n", ""), "a06", "passwd"),
        "password opened": (lambda: sub("/etc/shadow", "u07:*:", "u07:!$y$x:"), "u07", "shadow lock"),
        "end": (lambda: sub("/etc/shadow", "a08:*:" + str(int(__import__("time").time()) // 86400) + ":0:99999:7:::", "a08:*:1:0:99999:7::20000:"), "a08", "shadow end"),
        "missing shadow row": (lambda: w.write("/etc/shadow", "".join(l + "\n" for l in w.read("/etc/shadow").splitlines() if not l.startswith("u09:"))), "u09", "shadow"),
        "group member": (lambda: sub("/etc/group", "makers:x:" + gid + ":", "makers:x:" + gid + ":carol,"), "makers", "group members"),
        "sub ids": (lambda: sub("/etc/subuid", "u10:", "u10:5"), "u10", "subuid first"),
        "key added": (lambda: w.write("/home/u11/.ssh/authorized_keys", w.read("/home/u11/.ssh/authorized_keys") + key(99) + "\n"), "u11", "/home/u11/.ssh/authorized_keys"),
        "key removed": (lambda: os.unlink(w.root + "/home/a12/.ssh/authorized_keys"), "a12", "/home/a12/.ssh/authorized_keys"),
        "key mode": (lambda: os.chmod(w.root + "/home/u13/.ssh/authorized_keys", 0o644), "u13", "mode or owner of /home/u13/.ssh/authorized_keys"),
        "sudo edited": (lambda: (os.chmod(w.root + f"/etc/sudoers.d/tk-{uid}", 0o640), w.write(f"/etc/sudoers.d/tk-{uid}", "u03 ALL=(ALL) ALL\n", 0o440)), f"/etc/sudoers.d/tk-{uid}", f"/etc/sudoers.d/tk-{uid}"),
        "sudo added": (lambda: w.write("/etc/sudoers.d/tk-1", "x ALL=ALL\n"), "/etc/sudoers.d/tk-1", "/etc/sudoers.d/tk-1"),
        "folder mode": (lambda: os.chmod(w.root + "/srv/shared", 0o777), "/srv/shared", "/srv/shared"),
        "home gone": (lambda: os.rename(w.root + "/home/u14", w.root + "/home/.elsewhere"), "u14", "home /home/u14"),
    }
    if root: edits["home owner"] = (lambda: os.chown(w.root + "/home/u15", 0, 0), "u15", "owner of /home/u15")
    for what, (edit, _, _) in edits.items():
        stood = w.read("/etc/passwd") + w.read("/etc/shadow") + w.read("/etc/group") + w.read("/etc/subuid")
        edit()
    drift = w.js("repo", "drift", "--target", w.where, code=5)["differences"]
    for what, (_, about, field) in edits.items():
        assert any(d["about"] == about and d["what"] == field for d in drift), (what, about, field, [d for d in drift if d["about"] == about], len(drift))
    assert len(drift) == len(edits), [d for d in drift]
    rows = w.js("log", "--event", "provision.drifted")
    assert rows and rows[-1]["event_type"] == "provision.drifted"
    if root: os.chown(w.root + "/home/u15", int(passwd["u15"][2]), int(passwd["u15"][2]))
    os.rename(w.root + "/home/.elsewhere", w.root + "/home/u14")
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert w.js("repo", "drift", "--target", w.where)["differences"] == []
    w.js("repo", "plan", "--target", w.where, "--detailed-exitcode")

    # ---- undo, from the start: the same bytes as before the first apply
    w.system()
    start = w.snapshot()
    w.tk("repo", "apply", "--target", w.where, "--yes")
    w.tk("repo", "undo", "--target", w.where, "--yes")
    assert w.snapshot() == start
    for path in ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid"): assert w.snapshot()[path] == start[path]
    # … and refused where somebody moved on
    w.tk("repo", "apply", "--target", w.where, "--yes")
    sub("/etc/passwd", passwd["u03"][5] + ":/bin/bash", passwd["u03"][5] + ":/bin/zsh")
    assert "not as it was" in w.tk("repo", "undo", "--target", w.where, "--yes", code=4).stderr
    w.tk("repo", "apply", "--target", w.where, "--yes")

    # ---- locked first, removed by another plan that says so; the id stays a tombstone
    gone = dict(files)
    gone["galaxies/w/users/all.xml"] = "".join(l + "\n" for l in files["galaxies/w/users/all.xml"].splitlines() if 'name="u49"' not in l)
    gone["galaxies/w/groups/makers.xml"] = "".join(l + "\n" for l in files["galaxies/w/groups/makers.xml"].splitlines() if "u49" not in l)
    w.declare(gone)
    plan = w.js("repo", "plan", "--target", w.where)
    assert plan["lock"] == 1 and plan["remove"] == 0, plan
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert re.search(r"^u49:!\*:.*:1:$", w.read("/etc/shadow"), re.M) and not os.path.exists(w.root + "/home/u49/.ssh/authorized_keys") and "u49" in w.passwd()
    plan = w.js("repo", "plan", "--target", w.where)
    assert plan["operations"] == 0 and any("u49" in x["what"] for x in plan["waiting"]), plan
    w.write("/home/u49/work", "a year of it")
    if root: os.chown(w.root + "/home/u49/work", int(passwd["u49"][2]), -1)
    w.tk("repo", "apply", "--target", w.where, "--purge", "--yes")
    assert "u49" not in w.passwd() and not os.path.exists(w.root + "/home/u49")
    attic = [d for d in os.listdir(w.root + "/home/.tk-attic") if d.startswith(passwd["u49"][2] + "-") and os.path.exists(w.root + f"/home/.tk-attic/{d}/work")]
    assert attic, "the home went to the attic, with what was in it"
    w.declare(people("user", ["fresh"], 4000, context="w/systems/s") | {"galaxies/w/systems/s/system.xml": f'<system name="s" id="{uuid7(4100)}"/>\n'})
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert int(w.passwd()["fresh"][2]) > max(int(p[2]) for n, p in passwd.items() if n != "carol"), "no id is given twice"

    # ---- a rename is a rename: same id, same password, its home moves
    sub("/etc/shadow", "a01:*:", "a01:$y$j9T$mine:")
    renamed = dict(gone)
    renamed["galaxies/w/agents/all.xml"] = gone["galaxies/w/agents/all.xml"].replace('name="a01"', 'name="ada"')
    renamed["galaxies/w/groups/makers.xml"] = gone["galaxies/w/groups/makers.xml"].replace("agent:w/a01", "agent:w/ada")
    renamed["galaxies/w/directories/shared.xml"] = gone["galaxies/w/directories/shared.xml"].replace("user:a01", "user:ada")
    w.declare(renamed)
    plan = w.js("repo", "plan", "--target", w.where)
    assert plan["create"] == 0 and plan["lock"] == 0 and plan["remove"] == 0 and any(s["verb"] == "rename" for s in plan["steps"]), plan["steps"]
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert w.passwd()["ada"][2] == passwd["a01"][2] and "a01" not in w.passwd() and os.path.exists(w.root + "/home/ada/.ssh/authorized_keys")
    assert "ada:$y$j9T$mine:" in w.read("/etc/shadow") and not os.path.exists(w.root + "/home/a01")
    assert w.js("repo", "plan", "--target", w.where)["operations"] == 0
    w.tk("repo", "undo", "--target", w.where, "--yes")
    assert "a01:$y$j9T$mine:" in w.read("/etc/shadow") and os.path.exists(w.root + "/home/a01")
    w.tk("repo", "apply", "--target", w.where, "--yes")

    # ---- suspended: locked, its keys stay in XML and in place; active again: open, with the same password
    w.tk("repo", "set", "agent:w/ada", "state=suspended")
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert re.search(r"^ada:!\$y\$j9T\$mine:\d+:0:99999:7::1:$", w.read("/etc/shadow"), re.M), w.read("/etc/shadow")
    w.tk("repo", "set", "agent:w/ada", "state=active")
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert re.search(r"^ada:\$y\$j9T\$mine:\d+:0:99999:7:::$", w.read("/etc/shadow"), re.M)

    # ---- guards
    few = dict(renamed)
    few["galaxies/w/agents/all.xml"] = "".join(l + "\n" for l in renamed["galaxies/w/agents/all.xml"].splitlines() if not re.search(r'name="a[234]', l))
    few["galaxies/w/groups/makers.xml"] = "".join(l + "\n" for l in renamed["galaxies/w/groups/makers.xml"].splitlines() if not re.search(r"w/a[234]", l))
    w.declare(few)
    stood = w.snapshot()
    said = w.tk("repo", "apply", "--target", w.where, "--yes", code=7).stderr
    assert "30 accounts" in said and "--allow removals=30" in said and w.snapshot() == stood, said
    w.tk("repo", "apply", "--target", w.where, "--yes", "--allow", "removals=29", code=2)
    w.tk("repo", "apply", "--target", w.where, "--yes", "--allow", "removals=30")
    w.declare({"galaxies/w/sudos/web.xml": None})
    assert "last-admin" in w.tk("repo", "apply", "--target", w.where, "--yes", code=7).stderr
    w.declare({"galaxies/w/sudos/web.xml": files["galaxies/w/sudos/web.xml"]})
    w.tk("repo", "apply", "--target", w.where, "--yes", code=0)
    # a living account gets another uid only when somebody says so
    other = {"galaxies/w/users/all.xml": few["galaxies/w/users/all.xml"].replace('name="u20"', 'name="u20" uid="30001"')}
    w.declare(other)
    assert "uid-change" in w.tk("repo", "apply", "--target", w.where, "--yes", code=7).stderr
    w.declare({"galaxies/w/users/all.xml": few["galaxies/w/users/all.xml"]})
    # what a lock keeps is kept, even when its declaration is gone
    w.tk("repo", "set", "user:w/u21", "lock=delete")
    w.tk("repo", "apply", "--target", w.where, "--yes", code=0)
    w.declare({"galaxies/w/users/all.xml": few["galaxies/w/users/all.xml"].replace(next(l for l in few["galaxies/w/users/all.xml"].splitlines() if '"u21"' in l) + "\n", ""),
               "galaxies/w/groups/makers.xml": few["galaxies/w/groups/makers.xml"].replace('  <member ref="user:w/u21"/>\n', "")})
    plan = w.js("repo", "plan", "--target", w.where)
    assert not any("u21" in s["what"] and s["verb"] in ("lock", "remove") for s in plan["steps"]) and any("u21" in x["what"] for x in plan["waiting"]), plan

    # ---- who else wrote meanwhile: the plan is stale, nothing is changed
    w.tk("repo", "set", "user:w/u22", "title=Cook")
    plan = w.js("repo", "plan", "--target", w.where, "--out", w.holder + "/stale")
    sub("/etc/passwd", "/home/u22:/bin/bash", "/home/u22:/bin/zsh")
    stood = w.snapshot()
    assert "is not as it was" in w.tk("repo", "apply", plan["id"], "--target", w.where, "--yes", code=4).stderr
    assert w.snapshot() == stood
    assert w.js("repo", "show", plan["id"])["state"] == "failed"
    w.tk("log", "verify")

# ---- import: the plan is empty afterwards, and what tk has no words for is named and left
with World(TK) as w:
    w.write("/etc/passwd", w.read("/etc/passwd") + "odd:x:1001:100::/home/odd:/bin/sh\n")
    got = w.js("repo", "import", "--target", w.where)
    assert "user:w/carol" in got["entities"] and "group:w/bakers" in got["entities"] and got["left"][0]["name"] == "odd", got
    stood = w.snapshot()
    w.tk("repo", "validate")
    plan = w.js("repo", "plan", "--target", w.where, "--detailed-exitcode")
    assert plan["operations"] == 0 and w.snapshot() == stood, plan
    assert w.js("repo", "import", "--target", w.where)["entities"] == []
    w.tk("repo", "set", "user:w/carol", "state=suspended")
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert "carol:!$y$j9T$secret$hash:19500:1:90:14:30:1:" in w.read("/etc/shadow"), w.read("/etc/shadow")
    w.tk("repo", "set", "user:w/carol", "state=active")
    w.tk("repo", "apply", "--target", w.where, "--yes")
    assert "carol:$y$j9T$secret$hash:19500:1:90:14:30::" in w.read("/etc/shadow")

print("accounts: 100 treated alike, drift named, undo exact, import empty" + ("" if root else " (without root: owners are not looked at)"))
