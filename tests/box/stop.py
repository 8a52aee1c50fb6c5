#!/usr/bin/env python3
"""tk stop: fifty processes in five boxes of one agent, which fork as fast as they can. When it has returned none is there any more and
none did anything later (each writes the clock into a file of its own); the box of another agent goes on. Then starts that race the stop:
none of their programs does anything after it. usage: stop.py TK [ROUNDS]   TK_FULL=1: more rounds of the race"""
import json, os, subprocess, sys, time
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from place import Place, alive

TK = os.path.abspath(sys.argv[1])
ROUNDS = 60 if os.environ.get("TK_FULL") else 6
PROGRAM = """# {mark}
import os, signal, sys, time
for s in (1, 2, 3, 15): signal.signal(s, signal.SIG_IGN)
for _ in range(9):
    if os.fork() == 0: break
out = os.open(f"{ws}/mine/" + sys.argv[1] + "-" + str(os.getpid()), os.O_CREAT | os.O_WRONLY, 0o666)
while True:
    try:
        if os.fork() == 0:
            try:
                os.setsid()
                if os.fork() == 0: os.pwrite(out, b"%020d" % time.clock_gettime_ns(time.CLOCK_MONOTONIC), 0)
            finally: os._exit(0)
        os.wait()
    except OSError: pass  # no more processes: those of all its boxes are counted together
    os.pwrite(out, b"%020d" % time.clock_gettime_ns(time.CLOCK_MONOTONIC), 0)
"""


def last_effect(p):
    newest = 0
    for name in os.listdir(p.ws + "/mine"):
        text = open(f"{p.ws}/mine/{name}").read()
        if text.strip().isdigit(): newest = max(newest, int(text))
    return newest


def main():
    p = Place(TK, 0 if os.geteuid() == 0 else os.getuid())
    try:
        owner = p.owner
        p.do(TK, "repo", "new", "agent", "other", "sponsor=" + owner)
        p.do(TK, "repo", "new", "user", "deputy")
        p.do(TK, "repo", "new", "grant", "deputy", "role=role:owner", "to=user:deputy")
        mark, calm = f"tkstop{os.getpid()}", f"tkcalm{os.getpid()}"
        program = PROGRAM.replace("{mark}", mark).replace("{ws}", p.ws)
        start = lambda agent, text, *words: subprocess.Popen(p.argv([TK, "run", "--as", agent, "--", "python3", "-c", text, *words]), cwd=p.ws, env=p.env, stdin=subprocess.DEVNULL,
                                                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        other = start("agent:other", f"import time; time.sleep(60) # {calm}")
        runs = [start("agent:bot", program, str(i)) for i in range(5)]
        for _ in range(500):
            if len(os.listdir(p.ws + "/mine")) >= 50: break
            time.sleep(0.02)
        assert len(os.listdir(p.ws + "/mine")) >= 50, os.listdir(p.ws + "/mine")
        began = time.monotonic()
        done = json.loads(p.do(TK, "stop", "agent:bot", "--reason", "forks", "--json").stdout)
        returned, took = time.clock_gettime_ns(time.CLOCK_MONOTONIC), time.monotonic() - began
        left = [x for x in alive(mark) if "box-exec" not in open(f"/proc/{x}/cmdline").read() and "tk-run" not in open(f"/proc/{x}/cmdline").read()] if alive(mark) else []
        time.sleep(0.3)
        late = (last_effect(p) - returned) / 1e6
        assert done["boxes"] == 5 and done["actors"][0]["halted"], done
        assert late <= 0, f"an effect {late:.1f} ms after the stop"
        for r in runs:
            _, said = r.communicate(timeout=20)
            assert r.returncode in (3, 137) , (r.returncode, said)
        assert not alive(mark), alive(mark)
        assert alive(calm), "another agent's box was ended too"
        rows = p.rows("actor.halted")
        assert [r["reason"] for r in rows] == ["forks"], rows
        assert p.box("true", code=None).returncode == 3
        assert p.do(TK, "start", "agent:bot", code=None).returncode != 0, "who stopped it started it again"
        p.do(TK, "start", "agent:bot", "--as", "user:deputy")
        p.box("true")
        # ---- starts that race it
        worst = -1e9
        for round in range(ROUNDS):
            for name in os.listdir(p.ws + "/mine"): os.unlink(f"{p.ws}/mine/{name}")
            runs = [start("agent:bot", program, f"r{i}") for i in range(3)]
            time.sleep(0.01 + 0.012 * round % 0.12)
            p.do(TK, "stop", "agent:bot", "--reason", "race")
            returned = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
            for r in runs: r.communicate(timeout=20)
            assert not alive(mark), alive(mark)
            newest = last_effect(p)
            if newest: worst = max(worst, (newest - returned) / 1e6)
            assert worst <= 0, f"round {round}: an effect {worst:.1f} ms after the stop"
            p.do(TK, "start", "agent:bot", "--as", "user:deputy")
        other.kill(); other.communicate()
        p.do(TK, "stop", "--all", "--reason", "the end")
        assert len(p.rows("actor.halted")) == 1 + ROUNDS + 2
        p.do(TK, "log", "verify")
        print(f"50 processes in 5 boxes: gone in {took * 1e3:.0f} ms with the start of tk, the last effect {-late:.1f} ms before it returned; {ROUNDS} races, the last effect {-worst:.1f} ms before")
    finally: p.close()


main()
