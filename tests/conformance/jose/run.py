#!/usr/bin/env python3
"""Tokens between tk and npm jose, both ways and over a turn of the keys; then forged ones (forge.mjs), of which none may
count, each beside a good one that does. usage: run.py TK BUILD"""
import base64, collections, json, os, subprocess, sys
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../.."), os.path.join(HERE, "../../fault")]
from npm import fetched, node
from workspace import Workspace

JOSE, LEAST = "jose@6.2.17", 60


class Lines:
    """A program that answers a line with a line."""
    def __init__(self, words, **more):
        self.p = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **more)

    def ask(self, line):
        self.p.stdin.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n"); self.p.stdin.flush()
        said = self.p.stdout.readline()
        assert said, f"it ended with {self.p.wait()}"
        return json.loads(said)

    def end(self):
        self.p.stdin.close()
        assert self.p.wait(60) == 0


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def header(token):
    head = token.split(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def seed(w, kid):
    """Of the key with that thumbprint, which only its issuer may look at."""
    record = next(r for r in w.json("record", "list", "key") if r["name"] == kid)
    serial = w.json("record", "show", record["id"])["fields"]["serial"]
    with open(w.path(f".tk/keys/token-{serial}.key"), "rb") as f: return base64.b64encode(f.read()).decode()


def token(w, *words):
    return w.json("acl", "token", *words)


def verdict(w, token, *words, env={}):
    """Exit status and answer, for bytes on standard input."""
    token = token.encode() if isinstance(token, str) else token
    done = subprocess.run([w.tk, "acl", "verify", "--json", *words, "-"], cwd=w.root, input=token, capture_output=True, timeout=60,
                          env={**os.environ, **env})
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr.decode("utf-8", "replace")


def valid(w, token, *words, env={}):
    status, said, error = verdict(w, token, *words, env=env)
    assert status in (0, 1) and said["valid"] == (status == 0), (status, said, error)
    return said["valid"]


def both_ways(w, jose):
    """They accept ours, we accept theirs, and a turn of the keys changes neither."""
    ring = lambda: w.json("acl", "jwks")
    first = token(w, "--for", "agent:one")["token"]
    for key in ring()["keys"]:
        assert jose.ask({"do": "thumbprint", "jwk": key})["kid"] == key["kid"], key
    issuer = claims(first)["iss"]
    mine = {"plain": (first, "tk"),
            "on behalf, limited": (token(w, "--for", "agent:one", "--on-behalf-of", "user:" + w.user(), "--action", "cast.answer",
                                         "--resource", "cast:w/**")["token"], "tk"),
            "renewable, elsewhere": (token(w, "--for", "user:" + w.user(), "--aud", "https://api.example.org", "--refresh")["token"],
                                     "https://api.example.org")}
    accepted = refused = 0
    def theirs(text, audience, keys, **more):
        return jose.ask({"do": "verify", "token": text, "jwks": keys, "issuer": issuer, "audience": audience, **more})
    for name, (text, audience) in mine.items():
        said = theirs(text, audience, ring())
        assert said["ok"] and said["claims"] == claims(text), (name, said)
        assert valid(w, text, "--aud", audience), name
        accepted += 1
        assert theirs(text, "another", ring())["code"] == "ERR_JWT_CLAIM_VALIDATION_FAILED" and not valid(w, text, "--aud", "another")
        assert not theirs(text[:-8] + "AAAAAAAA", audience, ring())["ok"] and not valid(w, text[:-8] + "AAAAAAAA", "--aud", audience)
        refused += 2
    # Signed by jose with the key that signs now, under both names of the algorithm (RFC 8037, RFC 9864).
    def signed(text, alg="EdDSA", secret=None, **change):
        said = jose.ask({"do": "sign", "seed": secret or seed(w, header(text)["kid"]), "header": {**header(text), "alg": alg},
                         "claims": {**claims(text), **change}})
        assert said["ok"], said
        return said["token"]
    for name, (text, audience) in mine.items():
        for alg in ("EdDSA", "Ed25519"):
            back = signed(text, alg)
            assert valid(w, back, "--aud", audience), (name, alg)
            accepted += 1
            assert not valid(w, signed(text, alg, aud="another"), "--aud", "another"), "the audience of another record"
            refused += 1
    # The keys turn: what was signed before stays, and whoever fetched the set before knows the next key already.
    before = ring()
    old, old_kid = mine["plain"][0], header(first)["kid"]
    w.run("acl", "keys", "rotate", check=True)
    new = token(w, "--for", "agent:one")["token"]
    kid = header(new)["kid"]
    assert kid != old_kid and kid in [k["kid"] for k in before["keys"]] and old_kid in [k["kid"] for k in ring()["keys"]]
    for keys in (before, ring()):
        for text in (old, new):
            assert theirs(text, "tk", keys)["ok"] and valid(w, text)
            accepted += 1
    assert not theirs(new, "tk", {"keys": [k for k in before["keys"] if k["kid"] != kid]})["ok"]
    late = {"TK_CLOCK": "+5m1s"}
    assert not valid(w, old, env=late) and not valid(w, new, env=late), "exp is not looked at"
    ended = subprocess.run([w.tk, "acl", "jwks"], cwd=w.root, capture_output=True, text=True, check=True, env={**os.environ, "TK_CLOCK": "+169h1m"})
    assert old_kid not in ended.stdout and kid in ended.stdout, "a retired key is published for ever"
    # Keys that were stolen: a process that knew the token as good a moment ago says no on the next line.
    stays = Lines([w.tk, "acl", "verify", "--batch"], cwd=w.root)
    assert all(stays.ask(t.encode())["valid"] for t in (old, new) * 2)
    stolen = [seed(w, k) for k in (old_kid, kid)]
    w.run("acl", "keys", "rotate", "--revoke", "--reason", "stolen", check=True)
    said = [stays.ask(t.encode()) for t in (old, new, signed(old, secret=stolen[0]), signed(new, secret=stolen[1]))]
    assert not any(s["valid"] for s in said), "a stolen key still counts in a process that stays"
    refused += 6
    stays.end()
    assert not {old_kid, kid} & {k["kid"] for k in ring()["keys"]}
    assert valid(w, token(w, "--for", "agent:one")["token"])
    return accepted, refused


def world(w):
    """What forge.mjs works with."""
    me = "user:" + w.user()
    good = token(w, "--for", "agent:one", "--ttl", "30m")["token"]
    family = token(w, "--for", "agent:one", "--refresh", "--ttl", "30m")
    behalf = token(w, "--for", "agent:one", "--on-behalf-of", me, "--action", "cast.answer", "--resource", "cast:w/x/*", "--ttl", "30m")["token"]
    revoked = token(w, "--for", "agent:one", "--ttl", "30m")
    w.run("acl", "revoke", revoked["jti"], check=True)
    invited = w.json("acl", "invite", "ada@example.org", "--role", "role:reader")
    kids = {k["state"]: k["kid"] for k in w.json("acl", "keys", "list")}
    other = Workspace(w.tk, workflow=True)
    elsewhere = token(other, "--for", "agent:one", "--ttl", "30m")["token"]
    return {"token": good, "seed": seed(w, kids["current"]), "nextSeed": seed(w, kids["next"]), "nextKid": kids["next"],
            "jwks": w.json("acl", "jwks"), "other": claims(token(w, "--for", me, "--ttl", "30m")["token"]),
            "behalf": claims(behalf), "family": claims(family["token"]), "familyToken": family["token"],
            "refreshToken": family["refresh_token"], "code": invited["code"], "invitation": invited["id"],
            "keyRecord": w.json("record", "list", "key")[0]["id"], "revoked": revoked["token"],
            "forAnother": token(w, "--for", "agent:one", "--aud", "https://api.example.org", "--ttl", "30m")["token"],
            "checkpoint": w.run("log", "checkpoint", check=True).stdout, "elsewhere": elsewhere,
            "elsewhereSeed": seed(other, header(elsewhere)["kid"]), "elsewhereIssuer": claims(elsewhere)["iss"]}


def forgeries(w, run_node):
    done = subprocess.run([run_node, os.path.join(HERE, "forge.mjs")], input=json.dumps(world(w)) + "\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    forged, families, wrong, controls = [json.loads(l) for l in done.stdout.splitlines()], collections.Counter(), [], 0
    stays = Lines([w.tk, "acl", "verify", "--batch"], cwd=w.root)
    for f in forged:
        text, name = base64.b64decode(f["token"]), f'{f["family"]}: {f["name"]}'
        status, said, error = verdict(w, text)
        if status != 1 or said["valid"] or not said["reason"] or said["actor"] is not None: wrong.append((name, status, said, error))
        # By a process that stays, and has just found the good one good.
        good = stays.ask(f["control"].encode())
        if not good["valid"]: wrong.append((name, "its control is refused", good))
        controls += good["valid"]
        if b"\n" not in text and text.strip() and len(text) < 900_000:
            again = stays.ask(text)
            if again["valid"] or again["reason"] != said["reason"]: wrong.append((name, "in a batch", again))
        families[f["family"]] += 1
    stays.end()
    for problem in wrong: print(*problem)
    assert not wrong, f"{len(wrong)} of {len(forged)} forged tokens were taken for something else than what they are"
    assert len(forged) >= LEAST and len(set(f["token"] for f in forged)) >= LEAST and controls == len(forged)
    return families, controls


def main():
    home = os.path.join(os.path.abspath(sys.argv[2]), "npm")
    run_node, modules = node(home), fetched(home, JOSE)
    w = Workspace(sys.argv[1], workflow=True)
    jose = Lines([run_node, os.path.join(HERE, "judge.mjs"), os.path.dirname(modules)])
    accepted, refused = both_ways(w, jose)
    jose.end()
    print(f"{JOSE}: {accepted} tokens accepted by the other side or both, {refused} refused")
    families, controls = forgeries(w, run_node)
    print(f"{sum(families.values())} forged tokens of {len(families)} families, 0 accepted; {controls} good ones beside them, all accepted")
    print(", ".join(f"{n} {k}" for k, n in families.items()))
    w.verify()


main()
