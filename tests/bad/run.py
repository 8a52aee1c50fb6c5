#!/usr/bin/env python3
"""Bad input: each file fails with the expected code at the expected place, in one clear line with a way to mend it.

  run.py TK [PROGRAM [CLASS [CASE]]]

tests/bad/<program>/<class>/manifest.tsv lists the cases of a class, one a line, with tabs between:

  file        in the folder of the class; or recipe:NAME, which recipes.py makes (what is too big, or no plain file)
  place       where it is put: below the base workspace. `users/bad` is galaxies/w/users/bad.xml; - is the class's own
  expected    CODE:line:col, of that place; or CODE@FILE:line:col of another file. line 0: the file as a whole
  flags       grammar (xmllint on the exported grammar must refuse it too), more=N (N further problems follow)

A class of computers has "setup": commands that come first, as `init` below, and target/ of the workspace (unix_recipes.py
makes it) has to be byte for byte as it was. Its flags: exit=N (another exit status), and expected is - where the case is
fine: it is applied, a second time does nothing, and all bytes that stood there still do.

class.json beside it may name the base (a folder of the program; a copy is made for each run), the place, the command
(after tk; {root} and {place} are filled in; default: repo validate) and the exit status (default 2).
"""
import dataclasses, json, os, re, shutil, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import recipes, unix_recipes  # noqa: E402

CLASSES = {"unixdb": unix_recipes.UNIXDB, "plans": unix_recipes.PLANS}  # their recipes; of all others: recipes.py

# As validate prints a problem, and as any command prints its error.
LISTED = re.compile(r"^(?:(?P<file>[^:\n]+)(?::(?P<line>\d+):(?P<col>\d+))?: )?(?P<message>.+) \[(?P<code>TK-[A-Z]+-\d{4})\]$", re.M)
SAID = re.compile(r"^tk: \[(?P<code>TK-[A-Z]+-\d{4})\] (?:(?P<file>[^:\n]+\.[a-z]+|/[^:\n ]*/etc/[a-z]+)(?::(?P<line>\d+):(?P<col>\d+))?: )?(?P<message>.+)$", re.M)
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
    exit: int
    spec: dict


def whole_place(short):
    if short.endswith((".xml", ".toml")) or short.startswith("target/") or "/" not in short:
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
            if "@" not in expected and expected != "-":
                expected = expected.replace(":", "@" + place + ":", 1)
            more, exit = (next((int(f[5:]) for f in flags if f.startswith(w)), d) for w, d in (("more=", 0), ("exit=", spec["exit"])))
            path = "" if name.startswith("recipe:") else os.path.join(folder, name)
            assert name not in seen and all(f == "grammar" or f[:5] in ("more=", "exit=") for f in flags), line
            seen.add(name)
            yield Case(kind, name, path, place, expected, "grammar" in flags, more, exit, spec)
        extra = set(os.listdir(folder)) - seen - {"manifest.tsv", "class.json"}
        assert not extra, f"{folder}: not in the manifest: {extra}"


def wrong_with(case, done, root):
    text = done.stdout + done.stderr
    found = [*LISTED.finditer(done.stdout)] or [*SAID.finditer(done.stderr)]
    if done.returncode != case.exit:
        return f"exit {done.returncode}"
    if not found:
        return "no problem is named"
    first = found[0]
    said = f"{first['code']}@{(first['file'] or '').removeprefix(root + '/')}:{first['line'] or 0}:{first['col'] or 0}"
    if said != case.expected:
        return f"it says {said}"
    if len(found) != 1 + case.more:
        return f"{len(found)} problems"
    if len(MEND.findall(text)) != len(found):
        return "no way to mend it"
    if any(len(m["message"]) > 300 for m in found) or any(ord(c) < 32 and c != "\n" for c in text):
        return "it is no clear line"
    return ""


def ready(base, root, spec, run):
    """A copy of the base; for a class of computers a whole workspace with its computer."""
    shutil.rmtree(root, ignore_errors=True)
    if "setup" in spec:
        assert run(["init", root]).returncode == 0
    shutil.copytree(base, root, dirs_exist_ok=True)
    if "setup" not in spec:
        return
    unix_recipes.make_system(root)
    git = ["git", "-C", root, "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*git, "add", "galaxies"], check=True)
    subprocess.run([*git, "commit", "-qm", "base"], check=True)
    for words in spec["setup"]:
        done = run([w.format(root=root) for w in words])
        assert done.returncode == 0, done.stderr


def fine(command, root, before, run):
    """What is wrong where nothing should be."""
    done = run(command)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stderr[:600]}"
    after = unix_recipes.tree(root)
    if after == before or b"bot:" not in after["/etc/passwd"][2]:
        return "nothing was done"
    for path, (_, _, content) in before.items():
        lines = iter((after[path][2] or b"").split(b"\n"))
        if content and not all(line in lines for line in content.rstrip(b"\n").split(b"\n")):
            return f"{path} lost something"
    return "" if "nothing to do" in run(command).stdout and unix_recipes.tree(root) == after else "the second time does something"


def put(case, root):
    """Puts the case into its place; what takes it away again."""
    place = os.path.join(root, case.place)
    if not case.path:
        return CLASSES.get(case.kind, recipes.RECIPES)[case.name.split(":")[1]](root, place)
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
                computer = "setup" in case.spec
                known = (base, json.dumps(case.spec.get("setup")))
                env = {**os.environ, "HOME": holder, "NO_COLOR": "1"}
                env.pop("TK_TOKEN", None)

                def run(words, cwd=holder, env=env):
                    return subprocess.run([tk, *words], cwd=cwd, env={**env, "TK_WORKSPACE": cwd}, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                                          timeout=60)

                if known not in roots:
                    roots[known] = os.path.join(holder, str(len(roots)), "w")
                    ready(base, roots[known], case.spec, lambda words, root=roots[known]: run(words, root if os.path.isdir(root) else holder))
                root = roots[known]
                words = [w.format(root=root, place=case.place) for w in case.spec["command"]]
                away = put(case, root)
                done, before = None, unix_recipes.tree(root) if computer else None
                try:
                    if case.expected == "-":
                        wrong = fine(words, root, before, lambda words: run(words, root))
                    else:
                        done = run(words, root)
                        wrong = wrong_with(case, done, root)
                    if computer and case.expected != "-" and unix_recipes.tree(root) != before:
                        wrong = "it changed something, " + wrong
                except subprocess.TimeoutExpired:
                    wrong = "it does not end in 60 s"
                away()
                if computer and (wrong or case.expected == "-"):
                    del roots[known]  # it is not what it was
                    shutil.rmtree(root)
                elif computer:
                    unix_recipes.make_system(root)
                key = program + "/" + case.kind
                counts[key] = counts.get(key, 0) + 1
                if wrong:
                    failed += 1
                    said = (done.stdout + done.stderr)[:600] if done else ""
                    print(f"FAILED {key}/{case.name}: {case.expected} expected, {wrong}\n{said}")
            # Whatever was there: the workspace without it is valid again.
            for (base, _), root in roots.items():
                again = subprocess.run([tk, "repo", "validate"], env={**os.environ, "TK_WORKSPACE": root, "HOME": holder}, capture_output=True, text=True)
                if again.returncode != 0:
                    failed += 1
                    print(f"FAILED: {base} is not valid without the cases: {again.stdout}{again.stderr}")
    print(", ".join(f"{k} {n}" for k, n in counts.items()) + f": {sum(counts.values())} cases, {failed} failed, {time.monotonic() - began:.1f} s")
    return 1 if failed or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
