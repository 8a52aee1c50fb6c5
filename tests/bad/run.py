#!/usr/bin/env python3
"""Bad input: each file fails with the expected code at the expected place, in one clear line with a way to mend it.

  run.py TK [PROGRAM [CLASS [CASE]]]

tests/bad/<program>/<class>/manifest.tsv lists the cases of a class, one a line, with tabs between:

  file        in the folder of the class; or recipe:NAME, which recipes.py makes (what is too big, or no plain file)
  place       where it is put: below the base workspace. `users/bad` is galaxies/w/users/bad.xml; - is the class's own
  expected    CODE:line:col, of that place; or CODE@FILE:line:col of another file. line 0: the file as a whole
  flags       grammar (xmllint on the exported grammar must refuse it too), more=N (N further problems follow)

class.json beside it may name the base (a folder of the program; a copy is made for each run), the place, the command
(after tk; {root} and {place} are filled in; default: repo validate) and the exit status (default 2).
"""
import dataclasses, json, os, re, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import recipes  # noqa: E402

# As validate prints a problem, and as any command prints its error.
LISTED = re.compile(r"^(?:(?P<file>[^:\n]+)(?::(?P<line>\d+):(?P<col>\d+))?: )?(?P<message>.+) \[(?P<code>TK-[A-Z]+-\d{4})\]$", re.M)
SAID = re.compile(r"^tk: \[(?P<code>TK-[A-Z]+-\d{4})\] (?:(?P<file>[^:\n]+\.[a-z]+)(?::(?P<line>\d+):(?P<col>\d+))?: )?(?P<message>.+)$", re.M)
MEND = re.compile(r"^(?:tk: )?  (?:  )?mend: .+$", re.M)


@dataclasses.dataclass
class Case:
    kind: str      # the class
    name: str
    path: str      # of its file; empty for a recipe
    place: str
    expected: str  # CODE@FILE:line:col
    grammar: bool
    more: int
    spec: dict


def whole_place(short):
    if short.endswith((".xml", ".toml")) or "/" not in short:
        return short
    return "galaxies/w/" + short + ".xml"


def cases(program, only=None):
    top = os.path.join(HERE, program)
    for kind in sorted(os.listdir(top)):
        folder = os.path.join(top, kind)
        listed = os.path.join(folder, "manifest.tsv")
        if not os.path.exists(listed) or (only and kind != only):
            continue
        spec = {"base": "base", "place": "users/bad", "command": ["repo", "validate"], "exit": 2}
        if os.path.exists(os.path.join(folder, "class.json")):
            spec.update(json.load(open(os.path.join(folder, "class.json"))))
        seen = set()
        for line in open(listed, encoding="utf-8"):
            if not line.strip() or line.startswith("#"):
                continue
            name, place, expected, *flags = line.rstrip("\n").split("\t")
            flags = flags[0].split() if flags else []
            place = whole_place(spec["place"] if place == "-" else place)
            if "@" not in expected:
                expected = expected.replace(":", "@" + place + ":", 1)
            more = next((int(f[5:]) for f in flags if f.startswith("more=")), 0)
            path = "" if name.startswith("recipe:") else os.path.join(folder, name)
            assert name not in seen and set(flags) - {"grammar"} <= {f for f in flags if f.startswith("more=")}, line
            seen.add(name)
            yield Case(kind, name, path, place, expected, "grammar" in flags, more, spec)
        extra = set(os.listdir(folder)) - seen - {"manifest.tsv", "class.json"}
        assert not extra, f"{folder}: not in the manifest: {extra}"


def wrong_with(case, done):
    text = done.stdout + done.stderr
    found = [*LISTED.finditer(done.stdout)] or [*SAID.finditer(done.stderr)]
    if done.returncode != case.spec["exit"]:
        return f"exit {done.returncode}"
    if not found:
        return "no problem is named"
    first = found[0]
    said = f"{first['code']}@{first['file'] or ''}:{first['line'] or 0}:{first['col'] or 0}"
    if said != case.expected:
        return f"it says {said}"
    if len(found) != 1 + case.more:
        return f"{len(found)} problems"
    if len(MEND.findall(text)) != len(found):
        return "no way to mend it"
    if any(len(m["message"]) > 300 for m in found) or any(ord(c) < 32 and c != "\n" for c in text):
        return "it is no clear line"
    return ""


def put(case, root):
    """Puts the case into its place; what takes it away again."""
    place = os.path.join(root, case.place)
    if not case.path:
        return recipes.RECIPES[case.name.split(":")[1]](root, place)
    before = open(place, "rb").read() if os.path.exists(place) else None
    top = place
    while not os.path.exists(os.path.dirname(top)):
        top = os.path.dirname(top)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    shutil.copyfile(case.path, place)

    def away():
        if before is not None:
            with open(place, "wb") as f:
                f.write(before)
        elif os.path.isdir(top):
            shutil.rmtree(top)
        else:
            os.remove(top)
    return away


def main():
    tk = os.path.abspath(sys.argv[1])
    programs = sys.argv[2:3] or sorted(d for d in os.listdir(HERE) if os.path.isdir(os.path.join(HERE, d)) and not d.startswith("_"))
    failed, counts, began = 0, {}, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tk-bad-") as holder:
        roots = {}
        for program in programs:
            for case in cases(program, *sys.argv[3:4]):
                if len(sys.argv) > 4 and case.name != sys.argv[4]:
                    continue
                base = os.path.join(HERE, program, case.spec["base"])
                if base not in roots:
                    roots[base] = os.path.join(holder, str(len(roots)))
                    shutil.copytree(base, roots[base])
                root = roots[base]
                env = {**os.environ, "TK_WORKSPACE": root, "HOME": holder, "NO_COLOR": "1"}
                env.pop("TK_TOKEN", None)
                words = [w.format(root=root, place=case.place) for w in case.spec["command"]]
                away = put(case, root)
                try:
                    done = subprocess.run([tk, *words], cwd=root, env=env, capture_output=True, text=True, errors="replace", timeout=60)
                    wrong = wrong_with(case, done)
                except subprocess.TimeoutExpired:
                    done, wrong = None, "it does not end in 60 s"
                away()
                key = program + "/" + case.kind
                counts[key] = counts.get(key, 0) + 1
                if wrong:
                    failed += 1
                    said = (done.stdout + done.stderr)[:600] if done else ""
                    print(f"FAILED {key}/{case.name}: {case.expected} expected, {wrong}\n{said}")
            # Whatever was there: the workspace without it is valid again.
            for base, root in roots.items():
                again = subprocess.run([tk, "repo", "validate"], env={**os.environ, "TK_WORKSPACE": root, "HOME": holder}, capture_output=True, text=True)
                if again.returncode != 0:
                    failed += 1
                    print(f"FAILED: {base} is not valid without the cases: {again.stdout}{again.stderr}")
    print(", ".join(f"{k} {n}" for k, n in counts.items()) + f": {sum(counts.values())} cases, {failed} failed, {time.monotonic() - began:.1f} s")
    return 1 if failed or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
