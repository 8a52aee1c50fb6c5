#!/usr/bin/env python3
"""TypeScript mirrors against C++: clean under `tsc --strict`, the same bytes after every event of random sequences,
and the same state as tk after a journal's rows. usage: mirror.py MACHINES BUILD"""
import os, subprocess, sys, tempfile, time

FULL = bool(os.environ.get("TK_FULL"))
SEQUENCES, EVENTS = (100_000, 10_000) if FULL else (5_000, 2_000)
TYPESCRIPT = "typescript@5.4.5"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from npm import fetched, node


def main():
    machines, home = os.path.abspath(sys.argv[1]), os.path.join(os.path.abspath(sys.argv[2]), "npm")
    run_node = node(home)
    compiler = os.path.join(fetched(home, TYPESCRIPT), "typescript", "lib", "tsc.js")
    with tempfile.TemporaryDirectory(prefix="tk-mirror-") as folder:
        subprocess.run([machines, "mirror", folder, str(SEQUENCES)], check=True)
        subprocess.run([machines, "journal", folder, str(EVENTS)], check=True)
        files = sorted(os.path.join(folder, f) for f in os.listdir(folder) if f.endswith(".ts"))
        began = time.monotonic()
        done = subprocess.run([run_node, compiler, "--strict", "--noUncheckedIndexedAccess", "--target", "es2022",
                               "--module", "es2022", "--outDir", os.path.join(folder, "out"), *files],
                              capture_output=True, text=True)
        if done.returncode:
            print(done.stdout[:4000]); sys.exit(1)
        print(f"tsc --strict: {len(files)} mirrors clean in {time.monotonic() - began:.1f} s")
        with open(os.path.join(folder, "out", "package.json"), "w") as f:
            f.write('{"type": "module"}')
        sys.exit(subprocess.run([run_node, os.path.join(HERE, "replay.mjs"), folder]).returncode)


main()
