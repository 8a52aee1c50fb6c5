#!/usr/bin/env python3
"""For every type that is declared: `tk repo new`, and the workspace is valid; without any one attribute that is required,
also of an element inside, it is not, at file:line:col.

  entities.py TK
"""
import json, os, re, subprocess, sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
import generate  # noqa: E402
from workspace import Workspace  # noqa: E402

# The examples of the table name people that are not there.
REFERENCES = {"user:owner": "user:{me}", "agent:analyst": "agent:helper"}
NAMES = {"action": "docs.read"}


def main():
    tk = os.path.abspath(sys.argv[1])
    w = Workspace(tk)
    table = generate.table_of(tk)
    me = next(e["ref"].split("/")[1] for e in w.json("repo", "get", "user"))
    declared, deleted, wrong = 0, 0, []

    def said(a):
        example = a.get("example") or (a["words"][0] if "words" in a else "x")
        return f'{a["name"]}={REFERENCES.get(example, example).format(me=me)}'

    w.run("repo", "new", "agent", "helper", "sponsor=user:" + me, check=True)
    for type in table["types"]:
        if type["home"] != "git":
            refused = w.run("repo", "new", type["name"], "x")
            if refused.returncode != 2 or "what happens" not in refused.stderr:
                wrong.append(f"{type['name']} can be declared: {refused.stderr}")
            continue
        needed = [a for a in type["attributes"] if a["required"]]
        words = ["repo", "new", type["name"], NAMES.get(type["name"], "made-" + type["name"]), *map(said, needed)]
        if type["name"] == "space":
            words += ["--context", "w.made-system"]
        for child in type["children"]:
            words += ["--child", " ".join([child["name"], *(said(a) for a in child["attributes"] if a["required"])])]
        made = w.run(*words, "--json")
        if made.returncode:
            wrong.append(f"{' '.join(words)}: {made.stderr}")
            continue
        declared += 1
        valid = w.run("repo", "validate")
        if valid.returncode:
            wrong.append(f"{type['name']} is made and not valid: {valid.stdout}")
        path = json.loads(made.stdout)["file"]
        text = open(w.path(path)).read()
        for at in re.finditer(r' ([\w-]+)="[^"]*"', text):
            element = re.findall(r"<([\w-]+)", text[:at.start()])[-1]
            attributes = needed if element == type["name"] else next(c for c in type["children"] if c["name"] == element)["attributes"]
            if not any(a["required"] and a["name"] == at[1] for a in attributes):
                continue
            w.write(path, text[:at.start()] + text[at.end():])
            done = w.run("repo", "validate", "--json")
            problems = json.loads(done.stdout)["problems"]
            start = text.rindex("<", 0, at.start())
            place = (path, text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1)
            found = [(p["file"], p["line"], p["column"]) for p in problems]
            deleted += 1
            if done.returncode != 2 or found != [place] or f"needs {at[1]}" not in problems[0]["message"] or not problems[0]["mend"]:
                wrong.append(f"{type['name']} without {at[1]}: exit {done.returncode}, {problems}")
        w.write(path, text)
    last = w.run("repo", "validate")
    if last.returncode:
        wrong.append("in the end: " + last.stdout)
    for line in wrong[:10]:
        print(line)
    print(f"{declared} types declared and valid, {deleted} required attributes taken away, {len(wrong)} wrong; {last.stdout.strip()}")
    return 1 if wrong or not declared or not deleted else 0


if __name__ == "__main__":
    sys.exit(main())
