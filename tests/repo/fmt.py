#!/usr/bin/env python3
"""`tk repo fmt`: once is as good as twice, what a file means stays, comments stay, and what is invalid is left alone and named.

  fmt.py TK     300 generated files; TK_FULL=1: 3,000
"""
import json, os, re, subprocess, sys, tempfile
import xml.dom.minidom as dom

import generate

SEED = int(os.environ.get("TK_SEED", "11"))


def meaning(text):
    """Elements, their attributes and children, and comments in the order of the file; nothing of how it is written."""
    def of(node):
        if node.nodeType == node.COMMENT_NODE:
            return "#" + node.data
        if node.nodeType == node.ELEMENT_NODE:
            return (node.tagName, sorted(node.attributes.items()), [x for x in map(of, node.childNodes) if x])
        assert node.nodeType != node.TEXT_NODE or not node.data.strip(), node.data
    return [x for x in map(of, dom.parseString(text).childNodes) if x]


def main():
    tk = os.path.abspath(sys.argv[1])
    count = 3000 if os.environ.get("TK_FULL") else 300
    table = generate.table_of(tk)
    make = generate.Files(table, SEED)
    by_id = {"rule", "grant"}
    wrong, invalid, laid = [], 0, 0
    with tempfile.TemporaryDirectory(prefix="tk-fmt-") as folder:
        files = {}
        for i in range(count):
            path = os.path.join(folder, f"{i:05}.xml")
            files[path] = (make.good() if i % 3 else make.mutated()).encode()
            with open(path, "wb") as f:
                f.write(files[path])
        names = sorted(files)

        def fmt(*words, at=names):
            done = subprocess.run([tk, "repo", "fmt", "--json", *words, *at], capture_output=True, text=True)
            assert done.returncode in (0, 1, 2), done.stderr
            return done.returncode, json.loads(done.stdout)

        def read(path):
            return open(path, "rb").read()
        check, before = fmt("--check")
        assert all(read(f) == files[f] for f in names), "--check writes"
        status, first = fmt()
        refused = {p["file"] for p in first["invalid"]}
        invalid = len(refused)
        if status != (2 if refused else 0) or before["changed"] != first["changed"]:
            wrong.append(f"exit {status}, or --check names other files")
        for f in names:
            now = read(f)
            if f in refused:
                wrong += [] if now == files[f] else [f"{f}: invalid, and written"]
                continue
            laid += now != files[f]
            if (f in first["changed"]) != (now != files[f]):
                wrong.append(f"{f}: changed, and not named; or the other way round")
            if meaning(files[f]) != meaning(now):
                wrong.append(f"{f}: means something else\n{files[f]!r}\n{now!r}")
            if re.search(rb"[ \t]$|\t|\r|\n\n\n", re.sub(rb"<!--.*?-->", b"c", now, flags=re.S), re.M) or not now.endswith(b">\n"):
                wrong.append(f"{f}: no layout {now!r}")
        good = [f for f in names if f not in refused]
        laid_out = {f: read(f) for f in good}
        status, second = fmt(at=good)
        if status or second["changed"] or second["same"] != len(good):
            wrong.append(f"twice is not as once: {second['changed'][:3]}")
        if fmt("--check", at=good)[0] != 0:
            wrong.append("--check after fmt")
        # With ids: each entity has one, nothing else changes, and it is kept.
        status, third = fmt("--ids", at=good)
        types = {t["name"] for t in table["types"]} - by_id
        for f in good:
            text = read(f)
            root = dom.parseString(text).documentElement
            for e in [root] + [c for c in root.childNodes if c.nodeType == c.ELEMENT_NODE and root.tagName not in types | by_id | {"manifest"}]:
                if e.tagName in types and not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", e.getAttribute("id")):
                    wrong.append(f"{f}: <{e.tagName}> has no id")
            if f not in third["changed"] and text != laid_out[f]:
                wrong.append(f"{f}: --ids writes and does not say so")
        if fmt("--ids", at=good)[1]["changed"] or fmt("--check", at=good)[0]:
            wrong.append("--ids twice is not as once")
    for w in wrong[:8]:
        print(w)
    print(f"{count} files (seed {SEED}): {laid} laid out, {invalid} invalid and left alone, {len(wrong)} wrong")
    return 1 if wrong or not laid or not invalid or check not in (1, 2) else 0


if __name__ == "__main__":
    sys.exit(main())
