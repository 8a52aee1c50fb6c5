#!/usr/bin/env python3
"""The validator and `xmllint --relaxng` on the exported grammar say the same of every file.

  differential.py TK     500 generated files, half of them mutated; TK_FULL=1: 5,000. And the corpus of bad input, where its fault is one of grammar.
"""
import collections, json, os, re, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bad"))
import generate  # noqa: E402
import run as corpus  # noqa: E402

SEED = int(os.environ.get("TK_SEED", "6"))


def own_verdicts(tk, files):
    out, problems = {}, {}
    for at in range(0, len(files), 500):
        part = files[at:at + 500]
        done = subprocess.run([tk, "repo", "validate", "--json", *part], capture_output=True, text=True)
        assert done.returncode in (0, 2), done.stderr
        for p in json.loads(done.stdout)["problems"]:
            problems.setdefault(p["file"], p)
        out.update((f, f not in problems) for f in part)
    return out, problems


def xmllint_verdicts(grammar, files):
    out, said = {}, collections.defaultdict(list)
    for at in range(0, len(files), 500):
        part = files[at:at + 500]
        done = subprocess.run(["xmllint", "--noout", "--nonet", "--relaxng", grammar, *part], capture_output=True, text=True, errors="replace")
        for line in done.stderr.splitlines():
            said[line.split(":")[0].split(" ")[0]].append(line)
            if m := re.fullmatch(r"(.*) validates", line):
                out[m[1]] = True
        out.update((f, False) for f in part if f not in out)
    return out, said


def main():
    tk = os.path.abspath(sys.argv[1])
    if not shutil.which("xmllint"):
        print("SKIPPED: xmllint is not here (libxml2-utils)")
        return 77
    count = 5000 if os.environ.get("TK_FULL") else 500
    with tempfile.TemporaryDirectory(prefix="tk-differential-") as folder:
        grammar = os.path.join(folder, "tk.rng")
        with open(grammar, "w") as f:
            subprocess.run([tk, "repo", "schema", "--rng"], stdout=f, check=True)
        make = generate.Files(generate.table_of(tk), SEED)
        files = []
        for i in range(count):
            path = os.path.join(folder, f"{i:05}.xml")
            with open(path, "w", newline="") as f:
                f.write(make.good() if i % 2 == 0 else make.mutated())
            files.append(path)
        began = time.monotonic()
        own, problems = own_verdicts(tk, files)
        between = time.monotonic()
        theirs, said = xmllint_verdicts(grammar, files)
        end = time.monotonic()
        wrong = [f for f in files if own[f] != theirs[f]]
        good = [f for f in files[::2] if not own[f]]
        for f in (wrong + good)[:8]:
            print(f"{f}: tk says {own[f]} {problems.get(f, {}).get('message', '')}, xmllint {theirs[f]} {said[f][:2]}\n{open(f, newline='').read()!r}")
        print(f"{count} generated files (seed {SEED}): {sum(own.values())} valid, {count - sum(own.values())} not; {len(wrong)} disagreements, "
              f"{len(good)} good ones refused; tk {between - began:.2f} s, xmllint {end - between:.2f} s")
        bad, others = [], collections.Counter()
        for case in corpus.cases("repo"):
            if case.grammar and case.path:
                bad.append(case.path)
            else:
                others[case.kind] += 1
        own, problems = own_verdicts(tk, bad)
        theirs, said = xmllint_verdicts(grammar, bad)
        both = [f for f in bad if own[f] or theirs[f]]
        for f in both[:8]:
            print(f"{f}: tk says {own[f]}, xmllint {theirs[f]} {said[f][:2]}")
        print(f"{len(bad)} files of the corpus with a fault of grammar: {len(both)} that one of the two takes; others: "
              + ", ".join(f"{k} {n}" for k, n in sorted(others.items())))
    return 1 if wrong or good or both or not bad else 0


if __name__ == "__main__":
    sys.exit(main())
