#!/usr/bin/env python3
"""The residual of law as SQL against law itself: random laws and resources; SQLite selects with the WHERE what
`tk law can --batch` allows, row for row.

  law_residual.py TK
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

TK = os.path.abspath(sys.argv[1])
QUERIES = 1000 if os.environ.get("TK_FULL") else 60
WHEN = ["", "resource.class &lt;= actor.clearance", "resource.owner == actor.name", "has(resource.owner)",
        "resource.open", "!resource.open", "resource.class in [1, 3]", "resource.owner in actor.friends",
        "resource.name.startsWith('d1') || resource.class == 2", "context.mfa &amp;&amp; resource.class &gt; 1",
        "actor.clearance &gt; 2", "resource.owner != 'bob' &amp;&amp; !(resource.class == 0)", "resource.label.endsWith('x')",
        "resource.label.contains('%')", "resource.label == 'it\\'s'"]
CONTEXTS = ["w", "w.a", "w.a.x", "w.b"]
FOLDER = {"w": "galaxies/w", "w.a": "galaxies/w/systems/a", "w.a.x": "galaxies/w/systems/a/spaces/x", "w.b": "galaxies/w/systems/b"}


def run(*words, cwd, stdin=None):
    return subprocess.run(words, cwd=cwd, input=stdin, capture_output=True, text=True, timeout=120)


def write(root, path, text):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text + "\n")


def law(root, r):
    rows = []
    attr = '<attr name="{}" type="{}" value="{}"/>'.format
    write(root, "galaxies/w/users/all.xml", "<users>" + "".join(
        f'<user name="{n}">' + attr("clearance", "int", r.randrange(4)) + attr("friends", "list&lt;text&gt;", '[&quot;bob&quot;,&quot;eve&quot;]') + "</user>"
        for n in ("ann", "bob", "eve")) + "</users>")
    for context in CONTEXTS:
        text = ""
        for i in range(12):
            row = {"type": "resource", "context": context, "name": f"d{r.randrange(3)}{i}-{context.replace('.', '-')}"}
            if r.randrange(4):
                row["class"] = r.randrange(4)
            if r.randrange(4):
                row["owner"] = r.choice(["ann", "bob", "eve"])
            if r.randrange(4):
                row["open"] = r.randrange(2) == 1
            if r.randrange(3):
                row["label"] = r.choice(["ax", "5%", "it's", "", "Ax"])
            rows.append(row)
            kinds = {"class": "int", "owner": "text", "open": "bool", "label": "text"}
            text += f'<resource name="{row["name"]}">' + "".join(
                attr(k, kinds[k], str(v).lower() if k == "open" else v) for k, v in row.items() if k in kinds) + "</resource>"
        write(root, FOLDER[context] + "/resources/all.xml", f"<resources>{text}</resources>")
    rules = "".join(
        f'<rule id="x{i}" effect="{r.choice(["permit"] * 3 + ["forbid"])}" role="role:one" actions="doc.{r.choice(["read", "*"])}" '
        f'resource="{r.choice(["**", "resource:**", "resource:w.a/**", "resource:w/**", "resource:w.b/**"])}" when="{w}"/>'.replace(' when=""', "")
        for i, w in enumerate(r.sample(WHEN, 5)))
    write(root, "galaxies/w/rules/all.xml", f"<rules>{rules}</rules>")
    write(root, "galaxies/w/grants/all.xml",
          f'<grants><grant id="g" role="role:one" to="user:*"/></grants>')
    return rows


def main():
    with tempfile.TemporaryDirectory() as root:
        write(root, "MANIFEST.xml", '<manifest version="1"><galaxy href="galaxies/w/galaxy.xml"/></manifest>')
        write(root, "tk.toml", "[workspace]")
        write(root, ".gitignore", ".tk/")
        write(root, "galaxies/w/galaxy.xml", '<galaxy name="w"/>')
        for context in CONTEXTS[1:]:
            kind = "system" if context.count(".") == 1 else "space"
            write(root, f"{FOLDER[context]}/{kind}.xml", f'<{kind} name="{context.split(".")[-1]}"/>')
        write(root, "galaxies/w/roles/all.xml", '<roles><role name="one"/></roles>')
        write(root, "galaxies/w/actions/all.xml", '<actions><action name="doc.read"/></actions>')
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost"]
        run(*git, "init", "-q", cwd=root)
        done = wrong = selected = 0
        for seed in range(QUERIES // 3):
            r = random.Random(seed)
            rows = law(root, r)
            run(*git, "add", "-A", cwd=root)
            run(*git, "commit", "-qm", "law", cwd=root)
            db = sqlite3.connect(":memory:")
            db.execute('CREATE TABLE r (type, context, name, "class", owner, "open", label)')
            for row in rows:
                db.execute("INSERT INTO r VALUES (?,?,?,?,?,?,?)", [row.get(k) for k in ("type", "context", "name", "class", "owner", "open", "label")])
            for user in ("ann", "bob", "eve"):
                mfa = r.choice(["true", "false"])
                sql = run(TK, "law", "residual", f"user:{user}", "doc.read", "--sql", "--ctx", f"mfa={mfa}", cwd=root)
                if sql.returncode not in (0, 1):
                    print(f"seed {seed}: {sql.stderr.strip()}", run(TK, "law", "residual", f"user:{user}", "doc.read", cwd=root).stdout)
                    return 1
                got = {row[0] for row in db.execute(f"SELECT name FROM r WHERE {sql.stdout.strip()}")}
                asked = "".join(json.dumps({"actor": f"user:{user}", "action": "doc.read", "resource": f"resource:{row['context']}/{row['name']}",
                                            "context": {"mfa": mfa == "true"}}) + "\n" for row in rows)
                answers = run(TK, "law", "can", "--batch", cwd=root, stdin=asked).stdout.splitlines()
                want = {row["name"] for row, line in zip(rows, answers) if json.loads(line)["allow"]}
                done += 1
                selected += len(want)
                if got != want or len(answers) != len(rows):
                    wrong += 1
                    print(f"seed {seed} {user} mfa={mfa}: SQL selects {sorted(got - want)} too many, {sorted(want - got)} too few\n  {sql.stdout.strip()}")
        print(f"{done} queries, {selected} rows selected, {wrong} wrong")
        return 1 if wrong or not selected else 0


sys.exit(main())
