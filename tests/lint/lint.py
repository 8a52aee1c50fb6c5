#!/usr/bin/env python3
"""The house rules that a program can check: layers, quarantined headers, names, sizes, long lines."""
import os, re, subprocess, sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# header → the only files that may include it
QUARANTINE = {r"CLI/": 1, r"toml\+\+/": 1, r"nlohmann/json\.hpp": 2, r"valijson/": 1, r"pugixml\.hpp": 1, r"boost/": 2, r"re2/": 1}
WRAPPED = {r"sqlite3\.h": "core/store/", r"git2\.h": "core/git/", r"openssl/": ("core/crypto/", "plugins/apply-unix/")}  # the root program has nothing of tk in it
BANNED = re.compile(r"(^|/)(utils?|common|misc|helpers?|manager|stuff)(\.|/|$)")


def main():
    problems = []
    files = subprocess.run(["git", "-C", ROOT, "ls-files", "--cached", "--others", "--exclude-standard"],
                           capture_output=True, text=True, check=True).stdout.split("\n")
    files = [f for f in files if os.path.isfile(os.path.join(ROOT, f))]
    sources = [f for f in files if re.match(r"(core|tools|plugins|tests)/.*\.(cpp|hpp|h)$", f) and "/corpus/" not in f]
    rows, edges = [], set()
    for line in open(os.path.join(ROOT, "tests/lint/layers.txt")):
        words = line.split()
        if not words or words[0] == "#": continue
        if words[0] == "edge": edges.add((words[1], words[2]))
        else: rows.append(words)
    level = {room: i for i, row in enumerate(rows) for room in row}
    seen = {h: [] for h in QUARANTINE}
    for f in sources:
        text = open(os.path.join(ROOT, f), encoding="utf-8").read()
        room = f.split("/")[1] if f.startswith("core/") else f.split("/")[0]
        for n, line in enumerate(text.split("\n"), 1):
            if len(line) > 160: problems.append(f"{f}:{n}: longer than 160 columns")
            m = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
            if not m: continue
            header = m.group(1)
            for h in QUARANTINE:
                # The examples stand for what other people write, outside of this house.
                if re.match(h, header) and not f.startswith("plugins/examples/"): seen[h].append(f)
            for h, owner in WRAPPED.items():
                if re.match(h, header) and not f.startswith(owner): problems.append(f"{f}:{n}: {header} belongs to {owner}")
            target = re.match(r"core/([a-z]+)/", header)
            if not target or room == "tests": continue
            other = target.group(1)
            if other != room and "/detail/" in header: problems.append(f"{f}:{n}: {header} is private to core/{other}")
            if room not in level or other not in level: problems.append(f"{f}:{n}: {room} or {other} stands in no layer"); continue
            if other != room and level[other] <= level[room] and (room, other) not in edges:
                problems.append(f"{f}:{n}: {room} may not include {other}")
        lines = text.count("\n")
        if not f.startswith("tests/") and lines > 520: problems.append(f"{f}: {lines} lines; aim for 100-400")
    for h, most in QUARANTINE.items():
        if len(set(seen[h])) > most: problems.append(f"{h} is included by {sorted(set(seen[h]))}, at most {most} may")
    problems += [f"{f}: a name that says nothing" for f in files if BANNED.search(f)]
    for room in sorted({f.split("/")[1] for f in sources if f.startswith("core/")}):
        if f"core/{room}/README.md" not in files: problems.append(f"core/{room}: no README.md")
    for p in problems: print(p)
    print(f"{len(sources)} sources, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
