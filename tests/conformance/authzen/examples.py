#!/usr/bin/env python3
"""Each exchange that AuthZEN 1.0 shows, once, with names of our own: every shape of request that the specification
gives as an example, sent as it stands there, and the shape of the answer that it shows for it.
usage: examples.py TK"""
import json, os, re, subprocess, sys, tempfile, uuid
from decision_point import Server, git, init
from fixture import Report
import organisation

PEOPLE = ["ada@example.test", "ben@example.test"]
BOOKS = ["101", "102", "103"]


def law(root, galaxy):
    base = f"galaxies/{galaxy}"
    organisation.write(root, {
        "records/book.toml": organisation.record("book", ["can_read", "can_edit", "extend-loan"]),
        f"{base}/users/people.xml": "<users>" + "".join(f'<user id="{uuid.uuid4()}" name="{p.split("@")[0]}"/>' for p in PEOPLE) + "</users>",
        f"{base}/roles/library.xml": '<roles><role name="member"/><role name="librarian"/></roles>',
        f"{base}/grants/library.xml": '<grants><grant id="a" role="role:member" to="user:ada"/>'
                                      '<grant id="b" role="role:librarian" to="user:ben"/></grants>',
        f"{base}/rules/library.xml":
            '<rules><rule id="members-read" effect="permit" role="role:member" actions="book.can_read book.extend-loan" '
            'resource="book:**"/><rule id="not-102" effect="forbid" role="role:member" actions="*" resource="book:**/102"/>'
            '<rule id="librarians" effect="permit" role="role:librarian" actions="book.*" resource="book:**"/></rules>'})


def main():
    tk, report = os.path.abspath(sys.argv[1]), Report()
    with tempfile.TemporaryDirectory(prefix="tk-authzen-") as folder:
        root = init(tk, folder, "library")
        law(root, "library")
        git(root, "add", "-A"); git(root, "commit", "-qm", "law")
        for person in PEOPLE:
            subprocess.run([tk, "repo", "set", f"user:{person.split('@')[0]}", f"email={person}"], cwd=root, check=True, capture_output=True)
        for book in BOOKS:
            subprocess.run([tk, "record", "new", "book", "--name", book, "--quiet"], cwd=root, check=True, capture_output=True)
        with Server(tk, root) as s: exchanges(s, report)
    report.end("the exchanges of the specification")


def exchanges(s, report):
    ada, ben = ({"type": "user", "id": p} for p in PEOPLE)
    book = lambda n: {"type": "book", "id": BOOKS[n]}
    read, edit, time = {"name": "can_read"}, {"name": "can_edit"}, {"time": "2026-11-24T09:12-05:00"}
    one, many = "/access/v1/evaluation", "/access/v1/evaluations"

    def decision(what, wanted, body):
        got = s.json(one, body)
        report.that(what, got["decision"] is wanted and set(got) <= {"decision", "context"}, got)
        return got

    # 5: the information model. Each form of each entity, in an otherwise plain question.
    plain = {"subject": ada, "action": read, "resource": book(0)}
    for properties in ({"department": "Loans"}, {"ip_address": "192.0.2.7", "device_id": "02:00:5e:10:00:01"}):
        decision(f"a subject with {properties}", True, {**plain, "subject": {**ada, "properties": properties}})
    decision("a resource with a structured property", True,
             {**plain, "resource": {**book(0), "properties": {"catalogue": {"title": "Of Rules", "shelf": [3, "b"]}}}})
    decision("an action with properties", True, {**plain, "action": {"name": "extend-loan", "properties": {"period": "1W"}}})
    decision("a context with a time", True, {**plain, "context": time})
    decision("a context that names a schema", True, {**plain, "context": {**time, "schema": "https://schema.example.test/q.json"}})
    got = decision("a deny says why, to whom it concerns", False, {**plain, "resource": book(1)})
    report.that("a reason for administrators and one for users, by status", set(got["context"]["reason_admin"]) == {"403"} and
                "not-102" in got["context"]["reason_admin"]["403"] and got["context"]["reason_user"]["403"], got)
    # 6: one evaluation, all four parts.
    decision("all four parts", True, {"subject": ada, "resource": book(0), "action": {**read, "properties": {"method": "GET"}},
                                      "context": time})

    # 7: evaluations.
    def decisions(what, wanted, body):
        got = s.json(many, body)
        report.that(what, set(got) == {"evaluations"} and [e["decision"] for e in got["evaluations"]] == wanted, got)
        return got["evaluations"]

    each = [{"subject": ada, "action": read, "resource": book(n), "context": time} for n in range(3)]
    decisions("three in full", [True, False, True], {"evaluations": each})
    short = [{"action": read, "resource": book(n)} for n in range(3)]
    decisions("one subject and one context for three", [True, False, True], {"subject": ada, "context": time, "evaluations": short})
    decisions("a default action that the third replaces", [True, False, False],
              {"subject": ada, "context": time, "action": read,
               "evaluations": [{"resource": book(0)}, {"resource": book(1)}, {"action": edit, "resource": book(2)}]})
    got = decisions("an item without action, and an option that nobody knows", [False],
                    {"evaluations": [{"resource": book(0), "subject": ada}],
                     "options": {"evaluations_semantic": "execute_all", "another_option": "value"}})
    report.that("its own error says what is missing", got[0]["context"]["error"] == {"status": 400, "message": "action is missing"}, got)
    resources = [{"resource": book(n)} for n in range(3)]
    for semantic, wanted in (("execute_all", [True, False, True]), ("deny_on_first_deny", [True, False]),
                             ("permit_on_first_permit", [True])):
        decisions(semantic, wanted, {"subject": ada, "action": read, "options": {"evaluations_semantic": semantic},
                                     "evaluations": resources})
    got = decisions("an error of one item beside a reason of another", [True, False, False],
                    {"subject": ada, "action": read, "evaluations": [{"resource": book(0)}, {"subject": {"type": "user", "id": "eve@example.test"},
                                                                      "resource": book(0)}, {"resource": book(1)}]})
    report.that("404 for who is not there, and a reason", got[1]["context"]["error"]["status"] == 404 and
                "reason_admin" in got[2]["context"], got)

    # 8: search.
    def search(kind, wanted, body):
        got = s.json(f"/access/v1/search/{kind}", body)
        report.that(f"search/{kind} {list(body)}", got["results"] == wanted, got)
        return got

    # Who made the workspace may do everything, and comes up too.
    found = s.json("/access/v1/search/subject", {"subject": {"type": "user"}, "action": read, "resource": book(1), "context": time})
    names = [r["id"] for r in found["results"]]
    report.that("subjects of a type, as objects", "ben" in names and "ada" not in names and
                all(set(r) == {"type", "id"} and r["type"] == "user" for r in found["results"]), found)
    search("resource", [{"type": "book", "id": BOOKS[0]}, {"type": "book", "id": BOOKS[2]}],
           {"subject": ada, "action": read, "resource": {"type": "book"}})
    search("action", [{"name": "can_read"}, {"name": "extend-loan"}], {"subject": ada, "resource": book(0), "context": time})
    first = search("resource", [{"type": "book", "id": b} for b in BOOKS[:2]],
                   {"subject": ben, "action": read, "resource": {"type": "book"}, "page": {"limit": 2}})
    report.that("a first page of three", first["page"]["count"] == 2 and first["page"]["total"] == 3 and first["page"]["next_token"], first)
    last = search("resource", [{"type": "book", "id": BOOKS[2]}],
                  {"subject": ben, "action": read, "resource": {"type": "book"}, "page": {"token": first["page"]["next_token"]}})
    report.that("and a last", last["page"] == {"next_token": "", "count": 1, "total": 3}, last)

    # 10: the binding, header by header.
    token = "9d1c6f0e-5d5e-4f0e-8a54-0c7b6a1f2e11"
    headers = {"Authorization": "Bearer not.looked.at", "X-Request-ID": token}
    for path, body, key in ((one, plain, "decision"), (many, {"subject": ada, "action": read, "evaluations": resources}, "evaluations"),
                            ("/access/v1/search/subject", {"subject": {"type": "user"}, "action": read, "resource": book(0)}, "results"),
                            ("/access/v1/search/resource", {"subject": ada, "action": read, "resource": {"type": "book"}}, "results"),
                            ("/access/v1/search/action", {"subject": ada, "resource": book(0), "context": time}, "results")):
        status, answered, text = s.ask(path, body, headers=headers)
        report.that(f"POST {path}", status == 200 and answered["Content-Type"] == "application/json" and
                    answered["X-Request-ID"] == token and key in json.loads(text), (status, text))
    status, answered, text = s.ask("/.well-known/authzen-configuration", None, method="GET")
    got = json.loads(text)
    report.that("the metadata", status == 200 and answered["Content-Type"] == "application/json" and
                all(re.match(r"https?://", v) and v.startswith(got["policy_decision_point"]) for v in got.values()), got)
    status, _, text = s.ask(one, {"subject": ada, "action": read})
    report.that("an error is a message", (status, text) == (400, "resource is missing\n"), (status, text))


main()
