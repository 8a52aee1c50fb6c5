#!/usr/bin/env python3
"""The catalogue of event types is closed: what the journal of real commands and of every transition of tk's own
machines holds is in it, fits its schema, and whatever it calls emitted was emitted. usage: events.py TK ROWS CHECK_JSON"""
import json, os, subprocess, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from workspace import Workspace

TK, ROWS, CHECK = sys.argv[1:4]
MUST = """component.created component.updated component.removed component.participant_joined component.participant_left
component.stack space.created space.updated space.deleted space.synced space.shared space.unshared context.deleted
context.file_changed context.access.granted context.access.revoked computer.discovered computer.updated
computer.decommissioned user.created user.activated user.suspended user.removed user.terminals.opened
user.terminals.closed user.terminals.updated user.terminals.snapshot node.online node.offline node.heartbeat
file.created file.modified file.deleted file.content.update file.collab.activated session.discovered session.activated
session.suspended tmux_session.created tmux_session.killed tmux_session.hibernated tmux_session.resumed agent.thinking
agent.message agent.response agent.error journal.transition journal.update step.completed wot.graph
active_profile_changed""".split()
ENTITIES = """galaxy system space repo user agent group role rule resource grant borrow invitation token profile
integration capability computer network service process session credential secret sshkey flow action task plan artifact
template hive topic table skill mcp-server composed-tool lobby component swarm""".split()
assert len(MUST) == len(set(MUST)) == 51 and len(ENTITIES) == 40

w = Workspace(TK, workflow=True)
run = w.run
run("record", "new", "counter", "note=a", "--name", "c")
run("record", "step", w.json("record", "new", "counter")["id"], "tick", "note=b")
c = w.json("record", "new", "counter")["id"]
run("record", "step", c, "tock")            # transition.failed
run("record", "step", c, "ask")             # transition.parked
run("repo", "new", "user", "una")
assert run("record", "step", c, "tick", "--as", "user:una").returncode == 3
# acl.denied: una may not act as anybody
run("repo", "set", "user:una", "unix=" + "nobody-here")
assert w.run("wot", "run", "chain", "--input", "n=1").returncode == 5
run("wot", "answer", w.json("wot", "list")[0]["run"], "gate", "approve")
run("law", "review", "--attest", "--reason", "test")
w.write("records/counter.toml", open(w.path("records/counter.toml")).read().replace('initial = "on"', 'version = 2\ninitial = "on"'))
run("record", "migrate", "counter")
walked = subprocess.run([ROWS, "walk"], cwd=w.root, capture_output=True, text=True)
assert walked.returncode == 0, walked.stderr
# Law says no to acting as another only where the caller is not the owner: the owner's right is taken away by a forbid.
owner = "user:" + w.user()
run("repo", "new", "rule", "nobody-acts", "effect=forbid", "role=role:owner", "actions=actor.act-as", "resource=**")
run("record", "new", "counter", "--as", "user:una")

types = {}
for e in w.json("events", "types"):
    types.setdefault(e["type"], []).append(e)
rows = w.json("log")
bad, lines = [], []
seen = {}
for r in rows:
    seen.setdefault(r["event_type"], []).append(r)
for name, some in sorted(seen.items()):
    if name not in types:
        bad.append(f"{name} is in the journal and in no catalogue")
        continue
    schema = {"anyOf": [e["schema"] for e in types[name]]}
    lines += [json.dumps({"name": f"{name}, row {r['seq']}", "schema": schema, "text": json.dumps(r["payload"])}) for r in some]
judged = subprocess.run([CHECK], input="\n".join(lines) + "\n", capture_output=True, text=True)
if judged.returncode: bad += judged.stdout.strip().split("\n")
emitted = {n for n, es in types.items() if any(e["emitted"] for e in es)}
bad += [f"{n} is called emitted and nothing here emits it" for n in sorted(emitted - set(seen))]
bad += [f"{n} is emitted and not called so" for n in sorted(set(seen) & set(types) - emitted)]
bad += [f"{n} must exist" for n in MUST if n not in types]
bad += [f"{t}.{e} must exist" for t in ENTITIES for e in ("created", "updated", "deleted", "state_changed") if f"{t}.{e}" not in types]
tks = [n for n, es in types.items() if any(not e["own"] for e in es)]
if len(tks) < 240: bad.append(f"only {len(tks)} types")
own = sorted(n for n, es in types.items() if any(e["own"] for e in es))
if own != ["counter.created", "counter.migrated", "counter.updated"]: bad.append(f"own types: {own}")
for b in bad: print(b)
print(f"{len(tks)} types, {len(emitted)} emitted, {len(seen)} seen in {len(rows)} rows, {len(bad)} problems")
sys.exit(1 if bad else 0)
