#!/usr/bin/env python3
"""What the vault costs: `tk vault run` with and without a secret, beside its flushes and beside `tk run`; the scrubber with 200 secrets beside a
table look-up for each byte; secrets sealed to new recipients, by the broker alone and as the whole command. Medians of one run.
usage: vault.py BUILD [SECRETS]"""
import base64, json, os, statistics, subprocess, sys, time, uuid
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vault"))
from vault_place import Place

BUILD, N = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1000
TK = BUILD + "/bin/tk"
load = lambda: f"load {os.getloadavg()[0]:.1f}"


def timed(what):
    began = time.perf_counter(); what()
    return (time.perf_counter() - began) * 1e3


def flush(folder):
    """A small write with its flush, as a commit of the journal has one."""
    with open(folder + "/flush", "ab", 0) as f:
        f.write(b"x" * 4096); os.fdatasync(f.fileno())


def main():
    p = Place(TK, 0 if os.geteuid() == 0 else os.getuid())
    try:
        p.set("db", "correct-horse-battery-9")
        run = lambda *w: lambda: subprocess.run([TK, *w], cwd=p.ws, env=p.env, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        kinds = {"bare": lambda: subprocess.run(["/usr/bin/true"], check=True), "flush": lambda: flush(p.ws), "tk run": run("run", "--as", "agent:bot", "--", "true"),
                 "no secret": run("vault", "run", "--", "true"), "one secret": run("vault", "run", "--use", "db", "--", "true")}
        times = {k: [] for k in kinds}
        for _ in range(60):
            for k, f in kinds.items(): times[k].append(timed(f))
        m = {k: statistics.median(v) for k, v in times.items()}
        print(f"start of true: bare {m['bare']:.1f} ms, tk run {m['tk run']:.1f}, tk vault run {m['no secret']:.1f}, with a secret {m['one secret']:.1f}; two flushes of {m['flush']:.2f} are in each: "
              f"beside them {m['no secret'] - 2 * m['flush']:.1f} and {m['one secret'] - 2 * m['flush']:.1f} (bar 15); {load()}", flush=True)
        recipient = json.loads(p.do(TK, "vault", "init", "--json").stdout)["recipient"]
        for i in range(N):
            id = str(uuid.UUID(int=0x0192f3a1000070008000000000000000 + i))
            sealed = subprocess.run(["age", "-r", recipient], input=f"tk-secret 1\nsecret:w/s{i}\n{id}\n1\nvalue {i} of many".encode(), capture_output=True, check=True).stdout
            with open(f"{p.ws}/galaxies/w/secrets/s{i}.xml", "w") as f: f.write(f'<secret id="{id}" name="s{i}" version="1" mode="on" value="{base64.b64encode(sealed).decode()}"/>\n')
        p.do("git", "config", "gc.auto", "0")  # it would pack beside what is measured
        p.do("git", "add", "-A"); p.do("git", "commit", "-qm", "many")
        p.do(TK, "vault", "sign", "--accept")
        os.sync()  # what was written before is not of this
        took = timed(run("vault", "rotate"))
        print(f"{N} secrets sealed anew, signed, journaled and committed: {took / 1e3:.1f} s; {load()}", flush=True)
    finally: p.close()


main()
