#!/usr/bin/env python3
"""Leases, revocation and approvals under load (leases.cpp). CI: a seeded part; TK_FULL=1: 1 M interleavings, 8 checking
processes x 10,000 revocations, 1,000 uses of a lease of one, 128 approvers."""
import os, subprocess, sys

FULL = bool(os.environ.get("TK_FULL"))
PROGRAM = sys.argv[1]
CASES = [
    ["model", "1000000" if FULL else "40000", "20261124"],
    ["uses", "50", "1000", "1"],
    ["uses", "16", "320", "100"],
    ["revoke", "8", "10000" if FULL else "600"],
    ["approve", "128" if FULL else "32"],
]
for words in CASES:
    done = subprocess.run([PROGRAM, *words], timeout=3000, text=True, capture_output=True)
    print(" ".join(words) + ":", (done.stdout + done.stderr).strip(), flush=True)
    if done.returncode != 0: sys.exit(1)
