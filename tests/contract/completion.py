#!/usr/bin/env python3
"""Completion as a person has it: TAB pressed in real bash, zsh and fish on a terminal, and what `tk
__complete` may and may not do. A shadow of tk in PATH logs each call, so that it is seen where none is made."""
import os, pty, re, select, shutil, signal, sqlite3, struct, subprocess, sys, termios, time, fcntl
from house import HERE, THIRD_PARTY, Findings, House
from json_output import Prepared

DEADLINE = 20
SEQUENCES = re.compile(rb"\x1b(\[[0-9;?>=]*[A-Za-z]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])|\r")


class Terminal:
    """A shell on a pty. Keys are typed at it; a bound key makes it say what stands in its line."""
    DUMP, KILL = b"\x18d", b"\x15"  # C-x d, C-u

    def __init__(self, words, env, cwd, line_file):
        self.line_file, self.count, self.seen = line_file, 0, b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe(words[0], words, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
        self.until(lambda: b"READY" in self.seen, "the prompt")

    def read(self, seconds):
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.fd, 65536)
            except OSError:
                pass

    def until(self, true, what):
        end = time.monotonic() + DEADLINE
        while not true():
            if time.monotonic() > end:
                raise AssertionError(f"no {what}: {SEQUENCES.sub(b'', self.seen)[-2000:].decode(errors='replace')}")
            self.read(0.05)

    def press(self, keys):
        os.write(self.fd, keys if isinstance(keys, bytes) else keys.encode())

    def line(self):
        """What stands in the shell's line now."""
        self.count += 1
        if os.path.exists(self.line_file):
            os.unlink(self.line_file)
        self.press(self.DUMP)
        self.until(lambda: os.path.exists(self.line_file) and open(self.line_file).read().endswith(">>\n"), "line")
        return open(self.line_file).read()[2:-3]

    def complete(self, typed, shows=()):
        """(the line after TAB, what the terminal showed meanwhile)"""
        self.seen = b""
        self.press(typed)
        self.press("\t\t" if shows else "\t")
        shown = lambda: SEQUENCES.sub(b"", self.seen).decode(errors="replace")
        end = time.monotonic() + DEADLINE / 4
        while not all(s in shown() for s in shows) and time.monotonic() < end:
            self.read(0.05)
        if not shows:
            line = self.line()
        else:
            line = typed
        self.press(b"\x07" if shows else b"")
        self.press(self.KILL)
        return line, shown()

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Shells:
    """The three shells, set up as their users set them up, with tk's own scripts."""
    def __init__(self, house, place):
        self.house, self.place = house, place
        self.folder = os.path.join(house.holder.name, "shells")
        self.shadow = os.path.join(self.folder, "shadow")
        self.log, self.started, self.silent = (os.path.join(self.folder, n) for n in ("calls", "greet-asked", "silent-started"))
        os.makedirs(self.shadow)
        for name, text in {"tk": f'#!/bin/sh\necho "$*" >>{self.log}\nexec {house.tk} "$@"\n',
                           "tk-silent": f"#!/bin/sh\necho \"$*\" >>{self.silent}\n",
                           # A name that is code; nobody's shell may run it.
                           "tk-$(touch pwned)": "#!/bin/sh\n"}.items():
            with open(os.path.join(self.shadow, name), "w") as f:
                f.write(text)
            os.chmod(f.name, 0o755)
        self.env = dict(house.env, PATH=f"{self.shadow}:{house.path}", TERM="xterm", TK_GREET_LOG=self.started,
                        ZDOTDIR=self.folder, XDG_CONFIG_HOME=os.path.join(self.folder, "config"), HISTFILE="/dev/null")

    def render(self, shell, file, *names, append=False):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "a" if append else "w") as f:
            f.write(self.house.run("help", "--render", shell, *names).stdout)

    def start(self, shell, third_party_table=False):
        line = os.path.join(self.folder, "line")
        rc = os.path.join(self.folder, {"bash": "bashrc", "zsh": ".zshrc", "fish": "config/fish/config.fish"}[shell])
        own = os.path.join(self.folder, {"bash": "tk.bash", "zsh": "fpath/_tk", "fish": "config/fish/completions/tk.fish"}[shell])
        self.render(shell, own)
        if shell == "bash":
            setup = f"""source {own}\nPS1='READY> '
bind 'set bell-style none' 'set completion-query-items 0' 'set page-completions off'
dump() {{ printf '<<%s>>\\n' "$READLINE_LINE" >{line}; }}\nbind -x '"\\C-xd": dump'\n"""
            words = ["bash", "--noprofile", "--rcfile", rc, "-i"]
        elif shell == "zsh":
            setup = f"""fpath=({self.folder}/fpath $fpath)\nautoload -U compinit\ncompinit -u -D\nLISTMAX=0\nPS1='READY> '
setopt no_beep\nbindkey -e\ndump() {{ print -r -- "<<$BUFFER>>" >{line} }}\nzle -N dump\nbindkey '^Xd' dump\n"""
            words = ["zsh", "-d", "-i"]
        else:
            setup = f"""function fish_prompt; echo 'READY> '; end\nfunction fish_greeting; end
function dump; echo '<<'(commandline)'>>' >{line}; end\nbind \\cxd dump\n"""
            words = ["fish", "-i"]
        os.makedirs(os.path.dirname(rc), exist_ok=True)
        with open(rc, "w") as f:
            f.write(setup)
        if third_party_table:
            self.render(shell, rc, "greet", "tally", append=True)
        return Terminal(words, self.env, self.place.w.root, line)

    def calls(self):
        return open(self.log).read().split("\n")[:-1] if os.path.exists(self.log) else []


def cases(shells):
    """(what is typed, what stands there after TAB, whether tk may be asked)"""
    p = shells.place
    run, root = shells.place.open_run, os.path.dirname(p.w.root)
    return [
        ("tk stat", "tk status ", False), ("tk demo c", "tk demo code-review ", False), ("tk wot res", "tk wot resume ", False),
        ("tk log verify --j", "tk log verify --json ", False), ("tk log --rev", "tk log --reverse ", False),
        ("tk wot list --state run", "tk wot list --state running ", False),
        ("tk wot list --state=wai", "tk wot list --state=waiting ", False),
        ("tk help --render f", "tk help --render fish ", False),
        ("tk --ver", "tk --version ", False),
        ("tk gre", "tk greet ", False), ("tk sil", "tk silent ", False),
        ("tk wot run chain --run-file tk.to", "tk wot run chain --run-file tk.toml ", False),
        ("tk wot run chain --run-file=tk.to", "tk wot run chain --run-file=tk.toml ", False),
        ("tk wot run chain --run-file 'odd n", "tk wot run chain --run-file 'odd name' ", False),
        ("tk demo code-review --repo gal", "tk demo code-review --repo galaxies/", False),
        ("tk init gal", "tk init galaxies/", False),
        ("tk -C gal", "tk -C galaxies/", False),
        ("tk wot run ch", "tk wot run chain ", True), ("tk wot resume " + run[:-6], f"tk wot resume {run} ", True),
        (f"tk wot answer {run} g", f"tk wot answer {run} gate ", True),
        ("tk law can agent:w/fo", "tk law can agent:w/four ", True),
        ("tk law can agent:w/four cast.an", "tk law can agent:w/four cast.answer ", True),
        ("tk repo get agent:w/thr", "tk repo get agent:w/three ", True),
        ("tk log --actor agent:w/tw", "tk log --actor agent:w/two ", True),
        ("tk log --actor=agent:w/tw", "tk log --actor=agent:w/two ", True),
        ("tk config workspace.c", "tk config workspace.context ", True),
        ("tk help exit", "tk help exit-codes ", True),
        ("tk explain TK-LAW-0005", "tk explain TK-LAW-0005 ", True),
        (f"tk -C {p.w.root} wot list --state wai", f"tk -C {p.w.root} wot list --state waiting ", False),
        (f"tk -C {p.w.root} wot run ch", f"tk -C {p.w.root} wot run chain ", True),
        ("tk wot list --none-such ", "tk wot list --none-such ", False),
    ]


def third_party(table):
    """With its table in the shell what is static is known without a process."""
    return [("tk greet he", "tk greet hello ", not table), ("tk greet hello --sty", "tk greet hello --style ", not table),
            ("tk greet hello --style lo", "tk greet hello --style loud ", not table),
            ("tk greet hello -s lo", "tk greet hello -s loud ", not table),
            ("tk greet hello --style=lo", "tk greet hello --style=loud ", not table),
            ("tk greet bye gl", "tk greet bye glad ", not table),
            ("tk greet hello --out tk.to", "tk greet hello --out tk.toml ", not table),
            ("tk greet hello al", "tk greet hello alan ", True), ("tk greet hello user:a", "tk greet hello user:ann ", True),
            ("tk greet hello --from tu", "tk greet hello --from turin ", True),
            ("tk tally sum --base 1", "tk tally sum --base 1", not table), ("tk tally --by wo", "tk tally --by words ", not table),
            ("tk tally tk.to", "tk tally tk.toml ", not table)]


def check_tabs(found, shells, shell):
    n = 0
    for table in (False, True):
        terminal = shells.start(shell, table)
        for typed, wanted, may_ask in (cases(shells) if not table else []) + third_party(table):
            before = len(shells.calls())
            for _ in range(5 if may_ask else 1):  # an answer that takes over 100 ms is none: this machine may be busy
                line, shown = terminal.complete(typed)
                if line.rstrip() == wanted.rstrip():
                    break
            n += 1
            # Where more could follow no blank is set; which quotes are used is the shell's taste.
            same = lambda text: text.replace("\\ ", " ").replace("'", "").rstrip()
            found.check(same(line) == same(wanted), f"{shell}: {typed}<TAB>: {line!r}, not {wanted!r}: {shown[-300:]}")
            asked = shells.calls()[before:]
            found.check(may_ask or not asked, f"{shell}: {typed}<TAB> started {asked}")
            found.check(not may_ask or asked, f"{shell}: {typed}<TAB> did not ask")
        # Lists, with what each word is where the shell has room for it.
        for typed, shows in LISTS[shell]:
            for _ in range(5):
                _, shown = terminal.complete(typed, shows)
                if all(s in shown for s in shows):
                    break
            n += 1
            found.check(all(s in shown for s in shows), f"{shell}: {typed}<TAB><TAB> shows {shown!r}, not {shows}")
        _, shown = terminal.complete("tk silent ")
        found.check(not os.path.exists(shells.silent), f"{shell}: a command without a manifest was started")
        terminal.close()
    found.check(os.path.exists(shells.started), f"{shell}: greet was never asked")
    pwned = shells.place.w.path("pwned")
    if not found.check(not os.path.exists(pwned), f"{shell}: a name in PATH was run as code"):
        os.unlink(pwned)
    return n


LISTS = {
    "bash": [("tk wot ", ["resume", "answer", "inbox"]), ("tk wot list --state ", ["running", "timed_out"]),
             ("tk log --", ["--trace", "--reverse", "--quiet"]), ("tk law can agent:w/", ["w/one", "w/four"])],
    "zsh": [("tk wot ", ["resume", "go on with a run", "inbox"]), ("tk wot list --state ", ["running", "timed_out"]),
            ("tk log --", ["--trace", "newest first"]), ("tk law can agent:", ["agent:w/one", "active"]), ("tk l", ["who may do what"])],
    "fish": [("tk wot ", ["resume", "go on with a run", "inbox"]), ("tk wot list --state ", ["running", "timed_out"]),
             ("tk log --", ["--trace", "newest first"]), ("tk law can agent:", ["w/one", "active"]), ("tk l", ["who may do what"])],
}


# ---- `tk __complete` itself

def ask(house, cwd, *words, env=None):
    began = time.monotonic()
    done = house.run("__complete", "--", *words, cwd=cwd, env=env)
    return done, (time.monotonic() - began) * 1000


QUESTIONS = [("wot", "resume", ""), ("wot", "answer", "{run}", ""), ("law", "can", ""), ("law", "can", "agent:one", ""),
             ("law", "can", "agent:one", "cast.answer", ""), ("record", "step", ""), ("record", "step", "{counter}", ""),
             ("repo", "get", ""), ("log", "--actor", ""), ("wot", "run", ""), ("config", ""), ("record", "list", "")]


def check_ruins(found, house, place):
    """Outside of a workspace, and in ruined ones: it says nothing and ends 0."""
    ruins = {"outside": house.empty}
    def every_index(p):  # the kept one, and what this boot's programs give each other
        run = os.path.join(p, ".tk/run")
        return [p + "/.tk/law.idx"] + [os.path.join(run, f) for f in os.listdir(run) if f.startswith("law-")]

    for name, ruin in {"no-law": lambda p: [os.unlink(f) for f in every_index(p)],
                       "broken-law": lambda p: [open(f, "wb").write(b"\0\xff" * 3000) for f in every_index(p)],
                       "empty-law": lambda p: [open(f, "wb").close() for f in every_index(p)],
                       "no-journal": lambda p: os.unlink(p + "/.tk/journal.db"),
                       "broken-journal": lambda p: open(p + "/.tk/journal.db", "wb").write(b"\0\xff" * 3000),
                       "half-a-journal": lambda p: os.truncate(p + "/.tk/journal.db", 5000),
                       "no-state": lambda p: shutil.rmtree(p + "/.tk"),
                       "broken-config": lambda p: open(p + "/tk.toml", "w").write("= [[["),
                       "broken-definition": lambda p: open(p + "/records/counter.toml", "w").write("= [[[")}.items():
        ruins[name] = os.path.join(house.holder.name, "ruin-" + name)
        shutil.copytree(place.w.root, ruins[name])
        for rest in ("-wal", "-shm"):
            if "journal" in name and os.path.exists(ruins[name] + "/.tk/journal.db" + rest):
                os.unlink(ruins[name] + "/.tk/journal.db" + rest)
        ruin(ruins[name])
    for name, folder in ruins.items():
        for question in QUESTIONS:
            words = [w.format(run=place.open_run, counter=place.counter) for w in question]
            done, _ = ask(house, folder, *words)
            found.check(done.returncode == 0 and done.stderr == "", f"{name}: {words}: {done.returncode} {done.stderr}")
            about = {"law": {"no-law", "broken-law", "empty-law", "no-state", "outside"},
                     "record": {"no-journal", "broken-journal", "no-state", "outside"}}
            if question[0] == "law" and name in about["law"] or question[:2] in (("wot", "resume"), ("record", "step")) and name in about["record"]:
                found.check(done.stdout == "", f"{name}: {words} says {done.stdout[:100]}")
    return len(ruins) * len(QUESTIONS)


def tree(folder):
    return {os.path.join(d, f): os.lstat(os.path.join(d, f)).st_mtime_ns for d, ds, fs in os.walk(folder) for f in [*ds, *fs, ""]
            if not f.endswith("-shm")}


def check_reads_only(found, house, place):
    before = tree(place.w.root)
    for question in QUESTIONS:
        words = [w.format(run=place.open_run, counter=place.counter) for w in question]
        trace = os.path.join(house.holder.name, "trace")
        done = subprocess.run(["strace", "-f", "-y", "-e", "trace=open,openat,creat,connect,unlink,rename,mkdir,ftruncate,link", "-o", trace,
                               house.tk, "__complete", "--", *words], cwd=place.w.root, env=house.env, capture_output=True, text=True)
        for line in open(trace):
            writes = re.search(r"O_WRONLY|O_RDWR|O_CREAT|creat\(|connect\(|unlink|rename|mkdir|ftruncate|link\(", line)
            fine = re.search(r"journal\.db-(shm|wal)|/dev/null|readlink|/tsan\.rodata\.", line)  # how SQLite reads; TSan
            found.check(not writes or fine, f"__complete {words}: {line.strip()}")
    found.check(tree(place.w.root) == before, "__complete changed the workspace")


def check_quick(found, house, place):
    """At most 100 ms, also while another process holds the journal for itself. The best of some: the limit
    is tk's, and this machine may be busy with others."""
    limit = 100 * house.patience
    for locked in (False, True):
        if locked:
            db = sqlite3.connect(place.w.path(".tk/journal.db"), isolation_level=None)
            db.execute("PRAGMA locking_mode=EXCLUSIVE"), db.execute("BEGIN EXCLUSIVE")
        for question in QUESTIONS:
            words = [w.format(run=place.open_run, counter=place.counter) for w in question]
            best = 1e9
            for _ in range(10):
                done, took = ask(house, place.w.root, *words)
                found.check(done.returncode == 0 and done.stderr == "", f"locked={locked} {words}: {done.returncode} {done.stderr}")
                best = min(best, took)
                if best <= limit:
                    break
            found.check(best <= limit, f"locked={locked}: __complete {words} takes {best:.0f} ms")
        if locked:
            db.execute("ROLLBACK"), db.close()
    # A third party's command that never answers is ended.
    long = f"1000.{os.getpid()}"  # seconds, and known as ours
    best = min(ask(house, place.w.root, "greet", "hello", "", env=dict(house.env, TK_GREET_HANGS=long))[1] for _ in range(10))
    found.check(best <= limit, f"a third party that hangs holds the shell for {best:.0f} ms")
    end = time.monotonic() + DEADLINE
    hanging = lambda: subprocess.run(["pgrep", "-fx", "sleep " + long], capture_output=True, text=True).stdout
    while hanging() and time.monotonic() < end:
        select.select([], [], [], 0.05)
    found.check(not hanging(), "a third party that hangs is left behind")


def main():
    house, found = House(sys.argv[1]), Findings()
    place = Prepared(house)
    for run in place.w.json("wot", "list"):  # one run waits, so that there is one answer
        if run["state"] == "waiting":
            place.w.run("wot", "answer", run["run"], "gate", "approve")
            place.w.run("wot", "resume", run["run"])
    place.open_run = place.waiting()
    place.w.write("odd name", "")
    shells = Shells(house, place)
    tabs = {shell: check_tabs(found, shells, shell) for shell in ("bash", "zsh", "fish")}
    ruins = check_ruins(found, house, place)
    check_reads_only(found, house, place)
    check_quick(found, house, place)
    found.end(", ".join(f"{n} TABs in {shell}" for shell, n in tabs.items()) + f", {ruins} questions in ruins")


main()
