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
