#!/usr/bin/env python3
"""lawbench-1 as a workspace of tk: workspace.py FOLDER [RULES]; questions go to FOLDER/questions.jsonl.

The XML is what `man tk-law` shows; the draws and their order are those of tests/bench/law/lawbench.hpp.
"""
import json
import os
import subprocess
import sys

M32 = 0xFFFFFFFF
WHEN = ["", "actor.clr &gt;= resource.cls", "resource.owner == actor.name", "actor.dept == resource.dept",
        "context.mfa &amp;&amp; !actor.agent"]


class Random:
    def __init__(self, seed):
        self.a = seed

    def next(self):
        self.a = (self.a + 0x6D2B79F5) & M32
        t = self.a
        t = ((t ^ t >> 15) * (t | 1)) & M32
        t ^= (t + ((t ^ t >> 7) * (t | 61) & M32)) & M32
        return t ^ t >> 14

    def below(self, n):
        return self.next() % n

    def pick(self, k, n):
        out = []
        while len(out) < k:
            x = self.below(n)
            if x not in out:
                out.append(x)
        return out


def attr(name, kind, value):
    return f'<attr name="{name}" type="{kind}" value="{value}"/>'


def draw(rules_n=5000):
    r = Random(20261122)
    users = [(r.pick(3, 100), r.below(8), r.below(5), r.below(5) == 0) for _ in range(1000)]
    groups = [r.pick(2, 50) for _ in range(100)]
    docs = [(r.below(50), r.below(1000), r.below(5), r.below(8)) for _ in range(2000)]
    rules = []
    for _ in range(rules_n):
        deny, role, act, on_doc = r.below(20) == 0, r.below(50), r.below(10), r.below(5) == 0
        scope, c = r.below(2000) if on_doc else r.below(50), r.below(20)
        rules.append((deny, role, act, on_doc, scope, 0 if c < 8 else 1 if c < 14 else 2 if c < 16 else 3 if c < 18 else 4))
    questions = [(r.below(1000), r.below(10), r.below(2000), r.below(2) == 1) for _ in range(100000)]
    return users, groups, docs, rules, questions


def plain(path):
    """The same as JSON, for other engines."""
    users, groups, docs, rules, questions = draw()
    with open(path, "w") as f:
        json.dump({"users": [{"groups": u[0], "dept": u[1], "clr": u[2], "agent": u[3]} for u in users], "groups": groups,
                   "docs": [{"space": d[0], "owner": d[1], "cls": d[2], "dept": d[3]} for d in docs],
                   "rules": [{"deny": x[0], "role": x[1], "act": x[2], "onDoc": x[3], "scope": x[4], "cond": x[5]} for x in rules],
                   "questions": [{"u": q[0], "a": q[1], "d": q[2], "mfa": q[3]} for q in questions[:1000]]}, f)


def make(folder, rules_n=5000):
    users, groups, docs, rules, questions = draw(rules_n)

    def write(path, lines):
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.write("\n".join(lines) + "\n")

    def resource(doc):
        return f"resource:lb.main.s{docs[doc][0]}/d{doc}"

    write("MANIFEST.xml", ['<manifest version="1"><galaxy href="galaxies/lb/galaxy.xml"/></manifest>'])
    write(".gitignore", [".tk/"])
    write("tk.toml", ["[workspace]", 'context = "lb"'])
    write("galaxies/lb/galaxy.xml", ['<galaxy name="lb"/>'])
    write("galaxies/lb/systems/main/system.xml", ['<system name="main"/>'])
    write("galaxies/lb/users/all.xml", ["<users>"] + [
        f'  <user name="u{i}">' + attr("clr", "int", u[2]) + attr("dept", "int", u[1]) +
        attr("agent", "bool", str(u[3]).lower()) + "</user>" for i, u in enumerate(users)] + ["</users>"])
    write("galaxies/lb/groups/all.xml", ["<groups>"] + [
        f'  <group name="g{g}">' + "".join(f'<member ref="user:lb/u{i}"/>' for i, u in enumerate(users) if g in u[0]) +
        "</group>" for g in range(100)] + ["</groups>"])
    write("galaxies/lb/roles/all.xml", ["<roles>"] + [f'  <role name="r{i}"/>' for i in range(50)] + ["</roles>"])
    write("galaxies/lb/actions/all.xml", ["<actions>"] + [f'  <action name="doc.a{i}"/>' for i in range(10)] + ["</actions>"])
    write("galaxies/lb/grants/all.xml", ["<grants>"] + [
        f'  <grant id="g{g}-r{role}" role="role:lb/r{role}" to="group:lb/g{g}"/>'
        for g, roles in enumerate(groups) for role in roles] + ["</grants>"])
    for space in range(50):
        base = f"galaxies/lb/systems/main/spaces/s{space}"
        write(f"{base}/space.xml", [f'<space name="s{space}"/>'])
        write(f"{base}/resources/all.xml", ["<resources>"] + [
            f'  <resource name="d{i}">' + attr("cls", "int", d[2]) + attr("dept", "int", d[3]) +
            attr("owner", "text", f"u{d[1]}") + "</resource>" for i, d in enumerate(docs) if d[0] == space] + ["</resources>"])
    lines = ["<rules>"]
    for i, (deny, role, act, on_doc, scope, cond) in enumerate(rules):
        where = resource(scope) if on_doc else f"resource:lb.main.s{scope}/**"
        when = f' when="{WHEN[cond]}"' if cond else ""
        lines.append(f'  <rule id="r{i}" effect="{"forbid" if deny else "permit"}" role="role:lb/r{role}" '
                     f'actions="doc.a{act}" resource="{where}"{when}/>')
    write("galaxies/lb/rules/all.xml", lines + ["</rules>"])
    write("questions.jsonl", [json.dumps({"actor": f"user:lb/u{u}", "action": f"doc.a{a}", "resource": resource(d),
                                          "context": {"mfa": mfa}}, separators=(",", ":")) for u, a, d, mfa in questions])
    git = ["git", "-C", folder, "-c", "user.name=lb", "-c", "user.email=lb@localhost"]
    subprocess.run(git + ["init", "-q"], check=True)
    subprocess.run(git + ["add", "MANIFEST.xml", ".gitignore", "tk.toml", "galaxies"], check=True)
    subprocess.run(git + ["commit", "-qm", "lawbench-1"], check=True)


if __name__ == "__main__":
    if sys.argv[1] == "--json":
        sys.exit(plain(sys.argv[2]))
    make(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5000)
