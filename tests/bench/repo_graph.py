#!/usr/bin/env python3
"""The index, the graph and search over an organisation of 100,000 entities with about 4.7 relations each: made in
/work/tmp (or TMPDIR) and removed. Times of commands include the start of the process; `cpu` is user and system time, as
the machine may be busy: see the load. Search is judged by 240 questions whose answer is known (repo/world.py: names,
slips of the fingers, another order, parts, other forms of a verb, descriptions with and without slips, in one word).
usage: repo_graph.py BUILD [ENTITIES]"""
import json, os, resource, shutil, subprocess, sys, tempfile, time
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "repo"))
import world


def load():
    return f"load {os.getloadavg()[0]:.1f}"


def timed(command, root, times=7, codes=(0,)):
    """The quickest of some runs, in ms: (wall, cpu, output)."""
    best, out = (1e9, 1e9), ""
    for _ in range(times):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
        wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        if done.returncode not in codes: sys.exit(f"{command}: {done.returncode} {done.stderr}")
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best, out = min(best, (wall * 1e3, cpu * 1e3)), done.stdout
    return (*best, out)


def head(root):
    return subprocess.check_output(["git", "-C", root, "rev-parse", "HEAD"], text=True).strip()


def main():
    build, entities = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    libexec, tk = build + "/libexec/tk/", build + "/bin/tk"
    root = tempfile.mkdtemp(prefix="tk-bench-graph-", dir="/work/tmp" if os.path.isdir("/work/tmp") else None)
    try:
        subprocess.run([tk, "init", "-q", "--galaxy", "acme", root], check=True, stdout=subprocess.DEVNULL)
        w = world.World(entities)
        w.commit(root)
        before = head(root)
        questions = w.questions(240)
        path = next(p for p in sorted(w.files) if "/skills/" in p)
        w.files = {path: w.files[path].replace('description="', 'description="changed ')}
        w.commit(root)
        after = head(root)
        r = json.loads(subprocess.check_output([libexec + "bench-repo", root, before, after], text=True))
        print(f"index: {r['entities']:,} entities from git {r['build_ms']:,.0f} ms; one file changed {r['step_ms']:.1f} ms (comparing the "
              f"two commits {r['differences_ms']:.2f}), {r['step_files']} file read; nothing changed {r['open_ms']:.1f} ms; "
              f"each() {r['each_ms'] * 10_000 / max(1, r['users']):.1f} ms for 10,000; {load()}", flush=True)
        subprocess.run([tk, "repo", "compile", "-q"], cwd=root, check=True)
        secret = w.secrets[3]
        wall, cpu, _ = timed([tk, "repo", "graph", secret], root, 1)
        print(f"graph: made for a commit in {wall:,.0f} ms (index of entities included), {os.path.getsize(root + '/.tk/graph.idx') / 1e6:.0f} MB; {load()}", flush=True)
        start = timed([tk, "repo", "--version"], root, codes=(0, 2))
        for name, command in (("who-can", ["who-can", "secret.use", secret]), ("the same with --json", ["who-can", "secret.use", secret, "--json"]),
                              ("impact of a user", ["impact", w.people[5][0]]), ("graph around a group", ["graph", w.groups[0]]),
                              ("groups of a user", ["query", w.people[5][0] + " <-[member]-* group:*"])):
            wall, cpu, out = timed([tk, "repo", *command], root, codes=(0, 1))
            print(f"{name}: {wall:.0f} ms, cpu {cpu:.0f} ms, of which an empty tk repo {start[0]:.0f}/{start[1]:.0f}; {out.count(chr(10))} lines; {load()}", flush=True)
        ours = {line.split("  ")[0] for line in timed([tk, "repo", "who-can", "secret.use", secret], root, 1)[2].splitlines()}
        laws = set(timed([tk, "law", "who-can", "secret.use", secret], root, 1)[2].split())
        print(f"who-can agrees with tk law who-can: {ours == laws} ({len(ours)} actors)", flush=True)
        text = "\n".join("\t".join(q) for q in questions)
        r = json.loads(subprocess.run([libexec + "bench-repo-search", root], input=text, capture_output=True, text=True, check=True).stdout)
        for name in ("hybrid", "words", "vectors"):
            s = r[name]
            print(f"search, {name}: recall@10 {s['recall_at_10']:.3f}, MRR {s['mrr']:.3f}, p50 {s['p50_ms']} ms, p95 {s['p95_ms']} ms in the process; "
                  f"{r['questions']} questions; " + ", ".join(f"{k} {v}" for k, v in s["kinds"].items()) + f"; {load()}", flush=True)
        wall, cpu, _ = timed([tk, "repo", "search", questions[1][1], "--json"], root)
        print(f"tk repo search: {wall:.0f} ms with the start, cpu {cpu:.0f} ms; made anew for 100k in {r['open_ms']:,.0f} ms; {load()}", flush=True)
    finally:
        shutil.rmtree(root, ignore_errors=True)


main()
