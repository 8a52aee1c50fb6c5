#!/usr/bin/env python3
"""make fuzz: runs each built target over its seeds, then FUZZ_RUNS random inputs; one line a target.

usage: run.py <build folder> [target…]. What is found (corpus, crashes, logs) stays below the build
folder. Ends with 1 on the first target that has a finding, and says where the input is.
"""
import os, re, resource, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(sys.argv[1])
RUNS = int(os.environ.get("FUZZ_RUNS", "1000000"))
JOBS = int(os.environ.get("FUZZ_JOBS", str(min(2, os.cpu_count() or 1))))
LIMITS = ["-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=1024"]
FILE_LIMIT = 64 << 20  # of a log: a target that chatters must not fill the disk


def limit_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT))


def fuzz(name):
    corpus, crashes, log = (os.path.join(BUILD, d, name) for d in ("corpus", "crashes", "logs"))
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(crashes, exist_ok=True)
    os.makedirs(os.path.dirname(log), exist_ok=True)
    command = [os.path.join(BUILD, "fuzz", name + "_fuzz"), f"-runs={RUNS}", "-print_final_stats=1",
               f"-artifact_prefix={crashes}/", *LIMITS]
    words = os.path.join(HERE, "corpus", name + ".dict")
    if os.path.exists(words): command.append("-dict=" + words)
    options = os.path.join(HERE, "corpus", name + ".options")  # a target's own, one a line
    if os.path.exists(options): command += open(options, encoding="utf-8").read().split()
    command.append(corpus)
    command += [d for d in (os.path.join(HERE, k, name) for k in ("corpus", "found")) if os.path.isdir(d)]
    environment = dict(os.environ, UBSAN_OPTIONS="print_stacktrace=1")
    with open(log, "wb") as out:
        status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, env=environment,
                                preexec_fn=limit_files).returncode
    text = open(log, encoding="utf-8", errors="replace").read()
    done = re.findall(r"number_of_executed_units:\s*(\d+)", text) or re.findall(r"^#(\d+)", text, re.M) or ["0"]
    edges = re.findall(r"cov: (\d+)", text) or ["0"]
    if status == 0:
        return 0, f"{name}: {done[-1]} executions, {edges[-1]} edges, 0 findings"
    kept = re.findall(r"Test unit written to (\S+)", text)
    return 1, (f"{name}: {done[-1]} executions, {edges[-1]} edges, 1 finding\n"
               f"  input: {kept[-1] if kept else 'none was kept'}\n  log: {log}")


def main():
    folder = os.path.join(BUILD, "fuzz")
    built = sorted(f[:-len("_fuzz")] for f in os.listdir(folder) if f.endswith("_fuzz"))
    names = [n for n in built if n in sys.argv[2:]] if len(sys.argv) > 2 else built
    if not names: sys.exit("run.py: no target of that name is built in " + folder)
    worst = 0
    with ThreadPoolExecutor(JOBS) as pool:
        for status, line in pool.map(fuzz, names):
            worst = max(worst, status)
            print(line, flush=True)
    sys.exit(worst)


main()
