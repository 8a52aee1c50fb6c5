#!/usr/bin/env python3
"""clang-tidy over the compile database of a build folder; with TIDY_BASE=<commit> over what changed since."""
import json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def changed_since(base):
    command = ["git", "-C", ROOT, "diff", "--name-only", "--merge-base", base]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def reached(source, seen):
    """The project's files that a source includes, and it; paths are relative to the root or to the includer."""
    if source in seen: return seen
    seen.add(source)
    with open(os.path.join(ROOT, source), encoding="utf-8") as file:
        for header in INCLUDE.findall(file.read()):
            for path in (header, os.path.normpath(os.path.join(os.path.dirname(source), header))):
                if os.path.isfile(os.path.join(ROOT, path)): reached(path, seen)
    return seen


def tidy(build, source):
    command = ["clang-tidy", "-p", build, "--quiet", os.path.join(ROOT, source)]
    ran = subprocess.run(command, capture_output=True, text=True)
    # stderr counts the warnings of system headers; it matters only when clang-tidy itself fails.
    return ran.returncode, ran.stdout or (ran.stderr if ran.returncode else "")


def main():
    build = os.path.abspath(sys.argv[1])
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        sources = sorted({os.path.relpath(entry["file"], ROOT) for entry in json.load(file)})
    base = os.environ.get("TIDY_BASE")
    if base:
        changed = changed_since(base)
        if not changed & {".clang-tidy", "CMakeLists.txt"}:
            sources = [source for source in sources if reached(source, set()) & changed]
    failed = 0
    with ThreadPoolExecutor(int(os.environ.get("TIDY_JOBS", "2"))) as pool:
        for code, output in pool.map(lambda source: tidy(build, source), sources):
            failed += code != 0
            if output: print(output.replace(ROOT + "/", ""), end="", flush=True)
    print(f"{len(sources)} sources, {failed} with findings")
    sys.exit(1 if failed else 0)


main()
