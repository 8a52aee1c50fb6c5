#!/usr/bin/env python3
"""Approvals and leases against people and agents who want more than they were given, through tk itself: changed
arguments, replay, self-approval, children of the asker, counting twice, floods, races, the last second.
usage: approvals.py PROGRAM TK. CI: a smaller flood and race; TK_FULL=1: 1,000 asks and 128 approvers."""
import json, os, subprocess, sys, time, traceback
from people import FULL, RACE, House
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "box"))
from place import without

PROGRAM, TK = sys.argv[1:3]
FLOOD = 1000 if FULL else 60

def section(house, name, work):
    began, tried = len(house.wrong), house.tried
    try:
        said = work(house) or ""
    except Exception as error:  # what was found until then is told
        said = house.wrong.append(f"{error!r} at {traceback.extract_tb(error.__traceback__)[1]}") or ""
    print(f"{name}: {house.tried - tried} checks, {len(house.wrong) - began} wrong{said and '; ' + said}", flush=True)
    for line in house.wrong[began:]: print("  WRONG: " + line, flush=True)


SHIP = {"to": "prod", "size": "3", "dry": "true", "parts": '["a","b"]', "more": '{"x":{"y":1}}'}
CHANGED = {"to": ["prod ", "Prod", "test", ""], "size": ["4", "-3"], "dry": ["false"], "parts": ['["b","a"]', '["a"]', '["a","b","b"]', "[]"],
           "more": ['{"x":{"y":2}}', '{"x":{"y":1,"z":0}}', "{}", '"x"']}
LEASE = {"--lender": "user:rita", "--action": "release.touch", "--resource": "release:w/**", "--ttl": "10m", "--max-uses": "2",
         "--purpose": "deploy 1.4", "--when": "resource.type == 'release'", "--on-revoke": "deny", "--depth": "1"}
OTHER = {"--lender": "user:lead-rita", "--action": "release.tag", "--resource": "release:**", "--ttl": "11m", "--max-uses": "3",
         "--purpose": "deploy 1.5", "--when": "true", "--on-revoke": "kill", "--depth": "0", "--borrower": "agent:imp", "--after": "1m"}


def pairs(fields): return [f"{k}={v}" for k, v in fields.items()]
def words(options): return [w for pair in options.items() for w in pair]


def mutation(h):
    # An ask that tk carries out: each change of it is another item, and approving the first does the first.
    r = h.release()
    first = h.item_of(h.expect(h.by("agent:bot", "record", "step", r, "ship", *pairs(SHIP), "--reason", "why"), 5, "ask"))
    hashes, asks = set(), 0
    for name, values in CHANGED.items():
        for value in values:
            done = h.expect(h.by("user:bob", "record", "step", r, "ship", *pairs({**SHIP, name: value}), "--reason", "why"), 5, f"ask with {name}={value}")
            asks += 1
            h.same(h.item_of(done) != first, True, f"{name}={value} is another item")
    h.expect(h.by("agent:bot", "record", "step", r, "ship", *pairs(SHIP), "--reason", "another"), 5, "another reason")
    for i in h.items(): hashes.add(i["hash"])
    h.same(len(hashes), asks + 2, "a hash for each change")
    shown = json.loads(h.by("me", "inbox", "show", first, "--json").stdout)
    h.same(shown["input"], {"to": "prod", "size": 3, "dry": True, "parts": ["a", "b"], "more": {"x": {"y": 1}}}, "what is shown is what is asked")
    h.expect(h.by("user:lea0", "inbox", "answer", first, "approve", "--hash", "0" * 64), 3, "a hash that is not its own")
    h.expect(h.by("user:lea0", "inbox", "answer", first, "approve", "--hash", shown["hash"]), 0, "its own hash")
    h.same(h.count(r), 0, "one approval of two")
    h.expect(h.by("user:lea1", "inbox", "answer", first, "approve"), 0, "second approval")
    h.same(h.count(r), 1, "done once")
    row = json.loads(h.by("me", "log", "--entity", r, "--json").stdout)
    row = (row if isinstance(row, list) else row["rows"])[-1]
    h.same(json.loads(row["payload"])["input"] if isinstance(row.get("payload"), str) else row.get("payload", {}).get("input", shown["input"]),
           shown["input"], "done as asked")
    # One that the asker does again himself, once it is approved: with anything changed it waits anew.
    ask = ("repo", "set", "group:g0", "labels=one")
    item = h.item_of(h.expect(h.by("user:bob", *ask), 5, "declare"))
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 0, "approve a declaration")
    for what, who, change in (("value", "user:bob", ("repo", "set", "group:g0", "labels=two")),
                              ("more", "user:bob", ("repo", "set", "group:g0", "labels=one", "gid=7")),
                              ("resource", "user:bob", ("repo", "set", "group:g1", "labels=one")),
                              ("attribute", "user:bob", ("repo", "set", "group:g0", "gid=7")),
                              ("actor", "user:ann", ask)):
        h.expect(h.by(who, *change), 5, f"changed {what}")
    agent_for_bob = h.by("agent:bot", *ask, more=("--on-behalf-of", "user:bob"))
    h.expect(agent_for_bob, 5, "an agent in the asker's name")
    h.same([json.dumps(h.json("repo", "get", f"group:g{i}")).count("one") for i in range(3)], [0, 0, 0], "nothing was declared yet")
    h.expect(h.by("user:bob", *ask), 0, "exactly what was approved")
    h.expect(h.by("user:bob", "repo", "set", "group:g0", "labels="), 5, "taking it back is another ask")
    # A lease: every option is part of what was approved.
    base = {**LEASE, "--borrower": "agent:bot"}
    item = h.item_of(h.expect(h.by("agent:bot", "acl", "borrow", "request", *words(base), "--json"), 5, "ask for a lease"))
    others = set()
    for name, value in OTHER.items():
        done = h.expect(h.by("agent:bot", "acl", "borrow", "request", *words({**base, name: value}), "--json"), 5, f"lease with {name} {value}")
        if done.returncode == 5: others.add(h.item_of(done))
    h.same((len(others), item in others), (len(OTHER), False), "each is another item")
    h.expect(h.by("user:rita", "inbox", "answer", item, "approve"), 0, "rita consents")
    leases = h.json("acl", "borrow", "list")["leases"]
    active = [l for l in leases if l["state"] == "active"]
    h.same(len(active), 1, "one lease, not those that were asked for with changes")
    lease = active[0]
    h.same([lease["lender"], lease["borrower"], lease["actions"], lease["resource"], lease["purpose"], lease["ttl_ms"], lease["max_uses"],
            lease["when"], lease["on_revoke"], lease["depth"]],
           ["user:w/rita", "agent:w/bot", ["release.touch"], "release:w/**", "deploy 1.4", 600000, 2, "resource.type == 'release'", "deny", 1], "as asked")
    use = lambda who, action, resource, *more: h.by(who, "acl", "borrow", "use", lease["id"], "--action", action, "--resource", resource, *more)
    for who, action, resource, more in (("agent:bot", "release.tag", "release:w/x", ()), ("agent:bot", "release.touch", "ticket:w/x", ()),
                                        ("agent:bot", "release.touch", "release:v/x", ()), ("agent:imp", "release.touch", "release:w/x", ()),
                                        ("user:rita", "release.touch", "release:w/x", ()), ("user:bob", "release.touch", "release:w/x", ()),
                                        ("agent:bot", "release.touch", "release:w/x", ("--purpose", "another"))):
        h.expect(use(who, action, resource, *more), 3, f"{who} {action} {resource} {more}")
    for code in (0, 0, 3): h.expect(use("agent:bot", "release.touch", "release:w/x"), code, "two uses and no third")
    for i in h.items(): h.by("me", "inbox", "answer", i["id"], "deny")
    return f"{asks} changed arguments, {len(OTHER)} changed leases"


def replay(h):
    r = h.release()
    step = ("record", "step", r, "tag", "to=x", "--reason", "why")
    item = h.item_of(h.by("agent:bot", *step))
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 0, "approve")
    h.same(h.count(r), 1, "done")
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), (1, 4), "the approval again")
    h.expect(h.by("user:lea1", "inbox", "answer", item, "approve"), (1, 4), "another's approval of what is over")
    for who in ("agent:bot", "agent:imp", "user:bob"):
        again = h.expect(h.by(who, *step), 5, f"{who} does it again")
        h.same(h.item_of(again) != item, True, "that is a new ask")
    h.same(h.count(r), 1, "still once")
    # The same ask of another run, of another purpose, by another's lease: none finds the approval of the first.
    ask = ("repo", "set", "group:g2", "labels=replay")
    item = h.item_of(h.by("user:bob", *ask))
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 0, "approve")
    h.expect(h.by("user:ann", *ask), 5, "another actor")
    h.expect(h.by("user:bob", *ask, clock=86_400 + 3600), (3, 5), "after it expired")
    h.same(json.dumps(h.json("repo", "get", "group:g2")).count("replay"), 0, "not declared")
    h.expect(h.by("user:bob", *ask), 0, "in time")
    h.expect(h.by("user:bob", "repo", "set", "group:g2", "labels="), 5, "away with it: asked anew")
    # Denied stays denied; revoked since it asked, an asker gets nothing.
    item = h.item_of(h.by("agent:bot", *step))
    h.expect(h.by("user:lea0", "inbox", "answer", item, "deny"), 0, "deny")
    h.expect(h.by("user:lea1", "inbox", "answer", item, "approve"), (1, 4), "approve what was denied")
    item = h.item_of(h.by("agent:imp", "record", "step", r, "tag", "to=late", "--reason", "why"))
    h.expect(h.by("me", "acl", "revoke", "agent:imp"), 0, "revoke")
    h.tokens = {k: v for k, v in h.tokens.items() if k[0] != "agent:imp"}
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 3, "what a revoked agent had asked for")
    h.same(h.count(r), 1, "once in all")
    for i in h.items(): h.by("me", "inbox", "answer", i["id"], "deny")


def children(h):
    os.makedirs(h.path("templates/bot"))
    os.makedirs(h.path("wots"), exist_ok=True)
    h.write("templates/bot/template.toml", 'name = "bot"\nversion = "1"\nobjective = "x"\nbackend = "exec"\nbox = "bare"\ncommand = ["./run"]\ntimeout = "5m"\n')
    # In a box it would find no tk at all. Where none can be had, and the workspace lets that be, the mark of the kernel is what there is.
    os.makedirs(h.path("profiles"))
    h.write("profiles/bare.toml", 'missing = ["box"]\n')
    h.by("me", "repo", "new", "rule", "bare", "effect=permit", "role=role:agent", "actions=box.run", "resource=box:**/bare")
    h.write("wots/child.toml", 'wot = "child"\n[[step]]\nagent = "bot"\n')
    stolen = os.path.join(h.holder.name, "stolen")
    json.dump({"imp": h.token("agent:imp"), "lead": h.token("user:lea0")}, open(stolen, "w"))
    tried = {}
    for kill in ("no", "yes"):  # the second time the agent ends the program that started it
        r = h.release()
        out = os.path.join(h.holder.name, "tried-" + kill)
        text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "child.py")).read()
        for name, value in {"OUT": out, "STOLEN": stolen, "RELEASE": r, "ROOT": h.root, "HOME": h.holder.name, "ME": "user:" + h.user(), "KILL": kill}.items():
            text = text.replace(f"@{name}@", value)
        h.write("templates/bot/run", text)
        os.chmod(h.path("templates/bot/run"), 0o755)
        h.commit() if kill == "no" else subprocess.run("git add -A && git -c user.name=t -c user.email=t@e commit -qm again", shell=True, cwd=h.root)
        subprocess.run(without("mount", TK, "wot", "run", "child"), cwd=h.root, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        for _ in range(1500):
            lines = [json.loads(l) for l in open(out)] if os.path.exists(out) else []
            if any(l[0] == "an orphan after the run" for l in lines): break
            time.sleep(0.02)
        for way, code, said in lines:
            h.tried += 1
            tried[way] = tried.get(way, 0) + 1
            if code == 0: h.wrong.append(f"{way} (killed: {kill}): {said}")
            if code == 99: h.wrong.append(f"{way}: the test could not do it")
            if way.startswith("an orphan") and not said.startswith("parent 1;"): h.wrong.append(f"{way} was not adopted by init: {said}")
        h.same(h.count(r), 0, "nothing was approved")
        h.same([i["state"] for i in h.items()], ["open"], "and nothing was denied")
        h.same(len({way for way, _, _ in lines}), 18, "every way was tried")
        item = h.items()[0]["id"]
        h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 0, "a lead may")
        h.same(h.count(r), 1, "and it is done")
    return f"{len(tried)} ways of a child"


def themselves(h):
    r = h.release()
    answer = lambda who, item, word="approve", **more: h.by(who, "inbox", "answer", item, word, **more)
    # A lead who asks; by token, by --as in another's name, by an agent in his.
    item = h.item_of(h.by("user:ann", "record", "step", r, "tag", "to=a", "--reason", "r"))
    h.expect(answer("user:ann", item), 3, "the asker")
    h.expect(answer("agent:bot", item, more=("--on-behalf-of", "user:ann")), 3, "an agent in the asker's name")
    h.expect(answer("agent:bot", item), 3, "an agent")
    h.expect(answer("me", item, env={"TK_TOKEN": ""}), 3, "who is no lead")
    h.expect(h.by("me", "inbox", "answer", item, "approve", "--as", "user:ann"), 3, "somebody in the asker's name")
    h.expect(h.by("me", "inbox", "answer", item, "approve", "--as", "agent:bot"), 3, "somebody in an agent's name")
    h.expect(answer("user:lea0", item), 0, "a lead")
    # A lead who asks through an agent: by its token in his name.
    item = h.item_of(h.by("agent:bot", "record", "step", r, "tag", "to=b", "--reason", "r", more=("--on-behalf-of", "user:ann")))
    h.expect(answer("user:ann", item), 3, "the lead behind the agent")
    h.expect(answer("user:lea0", item), 0, "another")
    # Four eyes: the sponsor of an agent is not somebody else, nor is who made its token.
    item = h.item_of(h.by("agent:bot", "record", "step", r, "look", "--reason", "r"))
    h.expect(answer("user:ann", item), 3, "its sponsor")
    h.expect(h.by("me", "inbox", "answer", item, "approve"), 3, "who made its token")
    h.expect(answer("user:lea0", item), 0, "somebody else")
    # The lender, by an agent that acts in the lender's name: asking is not consenting.
    ask = words({**LEASE, "--borrower": "agent:bot"})
    done = h.expect(h.by("agent:bot", "acl", "borrow", "request", *ask, "--json", more=("--on-behalf-of", "user:rita")), 5, "an agent for the lender")
    item = h.item_of(done)
    h.expect(answer("agent:bot", item, more=("--on-behalf-of", "user:rita")), 3, "and its answer")
    h.expect(h.by("agent:bot", "acl", "borrow", "approve", item, more=("--on-behalf-of", "user:rita")), 3, "and by the other verb")
    h.expect(h.by("agent:bot", "acl", "token", "--for", "user:rita", more=("--on-behalf-of", "user:rita")), 3, "a token for the lender")
    h.expect(h.by("agent:bot", "acl", "token", "--for", "agent:bot", "--on-behalf-of", "user:rita", "--ttl", "24h",
                  more=("--on-behalf-of", "user:rita")), 3, "a longer token in the lender's name")
    h.same([l for l in h.json("acl", "borrow", "list")["leases"] if l["state"] == "active"], [], "no lease came of it")
    # From the run that asked: its trace.
    trace = {"TRACEPARENT": "00-" + "12" * 16 + "-" + "34" * 8 + "-01"}
    item = h.item_of(h.by("agent:bot", "record", "step", r, "tag", "to=t", "--reason", "r", env=trace))
    h.expect(answer("user:lea0", item, env=trace), 3, "from the run that asked")
    h.expect(answer("user:lea0", item), 0, "from outside")
    for i in h.items(): h.by("me", "inbox", "answer", i["id"], "deny")


def counting(h):
    r = h.release()
    answer = lambda who, item, **more: h.by(who, "inbox", "answer", item, "approve", **more)
    item = h.item_of(h.by("agent:bot", "record", "step", r, "ship", *pairs(SHIP), "--reason", "r"))
    h.expect(answer("user:lea0", item), 0, "one")
    h.expect(answer("user:lea0", item), 3, "the same once more")
    h.expect(h.by("me", "inbox", "answer", item, "approve", "--as", "user:lea0"), 3, "the same, by somebody in her name")
    h.same(h.count(r), 0, "one of two")
    h.expect(answer("user:lea1", item), 0, "two")
    h.same(h.count(r), 1, "done")
    # The lender who is a lead too consents, and is not one of the two leads besides.
    ask = words({**LEASE, "--lender": "user:lead-rita", "--borrower": "agent:bot"})
    item = h.item_of(h.expect(h.by("agent:bot", "acl", "borrow", "request", *ask, "--json"), 5, "ask for the right of a lead"))
    active = lambda: len([l for l in h.json("acl", "borrow", "list")["leases"] if l["state"] == "active"])
    for who, leases in (("user:lead-rita", 0), ("user:lea0", 0)):
        h.expect(answer(who, item), 0, who)
        h.same(active(), leases, f"after {who}")
    h.expect(answer("user:lead-rita", item), 3, "the lender again")
    h.expect(answer("user:lea1", item), 0, "the second lead")
    h.same(active(), 1, "with lender and two leads")
    # Two leads who are not the lender do not replace the lender.
    item = h.item_of(h.by("agent:imp", "acl", "borrow", "request", *words({**LEASE, "--lender": "user:lead-rita", "--borrower": "agent:imp"}), "--json"))
    for i in range(2, 5):
        h.expect(answer(f"user:lea{i}", item), 0, "a lead")
        h.same(active(), 1, "the lender has not consented")
    h.expect(h.by("me", "inbox", "answer", item, "deny"), 0, "deny")
    # Many at once.
    kinds = {"approved": 0, "denied": 0, "late": 0}
    r = h.release()
    item = h.item_of(h.by("agent:bot", "record", "step", r, "tag", "to=race", "--reason", "r"))
    env = {k: v for k, v in os.environ.items()}
    race = [subprocess.Popen([TK, "inbox", "answer", item, "approve" if i % 4 else "deny", "--as", f"user:r{i}"], cwd=h.root, env=env,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for i in range(RACE)]
    for p in race:
        said = p.communicate(timeout=300)[0]
        kinds["approved" if p.returncode == 0 and said.startswith("approved") else "denied" if p.returncode == 0 else "late"] += 1
        if p.returncode not in (0, 1, 4): h.wrong.append(f"race: exit {p.returncode}: {said.strip()[:200]}")
    h.same(kinds["approved"] + kinds["denied"], 1, "one decision")
    h.same(h.count(r), kinds["approved"], "and what it says was done")
    rows = json.loads(h.by("me", "log", "--entity", item, "--json").stdout)
    rows = [x["event_type"] for x in (rows if isinstance(rows, list) else rows["rows"])]
    h.same(len([x for x in rows if x in ("obligation.approved", "obligation.denied")]), 1, "one row of it")
    return f"{RACE} approvers at once: {kinds}"


def flood(h):
    r = h.release()
    before = len(h.items())
    def many(words_of, n, who="agent:bot", env=None):
        codes = {}
        for at in range(0, n, 8):
            batch = [subprocess.Popen([TK, *words_of(i)], cwd=h.root, env={**os.environ, "TK_TOKEN": h.token(who), **(env(i) if env else {})},
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for i in range(at, min(n, at + 8))]
            for p in batch:
                said = p.communicate(timeout=300)[1]
                key = "waits" if p.returncode == 5 else "TK-REC-0016" if "TK-REC-0016" in said else said
                codes[key] = codes.get(key, 0) + 1
        return codes
    same = many(lambda i: ["record", "step", r, "tag", "to=same", "--reason", "r"], FLOOD)
    h.same((same, len(h.items()) - before), ({"waits": FLOOD}, 1), "identical asks are one item")
    # Different ones, each with another trace and with the bounds wished away: the cap of the actor holds.
    free = lambda i: {"TRACEPARENT": f"00-{i + 1:032x}-{i + 1:016x}-01", "TK_INBOX_PER_RUN": "100000", "XDG_CONFIG_HOME": h.holder.name + "/xdg"}
    os.makedirs(h.holder.name + "/xdg/tk")
    open(h.holder.name + "/xdg/tk/config.toml", "w").write("[inbox]\nper-run = 100000\n")
    other = many(lambda i: ["record", "step", r, "tag", f"to=n{i}", "--reason", "r"], FLOOD, env=free)
    h.same((other, len(h.items()) - before), ({"waits": 19, "TK-REC-0016": FLOOD - 19}, 20), "an actor's cap")
    # Two agents of one run: its cap.
    run = lambda i: {"TRACEPARENT": "00-" + "77" * 16 + "-" + "34" * 8 + "-01"}
    h.expect(h.by("user:bob", "record", "step", r, "tag", "to=bob", "--reason", "r"), 5, "others can still ask")
    shared = many(lambda i: ["record", "step", r, "tag", f"to=m{i}", "--reason", "r"], 16, who="agent:imp", env=run)
    more = many(lambda i: ["record", "step", r, "tag", f"to=k{i}", "--reason", "r"], 16, who="user:ann", env=run)
    h.same((shared, more), ({"waits": 16}, {"waits": 4, "TK-REC-0016": 12}), "a run's cap")
    listed = h.by("me", "inbox", "list").stdout
    h.same(len(listed.splitlines()) <= 2 * 60 and max(map(len, listed.splitlines())) <= 200, True, "the list can be read")
    for i in h.items(): h.by("me", "inbox", "answer", i["id"], "deny")
    return f"{FLOOD} identical asks: 1 item; {FLOOD} different: {other}; a run of two: {more}"


def last_second(h):
    r = h.release()
    DAY = 86_400
    step = lambda n, **more: h.by("me", "record", "step", r, "ship", *pairs({**SHIP, "to": n}), "--reason", "r", "--as", "user:bob", **more)
    lead = lambda who, item, clock: h.by("me", "inbox", "answer", item, "approve", "--as", who, clock=clock)
    item = h.item_of(h.expect(step("a", clock=0), 5, "ask"))
    h.expect(lead("user:lea0", item, DAY - 2), 0, "two seconds before")
    h.expect(lead("user:lea1", item, DAY - 1), 0, "one second before")
    h.same(h.count(r), 1, "in time")
    item = h.item_of(h.expect(step("b", clock=10), 5, "ask"))
    h.expect(lead("user:lea0", item, 10 + DAY - 1), 0, "one second before")
    h.expect(lead("user:lea1", item, 10 + DAY), (1, 4), "at the second")
    h.same((h.count(r), json.loads(h.by("me", "inbox", "show", item, "--json").stdout)["state"]), (1, "expired"), "the answer is no")
    h.expect(lead("user:lea1", item, 20), (1, 4), "a clock that is put back brings nothing back")
    again = h.item_of(h.expect(step("b", clock=10 + DAY + 1), 5, "asked anew"))
    h.same(again != item, True, "it is another item")
    h.expect(lead("user:lea1", again, 10 + DAY + 2), 0, "and needs both again")
    h.same(h.count(r), 1, "one of two")
    for i in h.items(): h.by("me", "inbox", "answer", i["id"], "deny", clock=10 + DAY + 2)
    # A lease: at the second of its end, and used by nobody before its beginning.
    made = h.by("me", "acl", "borrow", "request", *words({**LEASE, "--borrower": "agent:bot", "--max-uses": "0", "--ttl": "100s", "--after": "50s"}),
                "--as", "user:rita", "--json", clock=0)
    lease = json.loads(h.expect(made, 0, "a lender lends").stdout)["id"]
    use = lambda clock: h.by("me", "acl", "borrow", "use", lease, "--action", "release.touch", "--resource", "release:w/x", "--as", "agent:bot", clock=clock)
    for clock, code in ((49, 3), (50, 0), (149, 0), (150, 3), (149, 3)): h.expect(use(clock), code, f"used at {clock} s")


def revoking(h):
    """tk acl revoke and tk acl borrow revoke are one thing; a lease dies with its lender's rights, at the next decision."""
    lend = lambda **more: json.loads(h.by("user:rita", "acl", "borrow", "request", *words({**LEASE, "--borrower": "agent:bot", "--max-uses": "0", **more}),
                                          "--json").stdout)["id"]
    use = lambda lease: h.by("agent:bot", "acl", "borrow", "use", lease, "--action", "release.touch", "--resource", "release:w/x")
    ends = {"acl revoke": ("acl", "revoke"), "borrow revoke": ("acl", "borrow", "revoke"), "borrow return": ("acl", "borrow", "return")}
    for name, verb in ends.items():
        for who in ("user:rita", "agent:bot", "me"):
            lease = lend()
            h.expect(use(lease), 0, "used")
            h.expect(h.by("agent:imp", *verb, lease), 3, f"{name} by a stranger")
            h.expect(h.by(who, *verb, lease), 0, f"{name} by {who}")
            h.expect(use(lease), 3, f"used after {name}")
            for other in ends.values(): h.expect(h.by(who, *other, lease), 0, "what has ended is no error")
            rows = h.json("log", "--entity", lease)
            rows = rows if isinstance(rows, list) else rows["rows"]
            h.same([x["event_type"] for x in rows].count("borrow.ended"), 1, "one row of its end")
    lease = lend()
    token = h.json("acl", "token", "--for", "agent:bot", "--borrow", lease)["token"]
    r = h.release()
    touch = lambda: h.by("me", "record", "step", r, "touch", env={"TK_TOKEN": token})
    h.expect(touch(), 0, "a step by the lease's token")
    h.same(h.count(r), 1, "done")
    for what in (("repo", "set", "user:rita", "state=suspended"), ("repo", "set", "user:rita", "state=active")):
        h.run(*what, check=True)
        h.expect(touch(), 3 if "suspended" in what[-1] else 0, what[-1])
    h.run("repo", "set", "grant:dev-rita", "state=suspended", check=True)
    h.expect(touch(), 3, "the lender's right shrank")
    h.run("repo", "set", "grant:dev-rita", "state=active", check=True)
    h.expect(touch(), 0, "and is back")
    h.expect(h.by("me", "acl", "revoke", "user:rita"), 0, "all that rita was given")
    h.expect(touch(), 3, "void with its lender's rights")
    h.tokens = {k: v for k, v in h.tokens.items() if k[0] != "user:rita"}
    # park: what still comes waits for the lender instead of being refused.
    lease = lend(**{"--on-revoke": "park"})
    token = h.json("acl", "token", "--for", "agent:bot", "--borrow", lease)["token"]
    h.expect(touch(), 0, "before")
    h.expect(h.by("user:rita", "acl", "revoke", lease), 0, "revoke")
    n = h.count(r)
    item = h.item_of(h.expect(touch(), 5, "parked"))
    h.same(h.count(r), n, "not done")
    h.expect(h.by("user:lea0", "inbox", "answer", item, "approve"), 3, "another's approval")
    h.expect(h.by("user:rita", "inbox", "answer", item, "approve"), 0, "the lender's")
    h.same(h.count(r), n + 1, "done")
    # kill: the program of the run that it was given for ends with it.
    os.makedirs(h.path("templates/imp"), exist_ok=True)
    os.makedirs(h.path("wots"), exist_ok=True)
    h.write("templates/imp/template.toml", 'name = "imp"\nversion = "1"\nobjective = "x"\nbackend = "exec"\ncommand = ["./run"]\ntimeout = "5m"\n')
    h.write("templates/imp/run", "#!/bin/sh\nexec sleep 200\n")
    os.chmod(h.path("templates/imp/run"), 0o755)
    h.write("wots/long.toml", 'wot = "long"\n[[step]]\nagent = "imp"\n')
    h.commit()
    for verb in (("acl", "revoke"), ("acl", "borrow", "revoke")):
        file, began = h.path(".tk/long"), time.monotonic()
        if os.path.exists(file): os.remove(file)
        running = subprocess.Popen([TK, "wot", "run", "long", "--run-file", file], cwd=h.root, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while time.monotonic() - began < 60 and not (os.path.exists(file) and open(file).read().strip()): time.sleep(0.05)
        live = lambda: [t for t in h.json("record", "list", "token", "--state", "live") if t["fields"]["actor"] == "agent:w/imp" and t["fields"].get("kind") == "step"]
        while time.monotonic() - began < 60 and not live(): time.sleep(0.05)
        lease = lend(**{"--run": open(file).read().strip(), "--on-revoke": "kill"})
        h.expect(h.by("user:rita", *verb, lease), 0, "revoke")
        h.same(live(), [], "no token of the run is alive")
        try:
            h.same(running.wait(30) != 0, True, "the run ended")
        except subprocess.TimeoutExpired:
            running.kill()
            h.wrong.append("the run goes on after " + " ".join(verb))
    # Who may do what is not changed by a lease, whatever it says: that would outlast it.
    me = "user:" + h.user()
    everything = json.loads(h.by("me", "acl", "borrow", "request", "--lender", me, "--borrower", "agent:bot", "--action", "*", "--resource", "**",
                                 "--purpose", "all", "--json").stdout)["id"]
    token = h.json("acl", "token", "--for", "agent:bot", "--borrow", everything)["token"]
    for what in (("repo", "new", "grant", "mine", "role=role:owner", "to=agent:bot"), ("repo", "set", "grant:dev-rita", "to=agent:bot"),
                 ("repo", "new", "user", "ghost"), ("acl", "token", "--for", "agent:bot"), ("acl", "invite", "x@example.org", "--role", "role:owner"),
                 ("acl", "borrow", "request", "--lender", me, "--action", "release.touch", "--resource", "**", "--purpose", "x"),
                 ("acl", "revoke", "user:bob"), ("law", "halt", "user:bob")):
        h.expect(h.by("me", *what, env={"TK_TOKEN": token}), (2, 3) if what[1] == "token" else 3, " ".join(what))


def main():
    only = sys.argv[3:]
    for words_ in [] if only else (["flood", "16", "1000", "20"], ["caps", "16"], ["live", "8"]):
        done = subprocess.run([PROGRAM, *words_], timeout=900, text=True, capture_output=True)
        print(" ".join(words_) + ":", (done.stdout + done.stderr).strip(), flush=True)
        if done.returncode != 0: sys.exit(1)
    h = House(TK)
    for work in (mutation, replay, children, themselves, counting, flood, last_second, revoking):
        if not only or work.__name__ in only: section(h, work.__name__.replace("_", " "), work)
    h.verify()
    print(f"{h.tried} checks through tk, {len(h.wrong)} wrong")
    sys.exit(1 if h.wrong else 0)


main()
