#!/usr/bin/env python3
"""`tk law serve` under load: decisions a second and latency at 16 connections, single and in batches of 20, on the
law of a workspace just made and on one of 1,000 users and 5,000 rules. Goal: 20,000 single evaluations a second
with p99 <= 1 ms. usage: authzen.py TK [SECONDS]"""
import json, os, random, subprocess, sys, tempfile
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../conformance/authzen"))
import organisation
from decision_point import Server, git, init


def question(dice, galaxy):
    return {"subject": {"type": "user", "id": f"u{dice.randrange(1000)}"},
            "action": {"name": dice.choice(organisation.ACTIONS)},
            "resource": {"type": "doc", "id": f"{galaxy}.s{dice.randrange(50)}/d{dice.randrange(2000)}"}}


def load(tk, server, path, bodies, seconds):
    tool = os.path.join(os.path.dirname(tk), "../libexec/tk/http-load")
    text = "\n".join(json.dumps(b, separators=(",", ":")) for b in bodies) + "\n"
    before = server.cpu()
    done = subprocess.run([tool, str(server.port), "16", str(seconds), path], input=text, capture_output=True, text=True,
                          timeout=seconds + 30)
    if done.returncode: sys.exit(done.stderr)
    out = json.loads(done.stdout)
    out["server_cpu"] = round((server.cpu() - before) / out["seconds"], 2)
    return out


def main():
    tk, seconds, dice = os.path.abspath(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 5, random.Random(1)
    with tempfile.TemporaryDirectory(prefix="tk-bench-") as folder:
        for name, size in (("small", dict(users=10, groups=3, roles=3, rules=20)), ("large", {})):
            root = init(tk, folder, name)
            organisation.write(root, organisation.organisation(name, **size))
            git(root, "add", "-A"); git(root, "commit", "-qm", "an organisation")
            with Server(tk, root) as server:
                one = [question(dice, name) for _ in range(2000)]
                many = [{"evaluations": [question(dice, name) for _ in range(20)]} for _ in range(200)]
                load(tk, server, "/access/v1/evaluation", one, 1)
                for what, path, bodies, each in (("single", "/access/v1/evaluation", one, 1),
                                                 ("batch of 20", "/access/v1/evaluations", many, 20)):
                    r = load(tk, server, path, bodies, seconds)
                    print(f"{name}, {what}: {r['per_second'] * each:,.0f} decisions/s in {r['per_second']:,.0f} requests/s, "
                          f"p50 {r['p50_us']} us, p99 {r['p99_us']} us, max {r['max_us']} us; cpu of server "
                          f"{r['server_cpu']}, of client {r['client_cpu']}; load {os.getloadavg()[0]:.1f}", flush=True)


main()
