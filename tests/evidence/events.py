#!/usr/bin/env python3
"""The catalogue of event types is closed and alive. Every row that real commands write has a type of the catalogue and fits
its schema; every type that the catalogue calls emitted is written here by a command that a person types (EVENTS_VERBOSE=1
prints by which); one that is not emitted is said by finer names that are, or stands under a layer that is still to come.
Then every transition of tk's own machines is taken once (rows.cpp), for its schema. usage: events.py TK ROWS CHECK_JSON"""
import json, os, sqlite3, subprocess, sys, time
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
MUST_TOO = """transition.denied transition.forced acl.allowed acl.denied token.issued token.refreshed token.revoked
invitation.created invitation.accepted invitation.expired borrow.granted borrow.used borrow.ended secret.used secret.rotated
mcp.called mcp.tools_changed hive.cast hive.attached hive.detached wot.started wot.paused wot.forked wot.converged
wot.finished rlm.iteration rlm.converged lobby.joined lobby.left provision.planned provision.applied
provision.drifted""".split()
ENTITIES = """galaxy system space repo user agent group role rule resource grant borrow invitation token profile
integration capability computer network service process session credential secret sshkey flow action task plan artifact
template hive topic table skill mcp-server composed-tool lobby component swarm""".split()
assert len(MUST) == len(set(MUST)) == 51 and len(ENTITIES) == 40
LATER = {1, 2, 4, 5, 6}  # 3 is law and journal: what it promises, it emits

w = Workspace(TK, workflow=True)
emitted_by, bad = {}, []


def rows_after(seq):
    with sqlite3.connect(f"file:{w.path('.tk/journal.db')}?mode=ro", uri=True) as db:
        return list(db.execute("SELECT seq, event_type FROM journal WHERE seq > ? ORDER BY seq", (seq,)))


last = 0
def noted(command):
    """What the rows since the last look are, and by which command they came."""
    global last
    for seq, name in rows_after(last):
        emitted_by.setdefault(name, command)
        last = seq


def run(*words, code=0, clock=None, fault=None, env=None):
    env = {**os.environ, **({"TK_CLOCK": clock} if clock else {}), **({"TK_FAIL_AT": fault} if fault else {}), **(env or {})}
    done = subprocess.run([TK, *words], cwd=w.root, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    assert done.returncode == code, f"tk {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
    noted("tk " + " ".join(words[:3]))
    return done.stdout


def js(*words, **more): return json.loads(run(*words, "--json", **more))
def git(*words): subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words], cwd=w.root, check=True)
def commit(path, text):
    w.write(path, text); git("add", path); git("commit", "-qm", "by hand")


noted("tk init and tk repo new agent")
me = "user:" + w.user()
# ---- what is declared
def declare(kind, name, *attributes):
    run("repo", "new", kind, name, *attributes)
    run("repo", "set", f"{kind}:{name}", "labels=x")
    run("repo", "set", f"{kind}:{name}", "state=suspended")
run("repo", "set", "galaxy:w", "labels=x", code=3)              # no grant can stand where a galaxy does
declare("system", "sys"); declare("user", "una"); declare("group", "team"); declare("role", "lead")
run("repo", "new", "space", "spot", "--context", "w.sys")
run("repo", "set", "space:w.sys/spot", "labels=x"); run("repo", "set", "space:w.sys/spot", "state=suspended")
declare("agent", "bot", "sponsor=" + me)
declare("rule", "r", "effect=permit", "role=role:lead", "actions=run.read", "resource=run:**")
declare("resource", "db", "uri=pg://x"); declare("credential", "c", "provider=p")
os.makedirs(w.path("galaxies/w/actions"), exist_ok=True)
commit("galaxies/w/actions/release.ship.xml", '<action name="release.ship" command="x"/>\n')  # declared by hand, adopted by the next set
for change in ("labels=x", "state=suspended"): run("repo", "set", "action:release.ship", change)
declare("grant", "g", "role=role:lead", "to=user:una")
for ref in ("user:una", "agent:bot", "role:lead"): run("repo", "set", ref, "state=active")
# every other type of the table
for type in json.loads(run("repo", "schema", "--json"))["types"]:
    name = type["name"]
    if type["home"] != "git" or name + ".state_changed" in emitted_by or name == "galaxy": continue
    fits = lambda a: (a.get("example") or (a["words"][0] if "words" in a else "x")).replace("user:owner", me).replace("agent:analyst", "agent:bot")
    words = [f'{a["name"]}={fits(a)}' for a in type["attributes"] if a["required"]]
    children = [x for c in type["children"] for x in ("--child", " ".join([c["name"], *(f'{a["name"]}={fits(a)}' for a in c["attributes"] if a["required"])]))]
    run("repo", "new", name, "n-" + name, *words, *children)
    run("repo", "set", f"{name}:n-{name}", "labels=x"); run("repo", "set", f"{name}:n-{name}", "state=suspended")
# accounts of a computer
root = w.path("computer")
for folder in ("etc/skel", "home", "srv"): os.makedirs(os.path.join(root, folder))
for name, text in {"passwd": "root:x:0:0::/root:/bin/sh\n", "group": "root:x:0:\n", "shadow": "root:*:1::::::\n", "gshadow": "root:*::\n"}.items():
    with open(os.path.join(root, "etc", name), "w") as f: f.write(text)
run("repo", "plan", "--target", "root=" + root, "--out", w.path("p.plan"))
run("repo", "apply", w.path("p.plan"), "--target", "root=" + root, "--yes")
with open(os.path.join(root, "etc/passwd")) as f: accounts = f.read()
with open(os.path.join(root, "etc/passwd"), "w") as f: f.write(accounts.replace("/bin/bash", "/bin/zsh"))
run("repo", "drift", "--target", "root=" + root, code=5)
run("repo", "plan", "--target", "root=" + root, "--out", w.path("p.plan"))
with open(os.path.join(root, "etc/passwd"), "w") as f: f.write(accounts.replace("/bin/bash", "/bin/dash"))
run("repo", "apply", w.path("p.plan"), "--target", "root=" + root, "--yes", code=4)
run("repo", "onboard", "user", "newcomer")
run("repo", "set", me, "title=over")
run("repo", "set", me, "title=lost", fault="git.ref=kill", code=-9)
path = f"galaxies/w/users/{w.user()}.xml"
commit(path, open(w.path(path)).read().replace("over", "theirs"))
run("repo", "new", "user", "deputy")                              # entity.reverted
run("repo", "new", "grant", "deputy-owns", "role=role:owner", "to=user:deputy")
# ---- records, refusals, approvals
c = js("record", "new", "counter", "note=a")["id"]
run("record", "step", c, "tick", "note=b")
run("record", "step", c, "tock", code=1)                          # transition.failed
run("record", "step", c, "tick", "--as", "user:una", code=3)      # transition.denied
run("record", "step", js("record", "list", "user")[0]["id"], "suspend", code=3)  # acl.denied
item = lambda: js("inbox", "list")[-1]["id"]
run("repo", "new", "grant", "una-owns", "role=role:owner", "to=user:una")
def ask():  # two persons: one asks, another one answers
    n = js("record", "new", "counter")["id"]
    run("record", "step", n, "ask", "note=x", "--as", "user:una", code=5)
    return n
ask(); run("inbox", "answer", item(), "approve", "--as", "user:deputy")
ask(); run("inbox", "answer", item(), "deny", "--as", "user:deputy")
late = ask(); run("record", "step", late, "tick", "note=moved")
run("inbox", "answer", item(), "approve", "--as", "user:deputy", code=4)         # obligation.lapsed
ask(); run("inbox", "answer", item(), "approve", "--as", "user:deputy", clock="+25h", code=4)  # obligation.expired
# ---- boxes
run("repo", "new", "grant", "bot-reads", "role=role:agent", "to=agent:bot")
run("repo", "new", "rule", "boxes", "effect=permit", "role=role:agent", "actions=box.run", "resource=box:**")
run("repo", "new", "rule", "hosts", "effect=permit", "role=role:agent", "actions=box.connect", "resource=host:**")
os.makedirs(w.path("profiles"), exist_ok=True)
commit("profiles/net.toml", 'network = "proxy"\n')
run("run", "--as", "agent:bot", "--profile", "net", "--", "python3", "-c", """import socket
with socket.create_connection(("127.0.0.1", 1080)) as s: s.sendall(b"CONNECT 127.0.0.1:1 HTTP/1.1\\r\\n\\r\\n"); s.recv(99)""")
run("run", "--as", "agent:bot", "--", "no-such-program", code=2)
# ---- the vault
run("vault", "init")
for value in ("first value of it", "second value of it"):
    subprocess.run([TK, "vault", "set", "v"], cwd=w.root, input=value, text=True, check=True, stdout=subprocess.DEVNULL)
    noted("tk vault set")
run("vault", "run", "--use", "v", "--", "true")
run("vault", "reveal", "v", "--reason", "test")
run("vault", "rotate", "v")
# ---- tokens, keys, standing
run("acl", "keys", "rotate")
t = js("acl", "token", "--for", "agent:bot", "--refresh")
run("acl", "refresh", t["refresh_token"])
run("acl", "revoke", t["jti"])
run("acl", "revoke", "agent:bot")
run("law", "halt", "agent:bot", "--reason", "test")
run("law", "resume", "agent:bot", "--reason", "test", "--as", "user:deputy")
# ---- invitations
invite = lambda who: js("acl", "invite", who, "--role", "role:reader")["code"]
run("acl", "accept", invite("ada@example.org"), "--address", "ada@example.org", "--name", "ada")
run("acl", "accept", invite("bo@example.org"), "--address", "bo@example.org", "--name", "bo", clock="+72h", code=3)
invite("cy@example.org"); invite("cy@example.org")               # the first is withdrawn
run("acl", "accept", invite("di@example.org"), "--address", "di@example.org", "--name", "di", fault="git.ref=kill", code=-9)
commit("galaxies/w/users/di.xml", '<user name="di"/>\n')
run("repo", "new", "user", "eve")                                 # invitation.reverted
# ---- leases
lend = lambda *more: js("acl", "borrow", "request", "--lender", me, "--borrower", "agent:bot", "--action", "run.read", "--resource", "run:**",
                        "--purpose", "p", *more)["id"]
lease = lend()
run("acl", "borrow", "use", lease, "--action", "run.read", "--resource", "run:w/x", "--as", "agent:bot")
run("acl", "borrow", "return", lease)
glass = js("acl", "borrow", "request", "--lender", "user:deputy", "--action", "run.read", "--resource", "run:**", "--purpose", "fire",
           "--break-glass", "--as", "user:una")["id"]
run("acl", "borrow", "review", glass, "--reason", "looked", env={"TK_TOKEN": js("acl", "token", "--for", "user:deputy")["token"]})
run("law", "review", "--attest", "--reason", "test")
# ---- workflows
def flow(name, text, **template):
    w.write(f"wots/{name}.toml", text)
    for agent, script in template.items():
        os.makedirs(w.path(f"templates/{agent}"), exist_ok=True)
        w.write(f"templates/{agent}/template.toml", f'name = "{agent}"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\n'
                                                   '[input]\nn = "int"\n[output]\nn = "int"\n')
        w.write(f"templates/{agent}/run", "#!/bin/sh\n" + script)
        os.chmod(w.path(f"templates/{agent}/run"), 0o755)
        run("repo", "new", "agent", agent, f"template={agent}", "sponsor=" + me)
    git("add", "-A"); git("commit", "-qm", "flow")
run("wot", "run", "chain", "--input", "n=1", code=5)
chain = js("wot", "list")[0]["run"]
run("wot", "answer", chain, "gate", "approve")
run("wot", "resume", chain)                                       # iterates; the same question is answered by the first answer
flow("bad", 'wot = "bad"\n[input]\nn = "int"\n[[step]]\nagent = "breaks"\n', breaks="cat >/dev/null; exit 1\n")
run("wot", "run", "bad", "--input", "n=1", code=1)
flow("late", 'wot = "late"\n[input]\nn = "int"\n[[step]]\ncast = "hurry"\nprompt = "Go on?"\ntimeout = "50ms"\non_timeout = "approve"\n')
run("wot", "run", "late", "--input", "n=1", "--wait")
flow("again", 'wot = "again"\n[input]\nn = "int"\n[[step]]\nagent = "echoes"\n', echoes=f"cat >/dev/null\n[ -e {w.out()}/died ] || {{ touch {w.out()}/died; sleep 60; }}\necho '{{\"n\": 1}}'\n")
running = subprocess.Popen([TK, "wot", "run", "again", "--input", "n=1", "--run-file", w.path(".tk/again")], cwd=w.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not os.path.exists(w.out() + "/died"): time.sleep(0.02)
again = open(w.path(".tk/again")).read().strip()
run("stop", again, "--reason", "wrong branch")
assert running.wait(30) != 0
os.unlink(w.out() + "/died")
running = subprocess.Popen([TK, "wot", "resume", again], cwd=w.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not os.path.exists(w.out() + "/died"): time.sleep(0.02)
running.kill(); running.wait()
died = [r["run"] for r in js("wot", "list") if r["state"] == "running"]
for r in died: run("wot", "resume", r)                            # the step is tried again
# ---- personal data, where this tk has it
has = lambda *verb: subprocess.run([TK, *verb, "-h"], cwd=w.root, capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
if has("log", "erase"):
    run("repo", "set", "user:ada", "email=ada@example.org")
    run("log", "subject", "user:ada")
    run("log", "erase", "user:ada", "--reason", "asked for it")
if has("log", "prune"):
    w.write("tk.toml", open(w.path("tk.toml")).read() + '\n[retention]\n"counter.*" = "183d"\n')
    run("log", "prune", clock="+4800h")

# ---- the workspace's own definition, changed
w.write("records/counter.toml", open(w.path("records/counter.toml")).read().replace('initial = "on"', 'version = 2\ninitial = "on"'))
run("record", "migrate", "counter")

by_people = dict(emitted_by)
types = {}
for e in w.json("events", "types"): types.setdefault(e["type"], []).append(e)
emitted = {n for n, es in types.items() if any(e["emitted"] for e in es)}
bad += [f"{n} is called emitted, and no command here emits it" for n in sorted(emitted - set(by_people))]
bad += [f"{n} is emitted by `{by_people[n]}` and not called so" for n in sorted(set(by_people) & set(types) - emitted)]
for n, es in sorted(types.items()):
    for e in es:
        if e["emitted"]: continue
        finer = set(e["said_by"])
        if finer and finer <= emitted: continue
        if finer or e["layer"] not in LATER: bad.append(f"{n} (layer {e['layer']}) is emitted by nothing, nor by finer names: {sorted(finer)}")

pruned = {seq for r in w.json("log") if r["event_type"] == "log.pruned" and r["kind"] == "done"
          for first, last in r["payload"]["input"]["ranges"] for seq in range(first, last + 1)}

# ---- every transition once, and the workspace's own types
walked = subprocess.run([ROWS, "walk"], cwd=w.root, capture_output=True, text=True)
assert walked.returncode == 0, walked.stderr
rows, lines = w.json("log"), []
for r in rows:
    if r["event_type"] not in types:
        bad.append(f"{r['event_type']} is in the journal and in no catalogue")
        continue
    if r["payload"] is None and r["seq"] in pruned: continue
    schema = {"anyOf": [e["schema"] for e in types[r["event_type"]]]}
    lines.append(json.dumps({"name": f"{r['event_type']}, row {r['seq']}", "schema": schema, "text": json.dumps(r["payload"])}))
judged = subprocess.run([CHECK], input="\n".join(lines) + "\n", capture_output=True, text=True)
if judged.returncode: bad += judged.stdout.strip().split("\n")
bad += [f"{n} must exist" for n in MUST + MUST_TOO if n not in types]
bad += [f"{t}.{e} must exist" for t in ENTITIES for e in ("created", "updated", "deleted", "state_changed") if f"{t}.{e}" not in types]
tks = [n for n, es in types.items() if any(not e["own"] for e in es)]
if len(tks) < 240: bad.append(f"only {len(tks)} types")
own = sorted(n for n, es in types.items() if any(e["own"] for e in es))
if own != ["counter.created", "counter.migrated", "counter.updated"]: bad.append(f"own types: {own}")
if os.environ.get("EVENTS_VERBOSE"):
    for n, (e, *_) in sorted(types.items()): print(f"{n:28} {by_people.get(n, '- layer ' + str(e['layer']) + ' ' + ' '.join(e['said_by']))}")
for b in bad: print(b)
said = sum(bool(es[0]["said_by"]) for es in types.values())
print(f"{len(tks)} types: {len(emitted - set(own))} are emitted, each by a command here; {said} are said by finer names; "
      f"{len(types) - len(emitted) - said} belong to later layers; {len(lines)} payloads fit; {len(bad)} problems")
sys.exit(1 if bad else 0)
