"""What mishaps.py, members.py and broken.py have in common: a vault, checks that are counted, and that none of them hangs."""
import hashlib, os, pathlib, subprocess, sys, time
from vault_place import Place, box

TK = os.path.abspath(sys.argv[1])
SEED = int(os.environ.get("TK_SEED", "11"))
wrong, checked = [], 0


def check(what, right):
    global checked; checked += 1
    if not right: wrong.append(what)
    return right


def tk(p, *words, cwd=None, seconds=10, without=None, **more):
    """Bounded; a status of None is one that hung. `without` a layer of the kernel's."""
    began = time.time()
    if "input" not in more: more.setdefault("stdin", subprocess.DEVNULL)
    argv = p.argv(box.without(without, TK, *words) if without else [TK, *words])
    try: done = subprocess.run(argv, cwd=cwd or p.ws, env=p.env, capture_output=True, timeout=seconds, **more)
    except subprocess.TimeoutExpired as e: done = subprocess.CompletedProcess(words, None, e.stdout or b"", e.stderr or b"")
    done.took = time.time() - began
    return done


def ended(process, seconds=5):
    """Its status; None: it went on, and was killed."""
    try: return process.wait(seconds)
    except subprocess.TimeoutExpired: process.kill(); process.wait()


def told(done): return f"{done.args[-7:]}: {done.returncode} {done.stdout[-200:]!r} {done.stderr[-300:]!r}"
def head(p, cwd=None): return p.do("git", "rev-parse", "HEAD", cwd=cwd).stdout.strip()
def commit(p, what, cwd=None): p.do("git", "add", "-A", cwd=cwd); p.do("git", "commit", "-qm", what, cwd=cwd)
def read(path): return pathlib.Path(path).read_text()
def write(path, text): pathlib.Path(path).write_bytes(text.encode())
def run(p, name, *more, **where): return tk(p, "vault", "run", "--use", name, *more, "--", "echo", "started", **where)


def refused(done, codes, word=""):
    """One error, no traceback of anything, no signal, nothing was started."""
    one = 0 < done.stderr.count(b"\n") <= 3 and done.stderr.count(b"TK-") == 1 and word.encode() in done.stderr
    return check(f"{told(done)}; wanted {codes} {word}", done.returncode in codes and one and b"started" not in done.stdout)


def used(p, name, value, cwd=None):
    """By its hash, which is what comes out: it, or which of several it is."""
    done = tk(p, "vault", "run", "--use", name + "=IT", "--", "sh", "-c", 'printf %s "$IT" | sha256sum', cwd=cwd)
    got = [v for v in ([value] if isinstance(value, str) else value) if hashlib.sha256(v.encode()).hexdigest() == done.stdout[:64].decode()]
    return check(f"{name} is used: {told(done)}", done.returncode == 0 and len(got) == 1) and got[0]


def judge(cases, also=()):
    """Each in a place of its own, those of `also` as somebody without rights, too; of the command line only those named."""
    plan = [(c, os.getuid()) for c in cases] + [(c, 65534) for c in also if os.getuid() == 0]
    for case, uid in [c for c in plan if not sys.argv[2:] or c[0].__name__ in sys.argv[2:]]:
        began, before, bad = time.time(), checked, len(wrong)
        p = Place(TK, uid)
        try: p.set("one", "value-of-one-1"); case(p)
        except Exception as e: wrong.append(f"{type(e).__name__} at line {e.__traceback__.tb_next and e.__traceback__.tb_next.tb_lineno}: {e}")
        finally: p.close()
        wrong[bad:] = [f"{case.__name__}, uid {uid}: {w}" for w in wrong[bad:]]
        print(f"{case.__name__}, uid {uid}: {checked - before} checked, {len(wrong) - bad} wrong, {time.time() - began:.1f} s", flush=True)
    if wrong: sys.exit("\n".join(w[:900] for w in wrong))
    print(f"{len(cases)} kinds, {checked} checks (seed {SEED}): nothing leaks, hangs, or is used that nobody signed")
