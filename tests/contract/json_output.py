#!/usr/bin/env python3
"""--json of every verb: one document that fits the schema in the verb's manifest, and nothing on stderr
with --quiet. A verb without a case here is a failure. usage: json_output.py TK CHECK_JSON"""
import json, os, subprocess, sys
from house import ESCAPE, Findings, House
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fault"))
from workspace import Workspace

# Each case: (exit status, words behind the verb). Words in braces are made anew for each call.
CASES = {
    "tk audit coverage": [(0, [])],
    "tk audit god-mode": [(0, [])],
    "tk audit secrets": [(0, [])],
    "tk compliance report": [(0, ["--frame", f]) for f in ("hipaa", "gdpr", "iso27001")] + [(0, ["--frame", "soc2", "--since", "1h"])],
    "tk events types": [(0, []), (0, ["--layer", "3"])],
    "tk law review": [(0, []), (1, ["--unused", "1ms"]), (0, ["--attest", "--reason", "why"])],
    "tk config": [(0, []), (0, ["workspace.context"]), (0, ["--explain"])],
    "tk demo code-review": [(0, []), (5, ["--answer", "none"]), (1, ["--answer", "reject"]), (0, ["--meddle"])],
    "tk doctor": [(0, [])],
    "tk explain": [(0, []), (0, ["TK-LAW-0005"])],
    "tk expr check": [(0, ["x.size() > 2", "--var", "x=list(int)"])],
    "tk expr eval": [(0, ["[1, 'a', {{2: b'x'}}]"]), (0, ["a.b > 1", "--vars", '{{"a": {{"b": 2}}}}'])],
    "tk expr paths": [(0, ["a.b + c"])],
    "tk help": [(0, ["-a"]), (0, []), (0, ["exit-codes"]), (0, ["greet"]), (0, ["law", "can"]), (0, ["config"]), (0, ["--render", "man", "greet"]),
                (0, ["--render", "short", "tally"]), (0, ["--render", "reference"])],
    "tk acl accept": [(0, ["{code}", "--address", "a@example.org", "--name", "ada{n}"])],
    "tk acl borrow": [(0, ["request", "--lender", "{me}", "--borrower", "agent:one", "--action", "run.start", "--resource", "wot:**",
                           "--purpose", "p{n}", "--max-uses", "1", "--ttl", "1m"]), (0, ["list"]), (0, ["list", "--all"])],
    "tk acl invite": [(0, ["b{n}@example.org", "--role", "role:reader"])],
    "tk acl jwks": [(0, [])],
    "tk acl keys": [(0, ["list"]), (0, ["rotate"])],
    "tk acl refresh": [(0, ["{refresh}"])],
    "tk acl revoke": [(0, ["agent:one", "--reason", "r"])],
    "tk acl token": [(0, ["--for", "agent:one"]), (0, ["--for", "agent:one", "--refresh"])],
    "tk acl verify": [(0, ["{token}"]), (1, ["a.b.c"])],
    "tk inbox answer": [(0, ["{cast}", "approve"]), (0, ["{cast}", "deny"]), (0, ["{parked}", "deny", "--reason", "no"])],
    "tk inbox list": [(0, [])],
    "tk inbox show": [(0, ["{parked}"]), (0, ["{cast}"])],
    "tk init": [(0, ["{folder}"]), (0, ["{folder}", "--template", "code-review"])],
    "tk law actions": [(0, [])],
    "tk law can": [(0, ["{me}", "run.start", "wot:w/chain"]), (1, ["agent:one", "cast.answer", "cast:w/{waiting}/gate"])],
    "tk law explain": [(0, ["{me}", "run.start", "wot:w/chain"]), (1, ["agent:one", "cast.answer", "cast:w/{waiting}/gate"])],
    "tk law what-can": [(0, ["{me}"]), (1, ["agent:one"])],
    "tk law who-can": [(0, ["run.start", "wot:w/chain"])],
    "tk law which-actions": [(0, ["{me}", "wot:w/chain"])],
    "tk law diff": [(0, ["HEAD", "HEAD"]), (0, ["HEAD"]), (0, ["HEAD~1", "."])],
    "tk law lint": [(0, [])],
    "tk law test": [(0, []), (1, ["--strict"])],
    "tk law replay": [(0, []), (0, ["--since", "1h", "--law", "HEAD"])],
    "tk law simulate": [(0, ["--against", "journal"])],
    "tk law draft": [(0, ["--from", "{me}"]), (0, ["--from", "{done}"])],
    "tk law halt": [(0, ["{user}"])],
    "tk law resume": [(0, ["{halted}", "--as", "user:deputy"])],
    "tk law residual": [(0, ["{me}", "run.start", "--type", "wot"]), (0, ["{me}", "run.start", "--sql"])],
    "tk law serve": [(0, ["--listen", "127.0.0.1:0", "--for", "100ms"]), (0, ["--socket", "{folder}", "--for", "100ms"])],
    "tk log": [(0, []), (0, ["--kind", "denied"]), (0, ["--limit", "3", "--reverse"]), (0, ["--event", "none.such"]),
               (0, ["--actor", "{me}"]), (0, ["--borrow", "none"])],
    "tk log verify": [(0, [])],
    "tk log checkpoint": [(0, []), (0, ["--key"])],
    "tk log prove": [(0, ["1"]), (0, ["2"])],
    "tk log consistency": [(0, ["1"]), (0, ["1", "2"])],
    "tk log erase": [(0, ["{subject}"])],
    "tk log prune": [(0, []), (0, ["--type", "none.such", "--before", "400d"])],
    "tk log subject": [(0, ["{me}"]), (0, ["{subject}"])],
    "tk log export": [(0, ["--tiles", "{folder}/tiles"])],
    "tk record list": [(0, []), (0, ["counter"]), (0, ["run", "--state", "waiting"]), (0, ["token"]), (0, ["user"])],
    "tk record graph": [(0, ["counter"]), (0, ["counter", "--format", "dot"]), (0, ["{counter}", "--format", "xstate"])],
    "tk record lint": [(0, ["counter"]), (0, ["run", "user"]), (0, [])],
    "tk record migrate": [(0, ["counter", "--dry-run"]), (0, ["counter"])],
    "tk record mirror": [(0, ["counter"]), (0, ["counter", "--ts"]), (0, ["{counter}", "--schema"])],
    "tk record walk": [(0, ["counter"]), (0, ["counter", "--seed", "7", "--steps", "100"])],
    "tk record new": [(0, ["counter", "note=a", "--name", "c{n}"]), (0, ["counter", "--explain"]),
                      (0, ["counter", "--key", "k"])],
    "tk record show": [(0, ["{counter}"]), (0, ["{me}"]), (0, ["{done}"]), (0, ["{counter}", "--as-of", "9999"])],
    "tk record step": [(0, ["{counter}", "tick", "note=b"]), (0, ["{counter}", "tick", "--explain", "--reason", "why"])],
    "tk export": [(0, ["{folder}"]), (0, ["{folder}.tar"])],
    "tk import": [(0, ["{export}", "{folder}"])],
    "tk repo compile": [(0, []), (0, ["--law"])],
    "tk repo blame": [(0, ["{me}"])],
    "tk repo capabilities": [(0, ["agent:one"]), (0, ["{me}", "--context", "w"])],
    "tk repo config": [(0, []), (0, ["w"]), (0, ["{me}", "--explain"])],
    "tk repo get": [(0, []), (0, ["agent"]), (0, ["{me}"]), (0, ["rule"]), (0, ["w"])],
    "tk repo log": [(0, ["{me}"]), (0, ["--limit", "2"]), (0, [])],
    "tk repo offboard": [(0, ["{user}"])],
    "tk repo onboard": [(0, ["user", "o{n}"]), (0, ["agent", "o{n}", "--role", "role:reader"])],
    "tk repo revert": [(0, ["{changed}"])],
    "tk repo fmt": [(1, ["--check"])],
    "tk repo graph": [(0, []), (0, ["{me}"]), (0, ["{me}", "--depth", "3", "--at", "HEAD"])],
    "tk repo impact": [(0, ["{me}"]), (0, ["role:owner"])],
    "tk repo query": [(0, []), (0, ["{me} <-[to]- grant:* -> *"]), (0, ["user:*", "--where", "entity.state == 'active'"]), (1, ["user:nobody"])],
    "tk repo search": [(0, ["owner"]), (0, ["ownre", "--by", "vectors", "--limit", "3"]), (1, ["zzzqqqxxx", "--by", "words"])],
    "tk repo who-can": [(0, ["entity.read", "{me}"]), (0, ["entity.read", "{me}", "--at", "HEAD"])],
    "tk repo new": [(0, ["user", "u{n}"]), (0, ["group", "g{n}", "--member", "{me}"]), (0, ["system", "s{n}"])],
    "tk repo set": [(0, ["{me}", "title=n{n}"]), (0, ["{me}", "title=same"])],
    "tk repo validate": [(0, [])],
    "tk repo plan": [(0, ["--target", "{computer}"]), (5, ["--target", "{computer}", "--detailed-exitcode"])],
    "tk repo show": [(0, ["{plan}"])],
    "tk repo apply": [(0, ["--target", "{computer}", "--yes"]), (0, ["--target", "{applied}", "--yes"])],
    "tk repo drift": [(0, ["--target", "{applied}"])],
    "tk repo undo": [(0, ["--target", "{applied}", "--yes"])],
    "tk repo recover": [(0, ["--target", "{computer}"])],
    "tk repo import": [(0, ["--target", "{computer}"])],
    "tk repo sync": [(0, [])],
    "tk repo types": [(0, []), (0, ["agent"]), (0, ["--states", "task"])],
    "tk repo schema": [(0, [])],
    "tk run": [(0, ["--as", "agent:one", "--explain", "true"]), (0, ["--as", "agent:one", "--explain", "--profile", "read-only"])],
    "tk vault init": [(0, [])],
    "tk vault set": [(0, ["s", "--keep"])],
    "tk vault list": [(0, [])],
    "tk vault run": [(0, ["--use", "s", "--explain", "true"])],
    "tk vault rotate": [(0, []), (0, ["s"])],
    "tk vault audit": [(0, [])],
    "tk vault doctor": [(0, [])],
    "tk vault reveal": [(0, ["s", "--reason", "r"])],
    "tk vault sign": [(0, [])],
    "tk vault merge": [(0, ["{secret}", "{secret}", "{secret}", "galaxies/w/secrets/s.xml"])],
    "tk vault recipients": [(0, ["list"]), (0, ["add", "{recipient}"]), (0, ["rm", "{former}"])],
    "tk stop": [(0, ["{user}", "--reason", "r"])],
    "tk start": [(0, ["{halted}", "--as", "user:deputy"])],
    "tk status": [(0, [])],
    "tk wot answer": [(0, ["{waiting}", "gate", "approve"]), (0, ["{waiting}", "gate", "reject"])],
    "tk wot check": [(0, ["chain"])],
    "tk wot graph": [(0, ["chain"])],
    "tk wot inbox": [(0, [])],
    "tk wot list": [(0, []), (0, ["--state", "done"])],
    "tk wot resume": [(0, ["{answered}"]), (5, ["{waiting}"]), (0, ["{done}"])],
    "tk wot run": [(5, ["chain", "--input", "n=1"])],
    "tk wot show": [(0, ["{done}"]), (0, ["{waiting}"]), (0, ["{rejected}"])],
    "tk greet hello": [(0, ["ada"]), (0, ["ada", "--style", "loud"])],
    "tk greet bye": [(0, [])],
    "tk tally": [(0, ["tk.toml", "--by", "words"])],
    "tk tally sum": [(0, ["1", "2"])],
}


class Prepared:
    """A workspace in which something has happened, and the words that cases ask for."""
    def __init__(self, house):
        self.house, self.w, self.n = house, Workspace(house.tk, workflow=True), 0
        self.me = json.loads(self.w.run("status", "--json", check=True).stdout)["actor"]
        self.w.run("repo", "new", "user", "deputy", check=True)
        self.w.run("repo", "new", "grant", "deputies", "role=role:owner", "to=user:deputy", check=True)
        self.counter = self.w.json("record", "new", "counter", "note=a")["id"]
        os.makedirs(self.w.path("tests/law"), exist_ok=True)
        with open(self.w.path("tests/law/a.jsonl"), "w") as f:
            f.write(json.dumps({"actor": self.me, "action": "run.start", "resource": "wot:w/chain", "expect": "allow"}) + "\n")
        self.w.run("vault", "init", check=True)
        subprocess.run([house.tk, "vault", "set", "s"], cwd=self.w.root, input=b"a value of the vault", check=True, stdout=subprocess.DEVNULL)
        self.done = self.answered("approve")
        assert self.w.run("wot", "resume", self.done).returncode == 0
        self.rejected = self.answered("reject")
        assert self.w.run("wot", "resume", self.rejected).returncode == 1
        assert self.w.run("wot", "answer", self.waiting(), "gate", "approve", "--as", "agent:one").returncode == 3

    def waiting(self):
        file = self.w.path(".tk/run-id")
        done = self.w.run("wot", "run", "chain", "--input", "n=1", "--run-file", file)
        assert done.returncode == 5, done
        return open(file).read().strip()

    def answered(self, answer="approve"):
        run = self.waiting()
        self.w.run("wot", "answer", run, "gate", answer, check=True)
        return run

    def fill(self, word):
        self.n += 1
        if "{cast}" in word:
            run = self.waiting()
            word = next(i["id"] for i in self.w.json("wot", "inbox") if i["run"] == run)
        if "{parked}" in word:
            assert self.w.run("record", "step", self.counter, "ask", "note=" + str(self.n)).returncode == 5
            word = [i["id"] for i in self.w.json("inbox", "list") if i["kind"] == "transition"][-1]
        if "{code}" in word:
            word = self.w.json("acl", "invite", "a@example.org", "--role", "role:reader")["code"]
        if "{token}" in word: word = self.w.json("acl", "token", "--for", "agent:one")["token"]
        if "{refresh}" in word: word = self.w.json("acl", "token", "--for", "agent:one", "--refresh")["refresh_token"]
        if "{changed}" in word:
            self.w.run("repo", "set", self.me, "title=c" + str(self.n), check=True)
            word = self.me
        if word in ("{computer}", "{applied}", "{plan}"):
            root = os.path.join(self.w.holder.name, f"c{self.n}")
            for folder in ("etc/skel", "home", "srv"): os.makedirs(os.path.join(root, folder))
            for name, text in {"passwd": "root:x:0:0::/root:/bin/sh\n", "group": "root:x:0:\n", "shadow": "root:*:1::::::\n", "gshadow": "root:*::\n"}.items():
                with open(os.path.join(root, "etc", name), "w") as f: f.write(text)
            if word == "{applied}": self.w.run("repo", "apply", "--target", "root=" + root, "--yes", check=True)
            if word == "{plan}":
                self.w.run("repo", "plan", "--target", "root=" + root, "--out", root + ".plan", check=True)
                return root + ".plan"
            return "root=" + root
        if word == "{secret}":
            word = os.path.join(self.w.holder.name, f"s{self.n}.xml")
            with open(self.w.path("galaxies/w/secrets/s.xml")) as a, open(word, "w") as b: b.write(a.read())
        if word in ("{recipient}", "{former}"):
            key = subprocess.run(["age-keygen"], capture_output=True, text=True, check=True).stdout
            recipient = next(w for w in key.split() if w.startswith("age1"))
            if word == "{former}": self.w.run("vault", "recipients", "add", recipient, check=True)
            word = recipient
        if "{export}" in word:
            word = os.path.join(self.w.holder.name, f"e{self.n}.tar")
            self.w.run("export", word, check=True)
        if "{subject}" in word:
            self.w.run("repo", "new", "user", "p" + str(self.n), "email=p@example.org", check=True)
            word = "user:p" + str(self.n)
        if "{user}" in word or "{halted}" in word:
            halt, word = "{halted}" in word, "user:h" + str(self.n)
            self.w.run("repo", "new", "user", word[5:], check=True)
            if halt: self.w.run("law", "halt", word, check=True)
        for name in ("waiting", "answered"):
            if "{" + name + "}" in word:
                word = word.replace("{" + name + "}", getattr(self, name)())
        return word.format(n=self.n, me=self.me, counter=self.counter, done=self.done, rejected=self.rejected,
                           folder=os.path.join(self.w.holder.name, f"w{self.n}"))


def main():
    house, found = House(sys.argv[1]), Findings()
    check, place = found.check, Prepared(house)
    verbs, outputs = {v.path: v for v in house.verbs()}, []
    check(set(CASES) == set(verbs), f"verbs without a case, or cases without a verb: {sorted(set(CASES) ^ set(verbs))}")
    for path, cases in CASES.items():
        if path not in verbs:
            continue
        v = verbs[path]
        schema = v.spec.get("schema")
        if not check(schema is not None, f"{path}: its manifest has no schema"):
            continue
        for i, (status, case) in enumerate(cases):
            # The demo takes seconds: once is enough, and --quiet is the harder way.
            for quiet in ([], ["--quiet"]) if v.command != "demo" else (["--quiet"],):
                words = [*v.words, *map(place.fill, case), "--json", *quiet]
                done = house.run(*words, cwd=place.w.root, env=dict(house.env, CI="1"), timeout=120)
                name = "tk " + " ".join(words)
                check(done.returncode == status, f"{name}: exit {done.returncode}, not {status}: {done.stderr[:300]}")
                check(not quiet or done.stderr == "", f"{name}: on stderr: {done.stderr[:200]}")
                check(not ESCAPE.search(done.stdout + done.stderr), f"{name}: an escape sequence")
                try:
                    json.loads(done.stdout)
                except ValueError as e:
                    check(False, f"{name}: not one JSON document: {e}: {done.stdout[:200]}")
                    continue
                outputs.append({"name": name, "schema": schema, "text": done.stdout})
        if path == "tk expr eval":  # its lines answer lines
            place.w.write(".tk/lines", '{"expr": "1 + 1"}\n' * 3)
            with open(place.w.path(".tk/lines")) as asked:
                done = house.run(*v.words, "--jsonl", cwd=place.w.root, stdin=asked)
            lines = done.stdout.split("\n")[:-1]
            check(done.returncode == 0 and len(lines) == 3, f"{path} --jsonl: {done.returncode}, {len(lines)} lines")
            outputs += [{"name": f"{path} --jsonl", "schema": schema, "text": line} for line in lines]
        elif "--jsonl" in v.flags():
            done = house.run(*v.words, "--jsonl", cwd=place.w.root)
            lines = done.stdout.split("\n")[:-1]
            check(done.returncode == 0 and len(lines) > 20, f"{path} --jsonl: {done.returncode}, {len(lines)} lines")
            outputs += [{"name": f"{path} --jsonl, line {n}", "schema": schema["items"], "text": line}
                        for n, line in enumerate(lines, 1)]
    # The verdict "no" is a document too.
    place.w.write("galaxies/broken.xml", "<user")
    done = house.run("repo", "validate", "--json", cwd=place.w.root)
    check(done.returncode == 2, f"tk repo validate of a broken tree: {done.returncode} {done.stderr}")
    outputs.append({"name": "tk repo validate, broken", "schema": verbs["tk repo validate"].spec["schema"], "text": done.stdout})
    lines = "".join(json.dumps(o) + "\n" for o in outputs)
    judged = subprocess.run([sys.argv[2]], input=lines, capture_output=True, text=True)
    check(judged.returncode == 0, judged.stdout)
    # The judge can say no.
    lines = json.dumps({"name": "planted", "schema": outputs[0]["schema"], "text": '"x"'}) + "\n"
    check(subprocess.run([sys.argv[2]], input=lines, capture_output=True, text=True).returncode == 1, "the judge takes anything")
    found.end(f"{len(CASES)} verbs, {len(outputs)} outputs fit their schemas")


if __name__ == "__main__":
    main()
