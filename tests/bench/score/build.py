"""Rows 7-10 and 23-26: what it costs to build, and what takes minutes: sanitizers, coverage, tidy, the package."""
import json, os, re, resource, shutil, subprocess, time
from house import DEV, KEPT, RELEASE, ROOT, Row, asked, files, kept, not_measured, read, run

# Writes the CPU time of the compiler that it starts; in C, because it runs once a translation unit.
LAUNCHER = r"""
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char** argv) {
  pid_t child = fork();
  if (child == 0) { execvp(argv[2], argv + 2); _exit(127); }
  int status = 0; struct rusage used;
  wait4(child, &status, 0, &used);
  const char* source = "";
  for (int i = 2; i + 1 < argc; ++i) if (argv[i][0] == '-' && argv[i][1] == 'c' && !argv[i][2]) source = argv[i + 1];
  FILE* log = fopen(argv[1], "a");
  fprintf(log, "%.3f %s\n", used.ru_utime.tv_sec + used.ru_stime.tv_sec
          + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6, source);
  return fclose(log) || !WIFEXITED(status) ? 1 : WEXITSTATUS(status);
}
"""
JOBS = ["-j", "2"]


def timed(*words):
    """Wall seconds and CPU seconds of a command that must succeed."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = run(*words)
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0: raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def fresh(preset, *more):
    folder = os.path.join(KEPT, preset)
    shutil.rmtree(folder, ignore_errors=True)
    timed("cmake", "--preset", preset, "-B", folder, *more)
    return folder


def measure_build():
    os.makedirs(KEPT, exist_ok=True)
    launcher, log = os.path.join(KEPT, "launcher"), os.path.join(KEPT, "tu.log")
    subprocess.run(["gcc", "-O1", "-xc", "-", "-o", launcher], input=LAUNCHER, text=True, check=True)
    if os.path.exists(log): os.unlink(log)
    folder = fresh("release", f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher};{log}")
    wall, cpu, _ = timed("cmake", "--build", folder, *JOBS)
    units = {}
    for line in read(log).splitlines():
        seconds, source = line.split(" ", 1)
        units[os.path.relpath(source, ROOT)] = float(seconds)
    # The file of core/ that most looks alike in use: what every writing command links.
    touched = os.path.join(ROOT, "core/record/store.cpp")
    was = os.stat(touched)
    os.utime(touched)
    again, again_cpu, _ = timed("cmake", "--build", folder, *JOBS)
    os.utime(touched, ns=(was.st_atime_ns, was.st_mtime_ns))  # other build folders need not notice
    return {"wall": wall, "cpu": cpu, "units": units, "touch": again, "touch_cpu": again_cpu}


def measure_asan():
    folder = fresh("asan")
    built, cpu, _ = timed("cmake", "--build", folder, *JOBS)
    began = time.monotonic()
    tests = run("ctest", "--test-dir", folder, "-R", "^(unit|cli-.*)$", *JOBS)
    return {"build": built, "cpu": cpu, "tests": time.monotonic() - began, "passed": tests.returncode == 0,
            "said": [line.strip() for line in tests.stdout.splitlines() if "tests passed" in line]}


HEAVY = {"CLI11": "/CLI/", "nlohmann/json.hpp": "nlohmann/json.hpp", "toml++": "/toml++/", "valijson": "/valijson/"}
MOST = {"CLI11": 1, "nlohmann/json.hpp": 2, "toml++": 1, "valijson": 1}


def heavy_units():
    """{header: the units that read it, at whatever depth}: from the dependencies that the compiler wrote."""
    seen, unit = {name: set() for name in HEAVY}, None
    for line in run("ninja", "-C", RELEASE, "-t", "deps").stdout.splitlines():
        if line and not line[0].isspace(): unit = line.split(":")[0]
        for name, part in HEAVY.items():
            if line[:1].isspace() and part in line: seen[name].add(re.sub(r".*\.dir/|\.o$", "", unit))
    return seen


def costs():
    heavy = heavy_units()
    listed = set().union(*heavy.values())
    figures = kept("build", measure_build)
    goal7, goal9 = f"≤ 4 s; ≤ 5 heavy", "≤ 120 s; ≤ 8 s"
    if figures:
        light = {u: s for u, s in figures["units"].items() if u not in listed}
        worst, over = max(light, key=light.get), [u for u, s in light.items() if s > 4]
        top = max(figures["units"], key=figures["units"].get)
        yield Row(7, "worst TU, cpu at -O2, without heavy", "facade 0.59 s, naive 13.0 s (M)",
                  f"{light[worst]:.1f} s ({worst}), {len(over)} over 4 s of {len(figures['units'])}; {len(listed)} heavy, "
                  f"worst {figures['units'][top]:.1f} s ({top})", goal7, light[worst] <= 4 and len(listed) <= 5)
    else:
        yield not_measured(7, "worst TU, cpu at -O2, without heavy", "facade 0.59 s, naive 13.0 s (M)", goal7, "SCORE_FULL=build")
    yield Row(8, "TUs with " + " / ".join(HEAVY), "-", " / ".join(str(len(s)) for s in heavy.values()),
              " / ".join(f"≤ {n}" for n in MOST.values()), all(0 < len(heavy[n]) <= MOST[n] for n in HEAVY))
    if figures:
        yield Row(9, "clean build; touch core/record/store.cpp", "-",
                  f"{figures['wall']:.0f} s wall ({figures['cpu']:.0f} s cpu); {figures['touch']:.1f} s "
                  f"({figures['touch_cpu']:.1f} s cpu); load {figures['load']}", goal9,
                  figures["wall"] <= 120 and figures["touch"] <= 8)
    else:
        yield not_measured(9, "clean build; touch one file of core", "-", goal9, "SCORE_FULL=build")
    asan = kept("asan", measure_asan)
    if asan:
        yield Row(10, "ASan+UBSan: build + unit + cli", "62 s for one naive TU (M)",
                  f"{asan['build'] + asan['tests']:.0f} s = {asan['build']:.0f} ({asan['cpu']:.0f} cpu) + {asan['tests']:.0f}; "
                  f"{'; '.join(asan['said'])}; load {asan['load']}", "≤ 360 s",
                  asan["passed"] and asan["build"] + asan["tests"] <= 360)
    else:
        yield not_measured(10, "ASan+UBSan: build + unit + cli", "62 s for one naive TU (M)", "≤ 360 s", "SCORE_FULL=asan")


def measure_tidy():
    done = run("make", "tidy")
    last = done.stdout.strip().splitlines()[-1:] or [done.stderr[-200:]]
    return {"said": last[0], "findings": len(re.findall(r": (?:warning|error): ", done.stdout)), "ok": done.returncode == 0}


def tidy():
    config = read(".clang-tidy")
    checks = [c.strip() for c in re.search(r"^Checks: >\n(.*?)\n\S", config, re.M | re.S).group(1).replace("\n", ",").split(",")]
    on = [c for c in checks if c and not c.startswith("-")]
    off = [c for c in checks if c.startswith("-") and c != "-*"]
    marks = sum(read(f).count("NOLINT") for f in files("core", "tools", "plugins", "tests") if f.endswith((".cpp", ".hpp")))
    groups = {c.split("-")[0] for c in on}
    figures = kept("tidy", measure_tidy)
    warnings = str(figures["findings"]) if figures else "not measured (SCORE_FULL=tidy)"
    met = groups >= {"bugprone", "performance", "misc", "readability"} and len(off) <= 8 and marks <= 5
    return Row(23, "clang-tidy: checks off / NOLINT / warnings", "nix 27 off, ninja 9 on (M)",
               f"{', '.join(sorted(groups))}; {len(off)} off / {marks} / {warnings}", "≤ 8 / ≤ 5 / 0",
               (met and figures["ok"]) if figures else None if met else False)


def fuzz():
    targets = [os.path.basename(f)[:-9] for f in files("tests/fuzz") if f.endswith("_fuzz.cpp")]
    logs, executions, findings = os.path.join(ROOT, "build/fuzz/logs"), 0, 0
    ran = sorted(os.listdir(logs)) if os.path.isdir(logs) else []
    for name in ran:
        with open(os.path.join(logs, name), encoding="utf-8", errors="replace") as file: text = file.read()
        executions += int((re.findall(r"number_of_executed_units:\s*(\d+)", text) or [0])[-1])
        findings += "Test unit written to" in text
    said = f"last run here: {len(ran)} targets, {executions} executions, {findings} findings" if ran else "no run recorded: make fuzz"
    goal, anchor = "≥ 8; 0 findings", "git 10, nix 5, ninja 1 (M)"
    met = len(targets) >= 8 and not findings
    return Row(24, "fuzz targets; findings open", anchor, f"{len(targets)}; {said}", goal, met if ran or not met else None)


def measure_coverage():
    folder = fresh("coverage")
    timed("cmake", "--build", folder, *JOBS)
    run(os.path.join(ROOT, ".ci/deps"), ".ci/packages-score")
    tests = run("ctest", "--test-dir", folder, "-E", "^(deb|mise|add-verb|lint|generated)$", *JOBS)
    summary = os.path.join(KEPT, "coverage.summary.json")
    timed("gcovr", "-r", ROOT, "--filter", "core/", "--filter", "tools/", "--filter", "plugins/", "--exclude-throw-branches",
          "--json-summary", summary, folder)
    with open(summary, encoding="utf-8") as file: per_file = json.load(file)["files"]
    out = {"said": [line.strip() for line in tests.stdout.splitlines() if "tests passed" in line]}
    for top in ("core", "tools", "plugins"):
        mine = [f for f in per_file if f["filename"].startswith(top + "/")]
        out[top] = [sum(f["line_covered"] for f in mine), sum(f["line_total"] for f in mine)]
    worst = sorted((f["line_covered"] - f["line_total"], f["filename"]) for f in per_file)[:8]
    out["worst"] = [f"{name} {-missed}" for missed, name in worst]
    return out


def coverage():
    figures = kept("coverage", measure_coverage)
    goal = "≥ 90 % / ≥ 80 %"
    if not figures: return not_measured(25, "line coverage core / tools", "-", goal, "make coverage")
    share = {top: 100 * figures[top][0] / max(1, figures[top][1]) for top in ("core", "tools", "plugins")}
    return Row(25, "line coverage core / tools", "-", f"{share['core']:.1f} % of {figures['core'][1]} / {share['tools']:.1f} % of "
               f"{figures['tools'][1]} lines; plugins {share['plugins']:.1f} %; most missed: {', '.join(figures['worst'][:3])}",
               goal, share["core"] >= 90 and share["tools"] >= 80)


def measure_deb():
    done = run("sh", "tests/lint/deb.sh", env=dict(os.environ, TK_FULL="1"))
    return {"ok": done.returncode == 0, "said": ((done.stdout if done.returncode == 0 else done.stderr).strip().splitlines() or [""])[-1]}


def deb():
    figures = kept("deb", measure_deb)
    goal, measure = "0; yes; ≤ 12288 KiB", "deb: lintian; two builds identical; installed"
    if not figures: return not_measured(26, measure, "-", goal, "SCORE_FULL=deb")
    return Row(26, measure, "-", figures["said"], goal, figures["ok"])


def rows():
    yield from costs()
    yield tidy()
    yield fuzz()
    yield coverage()
    yield deb()
