#!/usr/bin/env python3
"""Runs README.md's tour: every line of its ```sh tour block, in order, in an empty folder; each must end 0
unless a comment `# exits N` stands behind it."""
import os, re, subprocess, sys, tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def main():
    text = open(os.path.join(ROOT, "README.md"), encoding="utf-8").read()
    block = re.search(r"```sh tour\n(.*?)```", text, re.S).group(1)
    script, count = "set -u\n", 0
    for line in block.strip().split("\n"):
        command, _, comment = line.partition("   # ")
        wanted = re.search(r"exits (\d+)", comment)
        script += f"{command}\nrc=$?; [ $rc = {wanted.group(1) if wanted else 0} ] || {{ echo 'FAILED' $rc: {count}; exit 1; }}\n"
        count += 1
    with tempfile.TemporaryDirectory() as folder:
        env = dict(os.environ, PATH=os.path.abspath(sys.argv[1]) + ":" + os.environ["PATH"], HOME=folder, TMPDIR=folder)
        done = subprocess.run(["bash", "-c", script], cwd=folder, env=env, stdin=subprocess.DEVNULL, timeout=300,
                              capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout, done.stderr)
        sys.exit(1)
    print(f"{count} commands of the tour, all as README.md says")


main()
