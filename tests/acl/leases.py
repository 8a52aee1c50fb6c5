#!/usr/bin/env python3
"""Leases, revocation and approvals under load (leases.cpp). CI: a seeded part; TK_FULL=1: 1 M interleavings, 8 checking
processes x 10,000 revocations and 2,000 stops, 1,000 uses of a lease of one, 128 approvers."""
import os, subprocess, sys

FULL = bool(os.environ.get("TK_FULL"))
PROGRAM = sys.argv[1]
CASES = [
    ["model", "1000000" if FULL else "40000", "20261124"],
    ["uses", "50", "1000", "1"],
    ["uses", "16", "320", "100"],
    ["revoke", "8", "10000" if FULL else "600"],
    ["stop", "8", "2000" if FULL else "400"],
    ["approve", "128" if FULL else "32"],
]
for words in CASES:
    # A model that waits for a disk shows nothing more; the others are about processes, and take the disk as it is.
    memory = {"TMPDIR": "/dev/shm"} if words[0] == "model" and os.path.isdir("/dev/shm") else {}
    done = subprocess.run([PROGRAM, *words], timeout=3000, text=True, capture_output=True, env={**os.environ, **memory})
    print(" ".join(words) + ":", (done.stdout + done.stderr).strip(), flush=True)
    if done.returncode != 0: sys.exit(1)
