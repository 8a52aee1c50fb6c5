#!/usr/bin/env python3
"""On a read-only file system reading commands still work and writing ones say why not. Needs a mount
namespace: where there is none the test is skipped, and says so."""
import subprocess, sys
from workspace import Workspace

SCRIPT = '''
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 77
cd "$1"; shift
"$1" log | wc -l; "$1" status >/dev/null && "$1" log verify >/dev/null; echo "read $?"
"$1" record step "$2" tick; echo "wrote $?"
'''


def main():
    w = Workspace(sys.argv[1])
    record = w.json("record", "new", "counter")["id"]
    for namespace in ("-m", "-rm"):
        got = subprocess.run(["unshare", namespace, "sh", "-c", SCRIPT, "sh", w.root, w.tk, record],
                             capture_output=True, text=True)
        if got.returncode == 0:
            break
    else:
        print("SKIPPED: no mount namespace can be had here:", got.stderr.strip())
        sys.exit(77)
    lines = got.stdout.split()
    assert int(lines[0]) > 10 and "read 0" in got.stdout and "wrote 1" in got.stdout, got.stdout + got.stderr
    assert "TK-OS-0004" in got.stderr and "Read-only" in got.stderr, got.stderr
    w.verify()
    print("a read-only workspace is read; writing is refused with TK-OS-0004 and exit 1")


main()
