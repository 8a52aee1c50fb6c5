"""What the measures share: where things stand, a row of the card, results kept between runs."""
import dataclasses, hashlib, json, os, subprocess

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
KEPT = os.path.join(ROOT, "build/score")
RELEASE, DEV = (os.path.join(ROOT, "build", preset) for preset in ("release", "dev"))


@dataclasses.dataclass
class Row:
    number: int
    measure: str
    anchor: str  # git's figure of this run, or the anchor's with (M) or (R) of research behind it
    ours: str
    goal: str
    met: "bool | None"  # None: not measured


def not_measured(number, measure, anchor, goal, why):
    return Row(number, measure, anchor, "not measured: " + why, goal, None)


def asked(part):
    """SCORE_FULL=1 measures all that takes minutes, SCORE_FULL=build,coverage some of it."""
    words = os.environ.get("SCORE_FULL", "").split(",")
    return "1" in words or part in words


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, cwd=more.pop("cwd", ROOT), **more)


def files(*below):
    """The files of the project, those not yet committed too; without the corpora, which others wrote."""
    listed = run("git", "ls-files", "-co", "--exclude-standard", *below).stdout.splitlines()
    return [f for f in listed if "/corpus" not in f and os.path.isfile(os.path.join(ROOT, f))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def tree():
    """A hash of what is compiled and what tests it: a figure that was kept counts for the same files only."""
    sums = hashlib.sha256()
    for path in files("core", "tools", "plugins", "tests", "packaging", "CMakeLists.txt", "CMakePresets.json"):
        if path.startswith("tests/bench/"): continue
        with open(os.path.join(ROOT, path), "rb") as file:
            sums.update(path.encode() + b"\0" + hashlib.sha256(file.read()).digest())
    return sums.hexdigest()[:16]


def kept(part, measure):
    """measure()'s figures when they are asked for, else those of an earlier run on the same files, else None."""
    path = os.path.join(KEPT, part + ".json")
    if asked(part):
        load, files_measured = os.getloadavg()[0], tree()
        figures = measure()
        figures.update(tree=files_measured, load=f"{load:.1f} → {os.getloadavg()[0]:.1f}")
        os.makedirs(KEPT, exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
        return figures
    if not os.path.exists(path): return None
    with open(path, encoding="utf-8") as file:
        figures = json.load(file)
    return figures if figures["tree"] == tree() else None
