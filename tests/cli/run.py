#!/usr/bin/env python3
"""Runs transcripts: each shows commands as a person would see them.

A .t file is prose with blocks indented by two spaces:
  $ command          what is typed (bash; lines that begin with "> " continue it)
  output             stdout and stderr together; "(glob)" or "(re)" at the end of a line makes a pattern
  [3]                the exit status, when it is not 0
Every file runs in an empty folder of its own. `run.py --update FILE…` writes what came into the file.
"""
import fnmatch, os, re, resource, subprocess, sys, tempfile

MARK = "=tk-transcript="


def read(path):
    """[(prose lines before, command lines, expected lines)], prose at the end"""
    blocks, prose, command, expected = [], [], None, []
    for line in open(path, encoding="utf-8").read().split("\n"):
        if line.startswith("  $ "):
            if command is not None:
                blocks.append((prose, command, expected)); prose, expected = [], []
            command = [line[4:]]
        elif line.startswith("  > ") and command is not None and not expected:
            command.append(line[4:])
        elif line.startswith("  ") and command is not None:
            expected.append(line[2:])
        else:
            if command is not None:
                blocks.append((prose, command, expected)); prose, command, expected = [], None, []
            prose.append(line)
    if command is not None:
        blocks.append((prose, command, expected)); prose = []
    return blocks, prose


def fits(pattern, line):
    if pattern == line:
        return True
    if pattern.endswith(" (glob)"):
        body = pattern[:-7].replace("[", "[[]")
        return fnmatch.fnmatchcase(line, body)
    if pattern.endswith(" (re)"):
        return re.fullmatch(pattern[:-5], line) is not None
    return False


def run(blocks, bin_dir):
    script = "exec 2>&1\n"
    for i, (_, command, _) in enumerate(blocks):
        script += "\n".join(command) + f"\nprintf '\\n{MARK}%s %s\\n' {i} $?\n"
    with tempfile.TemporaryDirectory(prefix="tk-t-") as folder:
        env = {"PATH": bin_dir + ":" + os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8",
               "TZ": "UTC", "CI": "1", "TK_TESTS": os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
               "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.org",
               "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.org"}
        for name in ("TK_AGENT_MEMORY", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
        work = os.path.join(folder, "work"); os.mkdir(work)
        done = subprocess.run(["bash", "-c", script], cwd=work, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, timeout=300, preexec_fn=limit)
    out, results = done.stdout.decode("utf-8", "replace"), []
    for i in range(len(blocks)):
        body, _, out = out.partition(f"\n{MARK}{i} ")
        status, _, out = out.partition("\n")
        lines = body.split("\n") if body else []
        while lines and lines[-1] == "":
            lines.pop()
        if status != "0":
            lines.append(f"[{status}]")
        results.append(lines)
    return results


def check(path, bin_dir, update):
    blocks, tail = read(path)
    results = run(blocks, bin_dir)
    good = True
    for (_, command, expected), got in zip(blocks, results):
        if len(expected) != len(got) or not all(fits(e, g) for e, g in zip(expected, got)):
            good = False
            if not update:
                print(f"{path}: $ {command[0]}")
                for line in expected: print("  - " + line)
                for line in got: print("  + " + line)
    if update and not good:
        with open(path, "w", encoding="utf-8") as f:
            lines = []
            for (prose, command, expected), got in zip(blocks, results):
                lines += prose + ["  $ " + command[0]] + ["  > " + c for c in command[1:]]
                kept = len(expected) == len(got) and all(fits(e, g) for e, g in zip(expected, got))
                lines += ["  " + line for line in (expected if kept else got)]
            f.write("\n".join(lines + tail))
    return good, len(blocks)


def main():
    update = "--update" in sys.argv
    words = [w for w in sys.argv[1:] if w != "--update"]
    bin_dir, paths = os.path.abspath(words[0]), words[1:]
    if not paths:
        here = os.path.dirname(os.path.abspath(__file__))
        paths = sorted(os.path.join(d, f) for d, _, fs in os.walk(here) for f in fs if f.endswith(".t"))
    failed = commands = 0
    for path in paths:
        good, n = check(path, bin_dir, update)
        failed += not good
        commands += n
    print(f"{len(paths)} transcripts, {commands} commands, {failed} failed")
    sys.exit(1 if failed and not update else 0)


main()
