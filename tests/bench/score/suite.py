"""What ctest says in build/dev of the rows that stand there as tests: 6, 14-18, 21, 22, 27 (the tour) and 28."""
import os, re, sys, time, xml.etree.ElementTree
from house import DEV, KEPT, ROOT, Row, files, read, run
from source import transcripts

# row: (measure, anchor, the tests, what must stand in their output, the goal)
TESTS = {
    6: ("shells that complete core and third parties", "gh 0, CLI11 bash only (R)", ["completion"], r"(?=.*bash)(?=.*zsh)(?=.*fish).*, 0 wrong", "3 of 3"),
    14: ("flags: -h, --help, man, completions, reference", "git 51 mismatches listed (M)", ["contract"], r", 0 wrong", "0 differences, no allow-list"),
    15: ("verbs: -h, bad flag, outside, ≤ 25 lines, example", "git t0012, t1517 (R)", ["contract"], r", 0 wrong", "100 % of verbs"),
    16: ("--help without man, groff, less, HOME, terminal", "nix fails, 4 issues (R)", ["contract"], r", 0 wrong", "100 %"),
    17: ("verbs with stdin closed, CI=1: no hang, no ANSI", "-", ["contract"], r", 0 wrong", "100 %"),
    18: ("--json fits its schema, each JSONL line parses", "jj config schema (R)", ["json-output"], r"0 wrong|0 do not fit", "100 %"),
    21: ("places touched to add a verb", "git 8, nix 3 (R)", ["add-verb"], r"in [0-3] places", "≤ 3 and a test"),
    28: ("what is generated is what is committed", "-", ["generated"], "is current", "0 differences"),
}
SUITE = r"unit|cli-.*"
ALSO = ["tour"]


def ctest(what, names):
    """({test: {ok, said, seconds}}, wall seconds) of the tests of build/dev whose names fit; what they said in
    full stands in build/score/<what>.xml."""
    report = os.path.join(KEPT, what + ".xml")
    if os.path.exists(report): os.unlink(report)
    began = time.monotonic()
    run("ctest", "--test-dir", DEV, "-R", f"^({'|'.join(names)})$", "-j", "2", "--output-junit", report)
    wall, out = time.monotonic() - began, {}
    if not os.path.exists(report): return out, wall
    for case in xml.etree.ElementTree.parse(report).iter("testcase"):
        said = [line for line in (case.findtext("system-out") or "").strip().splitlines() if line.strip()]
        skipped = case.find("skipped") is not None or case.get("status") in ("notrun", "disabled")
        out[case.get("name")] = {"ok": case.get("status") == "run" and not skipped, "skipped": skipped,
                                 "said": said[-1].strip() if said else "", "seconds": float(case.get("time"))}
    return out, wall


def from_tests(number, done):
    measure, anchor, names, needed, goal = TESTS[number]
    missing = [n for n in names if n not in done]
    if missing: return Row(number, measure, anchor, f"NOT RUN: no test {', '.join(missing)} in build/dev", goal, None)
    if any(done[n]["skipped"] for n in names): return Row(number, measure, anchor, "NOT RUN: skipped", goal, None)
    said = "; ".join(f"{n}: {done[n]['said']}" for n in names)
    return Row(number, measure, anchor, said, goal, all(done[n]["ok"] and re.search(needed, done[n]["said"]) for n in names))


def counts(done, wall):
    sys.path.insert(0, os.path.join(ROOT, "tests/cli"))
    commands = sum(len(re.findall(r"^  \$ ", read(f), re.M)) for f in transcripts())
    unit = os.path.join(DEV, "tk-unit")
    cases = int((re.findall(r"(\d+)\s*$", run(unit, "--count").stdout) or [0])[-1])
    asserts = (re.findall(r"assertions: *(\d+)", run(unit).stdout) or ["?"])[-1]
    named = len([f for f in files("tests/fuzz/found")])
    failed = [n for n, one in done.items() if re.fullmatch(SUITE, n) and not one["ok"]]
    return Row(22, "transcripts; unit cases; regressions; suite", "fish 131, nix 157, gh 53 files (M)",
               f"{len(transcripts())} files of {commands} commands; {cases} cases of {asserts} assertions; {named} inputs in "
               f"fuzz/found; unit + cli {wall:.0f} s{', failed: ' + ', '.join(failed) if failed else ''}",
               "≥ 200; ≥ 1000; one a bug; ≤ 30 s", len(transcripts()) >= 200 and cases >= 1000 and wall <= 30 and not failed)


def rows():
    """The rows, and what the tour's test said."""
    suite, wall = ctest("suite", [SUITE])
    names = sorted({n for _, _, all_of, _, _ in TESTS.values() for n in all_of} | set(ALSO))
    done, _ = ctest("rows", names)
    return [from_tests(n, done) for n in TESTS] + [counts(suite, wall)], done.get("tour")
