"""A workspace with a vault (tests/box/place.py has the rest of it)."""
import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "box"))
import place as box


class Place(box.Place):
    def __init__(self, tk, uid):
        super().__init__(tk, uid)
        self.do(tk, "vault", "init")
        self.do(tk, "repo", "new", "rule", "uses", "effect=permit", "role=role:agent", "actions=secret.use", "resource=secret:w/for-bot")

    def set(self, name, value, *options, code=0): return self.do(self.tk, "vault", "set", name, "--keep-newline", *options, code=code, input=value)
    def use(self, names, *command, options=(), code=0, **more):
        uses = [w for n in names for w in ("--use", n)]
        return self.do(self.tk, "vault", "run", *uses, *options, *(("--", *command) if command else ()), code=code, **more)


def places(tk):
    for uid in (0, 65534) if os.geteuid() == 0 else (os.getuid(),):
        p = Place(tk, uid)
        try:
            first = p.do(tk, "vault", "run", "--", "true", code=None)
            if uid and first.returncode != 0 and "TK-BOX-0001" in first.stderr: print(f"SKIP: no box without root here: {first.stderr.strip()}")
            else: yield p
        finally: p.close()
