"""What the fault tests share: a workspace with a counter record and a workflow, and tk as a process."""
import json, os, sqlite3, subprocess, tempfile

COUNTER = """record = "counter"
initial = "on"
[fields]
note = { type = "text" }
[[state]]
name = "on"
[[transition]]
event = "tick"
from = ["on"]
to = "on"
input = { note = "text" }
[[transition]]
event = "ask"
from = ["on"]
input = { note = "text" }
obligations = [{ kind = "four-eyes" }]
"""

WOT = """wot = "chain"
will = "Count to four"
[input]
n = "int"
[[step]]
agent = "one"
[[step]]
parallel = ["two", "three"]
will = { b = "n", c = "m" }
[[step]]
cast = "gate"
prompt = "Go on?"
[[step]]
agent = "four"
feedback = { map = { m = "n" }, max_iterations = 2, threshold = 0.5, metric = "sum", to = "one" }
"""

TEMPLATES = {
    "one": ("n = \"int\"", "n = \"int\"", '{"n": 1}'),
    "two": ("n = \"int\"", "b = \"int\"", '{"b": 2}'),
    "three": ("n = \"int\"", "c = \"int\"", '{"c": 3}'),
    "four": ("n = \"int\"\nm = \"int\"", "sum = \"int\"\nm = \"int\"", '{"sum": 5, "m": 3}'),
}


class Workspace:
    def __init__(self, tk, workflow=False):
        self.tk = tk
        self.holder = tempfile.TemporaryDirectory(prefix="tk-fault-")
        self.root = os.path.join(self.holder.name, "w")
        self.run("init", self.root, cwd=self.holder.name, check=True)
        os.mkdir(self.path("records"))
        self.write("records/counter.toml", COUNTER)
        if workflow:
            os.makedirs(self.path("wots"), exist_ok=True)
            self.write("wots/chain.toml", WOT)
            for name, (inputs, outputs, answer) in TEMPLATES.items():
                os.makedirs(self.path(f"templates/{name}"))
                self.write(f"templates/{name}/template.toml",
                           f'name = "{name}"\nversion = "1"\nobjective = "x"\nbackend = "exec"\n'
                           f'command = ["./run"]\n[input]\n{inputs}\n[output]\n{outputs}\n')
                self.write(f"templates/{name}/run",
                           f"#!/bin/sh\ncat >/dev/null\necho {name} >> {self.out()}/ran\necho '{answer}'\n")
                os.chmod(self.path(f"templates/{name}/run"), 0o755)
                self.run("repo", "new", "agent", name, f"template={name}", "sponsor=user:" + self.user(), check=True)
        subprocess.run("git add -A && git -c user.name=t -c user.email=t@example.org commit -qm records",
                       shell=True, cwd=self.root, check=True)
        self.run("status", check=True)

    def out(self):
        """A folder outside that agents may write: their programs run in boxes, and law lets them."""
        out = os.path.join(self.holder.name, "out")
        if not os.path.isdir(out):
            os.mkdir(out)
            os.chmod(out, 0o777)
            os.makedirs(self.path("profiles"), exist_ok=True)
            self.write("profiles/out.toml", f'write = ["{os.path.realpath(out)}"]\n')
            with open(self.path("tk.toml"), "a") as f: f.write('\n[agent]\nbox = "out"\n')
            self.run("repo", "new", "rule", "out", "effect=permit", "role=role:agent", "actions=box.run", "resource=box:**/out", check=True)
        return os.path.realpath(out)

    def user(self):
        return json.loads(self.run("status", "--json", check=True).stdout)["actor"].split("/")[-1]

    def path(self, below):
        return os.path.join(self.root, below)

    def write(self, below, text):
        with open(self.path(below), "w") as f:
            f.write(text)

    def copy(self, below, to):
        """A copy of a database with what is in its WAL, beside the workspace."""
        with sqlite3.connect(self.path(below)) as a, sqlite3.connect(os.path.join(self.holder.name, to)) as b: a.backup(b)

    def run(self, *words, fault=None, cwd=None, check=False):
        env = dict(os.environ)
        env.pop("TK_FAIL_AT", None)
        if fault:
            env["TK_FAIL_AT"] = fault
        done = subprocess.run([self.tk, *words], cwd=cwd or self.root, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)
        if check and done.returncode != 0:
            raise AssertionError(f"tk {' '.join(words)}: {done.returncode}\n{done.stderr}")
        return done

    def json(self, *words):
        return json.loads(self.run(*words, "--json", check=True).stdout)

    def mend(self):
        """What a person must do after a flush that failed before work goes on; else it does nothing."""
        self.run("doctor", "--mend")

    def verify(self):
        done = self.run("log", "verify")
        assert done.returncode == 0, f"tk log verify: {done.returncode} {done.stderr}"
