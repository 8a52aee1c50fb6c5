#!/usr/bin/env python3
"""make score: the 28 rows by which this house measures itself, git's figure of the same minute beside ours.

A row is met, a GAP, or not measured; a GAP says why below it, and the figure stands. What takes minutes is
measured with SCORE_FULL=1 (or SCORE_FULL=build,asan,coverage,tidy,deb) and kept in build/score for runs on
the same files.
"""
import os, platform, re, sys, time
import build, source, startup, suite
from house import RELEASE, ROOT, run

# Why a row is not met, in one line. It softens nothing: a row that is met does not show its line.
WHY = {
    1: "the driver is one exec and a printf; what is over is the machine's load, see git's figure beside it",
    2: "one readlink, one access and one exec; what is over is the machine's load, see git's figure beside it",
    3: "help -a reads the folders of PATH as git's does, and 20 manifests more; no cache stands between it and the disk",
    4: "tk init and tk demo make a git repository, and carry libgit2 for it as tk repo does",
    5: "p95 takes in the machine's load: see the medians, and git's",
    6: "wrong is what build/score/rows.xml lists: a completion that opens .tk/run/live for writing is no mere reader",
    7: "a unit is over 4 s of cpu, or a fifth one reads a heavy header",
    9: "wall time under the load that is named; the cpu seconds beside it, halved, are what two idle cores need",
    10: "wall time under the load that is named; the cpu seconds beside it, halved, are what two idle cores need",
    12: "most are in the review's scanners, which tell one language's forms apart in one place; make tidy holds 90 lines, nothing holds cc",
    22: "a transcript here tells a long story, and a case runs a table; by the count of either this is too few",
    24: "make fuzz was not run in this tree",
    25: "a process that is killed with -9, which the fault tests do thousands of times, loses its counts; the rest is not tested",
    27: "make demo and make test install and build: CI runs them on a clean checkout; the plain blocks are messages and pictures",
}


def main():
    began, load = time.monotonic(), os.getloadavg()
    processor = re.search(r"model name\s*: (.*)", open("/proc/cpuinfo", encoding="utf-8").read()).group(1)
    commit = run("git", "describe", "--always", "--dirty").stdout.strip()
    print(f"tk {commit} on {os.cpu_count()} cores of {processor}, {platform.release()}; "
          f"{run('git', '--version').stdout.strip()}; load {load[0]:.1f}\n")
    rows = list(startup.rows())
    tested, tour = suite.rows()
    rows += [*tested, *source.rows(tour), *build.rows()]
    rows.sort(key=lambda row: row.number)
    assert [row.number for row in rows] == list(range(1, 29)), [row.number for row in rows]
    counts = {True: 0, False: 0, None: 0}
    for row in rows:
        counts[row.met] += 1
        verdict = {True: "met", False: "GAP", None: "NOT MEASURED"}[row.met]
        print(f"{row.number:>2}  {row.measure:<52} {verdict}")
        print(f"      anchor  {row.anchor}\n      goal    {row.goal}\n      ours    {row.ours}")
        if row.met is False: print(f"      why     {WHY.get(row.number, 'not looked into yet')}")
    print(f"\n{counts[True]} met, {counts[False]} gaps, {counts[None]} not measured; "
          f"load {load[0]:.1f} → {os.getloadavg()[0]:.1f}; {time.monotonic() - began:.0f} s")


main()
