#!/usr/bin/env python3
"""The levels at which a decision point can be certified for AuthZEN 1.0, asked of `tk law serve` over HTTP: Basic,
Batch and Search, each with names only (core) and with properties, and Discovery.
usage: certification.py TK core|properties"""
import json, os, sys, tempfile
from decision_point import Server
from fixture import Report, action, resource, subject, workspace

EVALUATION, EVALUATIONS = "/access/v1/evaluation", "/access/v1/evaluations"
SUBJECTS, RESOURCES, ACTIONS = "/access/v1/search/subject", "/access/v1/search/resource", "/access/v1/search/action"
ALICE, BOB, ONE, TWO = subject("alice"), subject("bob"), resource("record-1"), resource("record-2")
READ, WRITE = action("read"), action("write")


def without(body, *names): return {k: v for k, v in body.items() if k not in names}


class Level:
    def __init__(self, server, report): self.s, self.r = server, report

    def decides(self, what, wanted, **body):
        status, headers, text = self.s.ask(EVALUATION, body)
        good = status == 200 and headers["Content-Type"] == "application/json"
        got = json.loads(text) if good else {}
        self.r.that(what, good and got.get("decision") is wanted and isinstance(got.get("context", {}), dict), (status, text))

    def decides_all(self, what, wanted, **body):
        status, _, text = self.s.ask(EVALUATIONS, body)
        got = json.loads(text).get("evaluations") if status == 200 else None
        self.r.that(what, got is not None and len(got) == len(wanted) and
                    all(isinstance(g["decision"], bool) and w in (None, g["decision"]) for g, w in zip(got, wanted)), (status, text))

    def refuses(self, what, path, body, **more):
        status, _, text = self.s.ask(path, body, **more)
        self.r.that(what, status == 400 and len(text.strip()) > 5 and "\n" not in text.strip(), (status, text))

    def finds(self, what, path, wanted, **body):
        status, _, text = self.s.ask(path, body)
        results = json.loads(text)["results"] if status == 200 else None
        key = "name" if path == ACTIONS else "id"
        good = results is not None and {r[key] for r in results} >= set(wanted)
        if good and path == SUBJECTS: good = all(r["type"] == body["subject"]["type"] for r in results)
        if good and path == RESOURCES: good = all(r["type"] == body["resource"]["type"] for r in results)
        self.r.that(what, good, (status, text))
        return results


def basic_core(l):
    l.decides("a permit is true", True, subject=ALICE, action=READ, resource=ONE)
    l.decides("alice writes", True, subject=ALICE, action=WRITE, resource=ONE)
    l.decides("bob reads", True, subject=BOB, action=READ, resource=ONE)
    l.decides("a deny is false, with 200", False, subject=BOB, action=WRITE, resource=ONE)
    circumstances = {"time": "2025-06-27T18:03-07:00", "ip": "192.0.2.1"}
    l.decides("context is taken", True, subject=ALICE, action=READ, resource=ONE, context=circumstances)
    l.decides("properties that no rule asks for change nothing", True,
              subject=subject("alice", department="Sales", role="manager"), action=action("read", method="GET"),
              resource=resource("record-1", status="active", owner="bob"))
    l.decides("members that are not known are passed over", True, subject=ALICE, action=READ, resource=ONE, foo="bar",
              futureField={"nested": True})
    whole = {"subject": ALICE, "action": READ, "resource": ONE}
    for name in whole: l.refuses(f"without {name}", EVALUATION, without(whole, name))
    for name, member in (("subject", "type"), ("subject", "id"), ("action", "name"), ("resource", "type"), ("resource", "id")):
        l.refuses(f"without {name}.{member}", EVALUATION, {**whole, name: without(whole[name], member)})
        l.refuses(f"with {name}.{member} = 7", EVALUATION, {**whole, name: {**whole[name], member: 7}})
    for name in whole:
        for wrong in ("alice", 7, [], None): l.refuses(f"with {name} = {wrong!r}", EVALUATION, {**whole, name: wrong})
        l.refuses(f"with {name}.properties = []", EVALUATION, {**whole, name: {**whole[name], "properties": []}})
    l.refuses("with context = []", EVALUATION, {**whole, "context": []})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
        l.refuses(f"as {kind!r}", EVALUATION, whole, headers={"Content-Type": kind})
    status, _, _ = l.s.ask(EVALUATION, whole, headers={"Content-Type": "application/json; charset=utf-8"})
    l.r.that("with a charset", status == 200, status)
    for text in ('{"subject":', "", "[]", '"x"', "nul", '{"subject":{"type":"user","type":"agent"}}', "{}"):
        l.refuses(f"the body {text!r}", EVALUATION, text)
    for path in (EVALUATION, EVALUATIONS):
        for body, wanted in ((whole, 200), ({}, 400)):
            status, headers, _ = l.s.ask(path, body, headers={"X-Request-ID": "bfe9-29 ab/x"})
            l.r.that(f"{path} gives the request's id back with {wanted}",
                     status == wanted and headers["X-Request-ID"] == "bfe9-29 ab/x", (status, headers["X-Request-ID"]))
    l.r.that("no id is no failure", l.s.ask(EVALUATION, whole)[0] == 200)
    one = l.s.connect()
    l.r.that("asked again the answer is the same", len({json.dumps(l.s.json(EVALUATION, whole, connection=one))
                                                         for _ in range(20)}) == 1)
    for unknown in (subject("nobody"), {"type": "spaceship", "id": "x"}, {"type": "us er", "id": "alice"}, subject("a/b/c d")):
        l.decides(f"the subject {unknown} is denied, not refused", False, subject=unknown, action=READ, resource=ONE)
    for unknown in ("fly", "record.fly", "record.", "*", "record.*", "."):
        l.decides(f"the action {unknown} is denied, not refused", False, subject=ALICE, action=action(unknown), resource=ONE)
    for unknown in ("record 1", "*", "**", "desk/**", "../x", "/", ":"):
        l.decides(f"the resource {unknown} is denied, not refused", False, subject=ALICE, action=READ, resource=resource(unknown))
    got = l.s.decide("user:nobody", "read", "record:record-1")
    l.r.that("who is denied unknown is told so", got["context"]["error"]["status"] == 404 and "nobody" in
             got["context"]["error"]["message"], got)


def names(l):
    """tk's own: the ways in which one entity may be named."""
    l.decides("by context/name", True, subject=subject("desk/alice"), action=READ, resource=resource("desk/record-1"))
    l.decides("by the action's whole name", True, subject=ALICE, action=action("record.read"), resource=ONE)
    l.decides("by email", True, subject=subject("alice@example.test"), action=READ, resource=ONE)
    l.decides("not by an email that two have", False, subject=subject("twice@example.test"), action=READ, resource=ONE)
    l.decides("a forbid overrides", False, subject=ALICE, action=WRITE, resource=resource("shredder"))
    l.decides("an entity is a resource too", True, subject=ALICE, action=READ, resource={"type": "user", "id": "bob"})
    got = l.s.decide("user:alice", "read", "record:record-1")["context"]
    l.r.that("the rules, the policy and the commit are named", [r["id"] for r in got["rules"]] == ["writers-read"] and
             got["rules"][0]["at"].endswith("core.xml:3") and len(got["policy_hash"]) == 64 and len(got["commit"]) == 40, got)


def basic_properties(l):
    archived = resource("record-2", status="archived")
    l.decides("what the request says of the resource counts", False, subject=ALICE, action=WRITE, resource=archived)
    l.decides("what the request says of the subject counts", True, subject=subject("bob", role="admin"), action=WRITE,
              resource=archived)
    l.decides("what the request says of the action counts: soft", True, subject=ALICE, action=action("delete", soft=True),
              resource=ONE)
    l.decides("what the request says of the action counts: hard", False, subject=ALICE, action=action("delete", soft=False),
              resource=ONE)


def batch_core(l):
    l.decides_all("defaults for subject and action", [True, None], subject=ALICE, action=READ,
                  evaluations=[{"resource": ONE}, {"resource": TWO}])
    l.decides_all("in the order they were asked", [True, False], subject=BOB, resource=ONE,
                  evaluations=[{"action": READ}, {"action": WRITE}])
    l.decides_all("nothing by default", [True, False],
                  evaluations=[{"subject": ALICE, "action": READ, "resource": ONE}, {"subject": BOB, "action": WRITE, "resource": ONE}])
    l.decides_all("a context for all, and one of its own", [True, None], subject=ALICE, action=READ, context={"time": "x"},
                  evaluations=[{"resource": ONE}, {"resource": TWO, "context": {"time": "y", "source": "own"}}])
    l.decides_all("an item that lacks something is denied alone", [True, False], subject=ALICE, action=READ,
                  options={"evaluations_semantic": "execute_all"}, evaluations=[{"resource": ONE}, {}])
    l.decides_all("an item whose entity is half there takes nothing from the default", [True, False], subject=ALICE,
                  action=READ, resource=ONE, evaluations=[{}, {"resource": {"type": "record"}}])
    l.decides_all("an item that is no object", [False, True], subject=ALICE, action=READ, resource=ONE, evaluations=[7, {}])
    body = {"subject": ALICE, "action": READ, "resource": ONE}
    for more in ({}, {"evaluations": []}):
        got = l.s.json(EVALUATIONS, {**body, **more})
        l.r.that(f"with {more or 'no evaluations'} it is one evaluation", got.get("decision") is True and "evaluations" not in got, got)
    got = l.s.json(EVALUATIONS, {**body, "evaluations": [{}]})
    l.r.that("no decision beside evaluations", "decision" not in got, got)
    three = [{"action": READ}, {"action": WRITE}, {"action": READ}]
    for semantic, wanted in (("execute_all", [True, False, True]), ("deny_on_first_deny", [True, False]), ("permit_on_first_permit", [True])):
        l.decides_all(semantic, wanted, subject=BOB, resource=ONE, options={"evaluations_semantic": semantic, "other": 1}, evaluations=three)
    l.decides_all("a failure is a deny that ends", [False], subject=BOB, resource=ONE,
                  options={"evaluations_semantic": "deny_on_first_deny"}, evaluations=[{}, *three])
    for wrong in ({"options": 7}, {"options": {"evaluations_semantic": "some"}}, {"options": {"evaluations_semantic": 7}},
                  {"evaluations": {}}, {"evaluations": 7}, {"subject": "x"}, {"context": 7}):
        l.refuses(f"with {wrong}", EVALUATIONS, {**body, "evaluations": [{}], **wrong})
    l.refuses("one evaluation without resource", EVALUATIONS, without(body, "resource"))
    many = l.s.json(EVALUATIONS, {**body, "evaluations": [{}] * 5000})["evaluations"]
    l.r.that("5,000 in one request", len(many) == 5000 and all(m["decision"] for m in many))


def batch_properties(l):
    active, archived = resource("record-1", status="active"), resource("record-2", status="archived")
    l.decides_all("properties of each item", [True, False], subject=ALICE, action=WRITE,
                  evaluations=[{"resource": active}, {"resource": archived}])
    l.decides_all("properties of each subject", [False, True], action=WRITE, resource=archived,
                  evaluations=[{"subject": ALICE}, {"subject": subject("bob", role="admin")}])
    l.decides_all("a whole entity is taken or replaced", [True, False], subject=ALICE, action=WRITE, resource=active,
                  evaluations=[{}, {"resource": archived}])


def search_core(l):
    who = {"subject": {"type": "user"}, "action": READ, "resource": ONE}
    which = {"subject": ALICE, "action": READ, "resource": {"type": "record"}}
    what = {"subject": ALICE, "resource": ONE}
    context = {"context": {"time": "2025-06-27T18:03-07:00"}}
    for path, body, wanted in ((SUBJECTS, who, ["alice", "bob"]), (RESOURCES, which, ["record-1"]), (ACTIONS, what, ["read", "write"])):
        found = l.finds(f"{path} finds", path, wanted, **body)
        l.r.that(f"{path} finds the same with a context", found == l.finds("", path, wanted, **body, **context))
    for path, body, name in ((SUBJECTS, who, "subject"), (RESOURCES, which, "resource")):
        found = l.finds("", path, [], **body)
        for given in ("alice", "record-1", "nobody", 7):
            l.r.that(f"{path} passes over {name}.id = {given}", found == l.finds("", path, [], **{**body, name: {**body[name], "id": given}}))
    for f in l.finds("", SUBJECTS, [], **who):
        l.decides(f"who is found may: {f}", True, subject=f, action=READ, resource=ONE)
    for f in l.finds("", RESOURCES, [], **which): l.decides(f"what is found is allowed: {f}", True, **{**which, "resource": f})
    for f in l.finds("", ACTIONS, [], **what): l.decides(f"an action that is found is allowed: {f}", True, action=f, **what)
    page = l.s.json(SUBJECTS, {**who, "page": {"limit": 1}})
    l.r.that("a page holds what was asked for", len(page["results"]) == 1 and page["page"]["count"] == 1 and
             isinstance(page["page"]["next_token"], str) and page["page"]["next_token"], page)
    l.r.that("the page comes first", l.s.ask(SUBJECTS, {**who, "page": {"limit": 1}})[2].startswith('{"page":'))
    whole, seen, token = l.s.json(SUBJECTS, who)["results"], page["results"], page["page"]["next_token"]
    while token and len(seen) < 50:
        page = l.s.json(SUBJECTS, {**who, "page": {"token": token}})
        seen += page["results"]
        token = page["page"]["next_token"]
    l.r.that("page after page gives all, once", seen == whole and token == "" and page["page"]["total"] == len(whole), seen)
    first = l.s.json(SUBJECTS, {**who, "page": {"limit": 1}})["page"]["next_token"]
    l.refuses("a token of another question", SUBJECTS, {**who, "action": WRITE, "page": {"token": first}})
    l.refuses("a token with another limit", SUBJECTS, {**who, "page": {"token": first, "limit": 2}})
    l.r.that("a token with its own limit", len(l.s.json(SUBJECTS, {**who, "page": {"token": first, "limit": 1}})["results"]) == 1)
    for wrong in ("zz", "00", first[:-2] + "zz", "ff" * 3000):
        l.refuses(f"the token {wrong[:20]}", SUBJECTS, {**who, "page": {"token": wrong}})
    for wrong in ({"limit": -1}, {"limit": "1"}, {"limit": 1.5}, {"token": 7}):
        l.refuses(f"the page {wrong}", SUBJECTS, {**who, "page": wrong})
    l.refuses("a page that is no object", SUBJECTS, {**who, "page": 7})
    l.r.that("a page of none tells the total", (lambda p: p["results"] == [] and p["page"]["total"] == len(whole))(
        l.s.json(SUBJECTS, {**who, "page": {"limit": 0}})))
    nobody, ship = subject("nobody"), {"type": "spaceship"}
    for path, body in ((ACTIONS, {**what, "subject": nobody}), (RESOURCES, {**which, "subject": nobody}),
                       (SUBJECTS, {**who, "subject": ship}), (RESOURCES, {**which, "resource": ship}),
                       (ACTIONS, {**what, "resource": {**ship, "id": "x"}}), (ACTIONS, {**what, "subject": {**ship, "id": "x"}}),
                       (SUBJECTS, {**who, "action": action("fly")}), (SUBJECTS, {**who, "resource": {**ship, "id": "x"}})):
        got = l.s.json(path, body)
        l.r.that(f"{path} {body} finds nothing", got["results"] == [], got)
    for path, body, names in ((SUBJECTS, who, who), (RESOURCES, which, which), (ACTIONS, what, what)):
        for name in names: l.refuses(f"{path} without {name}", path, without(body, name))
    l.refuses("who: a resource without id", SUBJECTS, {**who, "resource": {"type": "record"}})
    l.refuses("which: a subject without id", RESOURCES, {**which, "subject": {"type": "user"}})
    l.refuses("what: a subject without id", ACTIONS, {**what, "subject": {"type": "user"}})
    l.refuses("what: a resource without id", ACTIONS, {**what, "resource": {"type": "record"}})


def search_properties(l):
    archived, admin = resource("record-2", status="archived"), subject("bob", role="admin")
    l.finds("who may write what is archived", SUBJECTS, ["bob"], subject={"type": "user"}, action=WRITE, resource=archived)
    l.finds("what an admin may write", RESOURCES, ["record-2"], subject=admin, action=WRITE, resource={"type": "record"})
    l.finds("what an admin may do", ACTIONS, ["write"], subject=admin, resource=archived)


def discovery(l, url):
    status, headers, text = l.s.ask("/.well-known/authzen-configuration", None, method="GET", headers={"Host": url.split("/")[2]})
    got = json.loads(text)
    l.r.that("the configuration is JSON", status == 200 and headers["Content-Type"] == "application/json", (status, text))
    l.r.that("it names this decision point", got["policy_decision_point"] == url, got)
    for name, path in (("access_evaluation", EVALUATION), ("access_evaluations", EVALUATIONS), ("search_subject", SUBJECTS),
                       ("search_resource", RESOURCES), ("search_action", ACTIONS)):
        l.r.that(f"{name}_endpoint is its URL", got[f"{name}_endpoint"] == url + path, got)
    for path in (EVALUATION, EVALUATIONS, SUBJECTS, RESOURCES, ACTIONS):
        status, headers, _ = l.s.ask(path, None, method="GET")
        l.r.that(f"GET {path} is told to POST", status == 405 and headers["Allow"] == "POST", status)
    l.r.that("elsewhere is nothing", l.s.ask("/access/v2/evaluation", {})[0] == 404)


def main():
    tk, kind = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="tk-authzen-") as folder:
        root = workspace(tk, folder, conditions=kind == "properties")
        if not root:
            print("SKIPPED LOUDLY: this tk takes no conditions (`when`) yet, and properties need them")
            sys.exit(77)
        report = Report()
        with Server(tk, root) as server:
            level = Level(server, report)
            if kind == "core": levels = (basic_core, names, batch_core, search_core)
            else: levels = (basic_core, basic_properties, batch_core, batch_properties, search_core, search_properties)
            for one in levels: one(level)
            if kind == "core": discovery(level, server.url)
        if kind == "core":
            with Server(tk, root, "--url", "https://law.example.test/") as server:
                discovery(Level(server, report), "https://law.example.test")
        report.end(f"AuthZEN 1.0, {kind}")


main()
