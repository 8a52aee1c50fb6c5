#!/usr/bin/env python3
"""What is kept of an earlier commit and followed to this one is what is made anew of this one: random edits, each planned
both ways against an empty system. Edits that say something of one row alone are followed, all others are not.
usage: follow.py TK [SEED]"""
import os, random, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from world import World, key, uuid7

TK = os.path.abspath(sys.argv[1])
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
STEPS = 400 if os.environ.get("TK_FULL") else 60
rng = random.Random(SEED)
print("seed", SEED, flush=True)
NEAR = {"shell": ["", "/bin/sh", "/bin/zsh", "/usr/sbin/nologin"], "title": ["", "One", "Two of them", "Zoë"], "email": ["", "a@example.org", "b@example.org"]}
FAR = {"unix": ["", "other{n}", "root"], "home": ["", "/home/far{n}"], "uid": ["", "{u}"], "lock": ["", "all", "delete"], "groups": ["", "makers"], "ssh-keys": ["", "k1", "k1 k2"],
       "state": ["", "suspended", "draft"]}
N = 12


def text(kind, n, attributes):
    more = ' sponsor="user:w/n0"' if kind == "agent" else ""
    return f'<{kind} name="n{n}" id="{uuid7(n)}"{more}' + "".join(f' {k}="{v.format(n=n, u=30000 + n)}"' for k, v in attributes.items() if v) + "/>\n"


with World(TK) as w:
    kept = os.path.join(w.ws, ".tk/wanted")
    kinds = ["user"] + [rng.choice(["user", "agent"]) for _ in range(N - 1)]
    says = [{"shell": "/bin/bash"} for _ in range(N)]
    path = lambda n: f"galaxies/w/{kinds[n]}s/n{n}.xml"
    files = {path(n): text(kinds[n], n, says[n]) for n in range(N)}
    for i in (1, 2): files[f"galaxies/w/sshkeys/k{i}.xml"] = f'<sshkey name="k{i}" id="{uuid7(100 + i)}" public="{key(i)}"/>\n'
    files["galaxies/w/groups/makers.xml"] = f'<group name="makers" id="{uuid7(110)}"><member ref="user:w/n0"/></group>\n'
    files["galaxies/w/sudos/s.xml"] = f'<sudo name="s" id="{uuid7(111)}" to="user:w/**" commands="/usr/bin/systemctl restart web"/>\n'
    w.declare(files)

    def operations():
        """Of a plan that is kept, or what stands in its way."""
        out = os.path.join(w.holder, "plan")
        done = w.tk("repo", "plan", "--target", w.where, "--out", out, code=None)
        if done.returncode: return done.stderr
        return [l for l in open(out).read().splitlines() if l.split("\t")[0] in ("row", "home", "file", "dir", "ids")]

    first = operations()
    assert isinstance(first, list) and len(first) > 5 * N, first
    followed = anew = wrong = 0
    for step in range(STEPS):
        n, near, changed = rng.randrange(N), rng.random() < 0.6, {}
        name = rng.choice(sorted(NEAR if near else FAR))
        value = rng.choice([v for v in (NEAR if near else FAR)[name] if v != says[n].get(name, "")])
        if name == "state" and n == 0: continue  # whom agents name as a sponsor
        before, says[n] = says[n], says[n] | {name: value}
        others = rng.random()
        if others < 0.1: changed["galaxies/w/repos/r.xml"] = f'<repo name="r" id="{uuid7(112)}" url="https://example.org/{step}.git"/>\n'
        elif others < 0.2: changed["notes.txt"] = str(step)
        w.declare(changed | {path(n): text(kinds[n], n, says[n])})
        stood = os.stat(kept).st_ino if os.path.exists(kept) else 0
        got = operations()
        stands = os.path.exists(kept) and os.stat(kept).st_ino == stood
        if isinstance(got, list):
            followed, anew = followed + stands, anew + (not stands)
            assert not stands or near, f"step {step}: {name}={value} was followed"
        if os.path.exists(kept): os.rename(kept, kept + ".was")
        want = operations()
        assert got == want, f"step {step}: {name}={value!r} of {kinds[n]} n{n}:\n" + "\n".join(sorted(set(got) ^ set(want))[:8])
        if isinstance(want, str):
            wrong, says[n] = wrong + 1, before
            w.declare({path(n): text(kinds[n], n, before)})
        # Now and then it stays at an older commit, as after a plan that was followed.
        if isinstance(want, list) and stands and rng.random() < 0.3: os.replace(kept + ".was", kept)
    assert followed > STEPS // 12 and anew > STEPS // 10, (followed, anew)
    print(f"{followed} edits were followed, {anew} made anew, {wrong} refused both ways: the same plans")
