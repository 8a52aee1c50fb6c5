#!/usr/bin/env python3
"""The power is cut, by simulation: what SQLite's files hold on the disk at a moment is made from the log
of all writes, flushes and acknowledgements of several writers (TK_RECORD_WRITES, core/os/write_log.hpp).
On the disk is what was written before a flush that was done; of what came later none, all, or any part
in sectors of 512 bytes. The journal must open and verify, and have every row that was acknowledged."""
import concurrent.futures, os, random, resource, shutil, sqlite3, subprocess, sys, threading, time
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
SEED = int(os.environ.get("TK_SEED", "20261124"))
# rounds of: residents, steps of each, steps by processes, steps that are killed, residents killed, cuts
ROUNDS = [(4, 150, 20, 0, 0, 90), (4, 110, 10, 30, 2, 90)] + FULL * [(6, 300, 60, 0, 0, 900), (6, 250, 40, 150, 4, 900)] * 3
MOST = 400 << 20  # bytes of one log
SECTOR = 512


class Lost(Exception):
    pass


class File:
    """Bytes as they are, as the disk holds them for sure, and what was written since."""
    def __init__(self):
        self.now, self.sure, self.since, self.done = bytearray(), bytearray(), [], 0  # done: ops in sure

    def write(self, op):
        self.since.append(op)
        put(self.now, op)

    def flushed(self, until):
        for op in self.since[:max(0, until - self.done)]: put(self.sure, op)
        del self.since[:max(0, until - self.done)]
        self.done = max(self.done, until)

    def after_cut(self, rng, keep, torn):
        left = bytearray(self.sure)
        for op in self.since:
            for part in (sectors(op) if torn else [op]):
                if rng.random() < keep: put(left, part)
        return left


def put(into, op):
    at, data = op
    if data is None:
        del into[at:]
        into.extend(bytes(at - len(into)))
        return
    if len(into) < at: into.extend(bytes(at - len(into)))
    into[at:at + len(data)] = data


def sectors(op):
    at, data = op
    if data is None: return [op]
    edges = [at, *range((at // SECTOR + 1) * SECTOR, at + len(data), SECTOR), at + len(data)]
    return [(a, data[a - at:b - at]) for a, b in zip(edges, edges[1:])]


class Disk:
    def __init__(self):
        self.files, self.names, self.sure_names, self.folder, self.folder_done = [], {}, {}, [], 0
        self.begun, self.acknowledged = {}, 0

    def name(self, name, file):
        self.names[name] = file
        self.folder.append((name, file))

    def replay(self, line):
        pid, kind, *rest = line.split(b" ")
        if kind == b"a":
            self.acknowledged = max(self.acknowledged, int(rest[0]))
            return
        name = rest[0].decode()
        if kind == b"c" or (kind == b"w" and self.names.get(name) is None):
            if self.names.get(name) is None: self.name(name, File())
        if kind == b"d": self.name(name, None)
        if kind == b"w": self.names[name].write((int(rest[1]), bytes.fromhex(rest[3].decode())))
        if kind == b"t": self.names[name].write((int(rest[1]), None))
        if kind not in b"bs": return
        file = self if name == "." else self.names.get(name)
        if file is None: return
        if kind == b"b": self.begun[pid, id(file)] = file.done + len(file.since), file
        else: file.flushed(self.begun.pop((pid, id(file)))[0])

    # the folder is flushed like a file
    @property
    def since(self): return self.folder
    @property
    def done(self): return self.folder_done

    def flushed(self, until):
        for name, file in self.folder[:max(0, until - self.folder_done)]: self.sure_names[name] = file
        del self.folder[:max(0, until - self.folder_done)]
        self.folder_done = max(self.folder_done, until)

    def after_cut(self, rng):
        """{name: bytes}: names, too, are what a flush of the folder made sure, then any that came later."""
        keep, torn = rng.choice([(0, False), (0.5, False), (0.9, True), (0.5, True), (0.1, True), (1, False)])
        names = dict(self.sure_names)
        stopped = set()
        for name, file in self.folder:
            if name not in stopped and rng.random() < (keep or 0.5): names[name] = file
            else: stopped.add(name)
        return {name: file.after_cut(rng, keep, torn) for name, file in names.items() if file}


def lines_of(log):
    """Lines that are whole: a process that was killed while it logged leaves a piece of one."""
    assert os.path.getsize(log) < MOST, "the log of the writes is too long"
    whole = []
    with open(log, "rb") as f:
        for line in f:
            words = line.rstrip(b"\n").split(b" ")
            if len(words) < 3 or (words[1] == b"w" and (len(words) < 6 or len(words[5]) != 2 * int(words[4]))): continue
            whole.append(b" ".join(words))
    return whole


def write_all(w, log, rng, residents, each, processes, kills, killed):
    """Writers at work; returns how many times the WAL began anew, as the log tells."""
    records = [w.json("record", "new", "counter")["id"] for _ in range(residents)]
    env = dict(os.environ)
    def start():
        return subprocess.Popen([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")], cwd=w.root, env=env,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
                                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST)))
    me = f"user:{w.user()}"
    doomed = set(rng.sample(range(residents), killed))
    deaths = {k: rng.randint(each // 4, each) for k in doomed}
    odd = []
    def resident(k):
        p = start()
        for n in range(each):
            p.stdin.write(f"{me} {records[k]} r{k}-{n} {'x' * (n * 37 % 900)}-{k}-{n}\n")
            if deaths.get(k) == n:  # anywhere in its step
                time.sleep(random.Random(SEED + k).random() / 500)
                p.kill()
                p.wait()
                p = start()
                continue
            answer = p.stdout.readline()
            if not answer.startswith("0 "): odd.append(answer)
        return p
    def process(k):
        own = w.json("record", "new", "counter")["id"]
        own_rng = random.Random(SEED * 7 + k)
        for n in range(processes + kills):
            fault = f"*:{own_rng.randint(1, 90)}=kill" if n % (processes + kills) >= processes else None
            got = w.run("record", "step", own, "tick", f"note=p{k}-{n}", "--key", f"p{k}-{n}", fault=fault)
            if got.returncode not in ((0, -9) if fault else (0,)): odd.append(got.stderr)
    with concurrent.futures.ThreadPoolExecutor(residents + 2) as pool:
        by_process = [pool.submit(process, k) for k in range(2)]
        left = [f.result() for f in [pool.submit(resident, k) for k in range(residents)]]
        for f in by_process: f.result()
    assert not odd, odd[:5]
    if not kills and not killed:  # everything is quiet, and the WAL is there: the log tells exactly what the files hold
        disk = Disk()
        for line in lines_of(log): disk.replay(line)
        for name in ("journal.db", "journal.db-wal"):
            assert bytes(disk.names[name].now) == open(w.path(f".tk/{name}"), "rb").read(), f"the log does not tell all of {name}"
    for p in left:
        p.stdin.close()
        assert p.wait(60) == 0
    w.run("record", "step", records[0], "tick", "note=last", check=True)  # the last one leaves the database alone
    assert not os.path.exists(w.path(".tk/journal.db-wal"))


def rows_of(path):
    con = sqlite3.connect(path)
    try:
        return con.execute("SELECT j.*, s.payload, s.changes FROM journal j LEFT JOIN side s USING (seq) ORDER BY seq").fetchall()
    finally:
        con.close()


class Copy:
    def __init__(self, w, k):
        self.w, self.root = w, os.path.join(w.holder.name, f"cut{k}")
        shutil.copytree(w.root, self.root, ignore=shutil.ignore_patterns(".tk"), symlinks=True)

    def check(self, files, acknowledged, rows):
        state = os.path.join(self.root, ".tk")
        shutil.rmtree(state, ignore_errors=True)
        os.mkdir(state)
        for name, data in files.items():
            with open(os.path.join(state, name), "wb") as f: f.write(data)
        if acknowledged == 0: return 0  # nobody was told of anything yet
        got = self.w.run("log", "verify", cwd=self.root)
        if got.returncode != 0: raise Lost(f"verify {got.returncode}: {got.stderr.strip()}")
        there = rows_of(os.path.join(state, "journal.db"))
        if there[:acknowledged] != rows[:acknowledged]:
            same = sum(1 for _ in iter_same(there, rows))
            raise Lost(f"{acknowledged} rows were acknowledged, {same} are there")
        return acknowledged


def iter_same(a, b):
    for x, y in zip(a, b):
        if x != y: return
        yield x


def cuts_of(lines, rng, count):
    """A third anywhere, a third just after an acknowledgement, a third while the database is written to."""
    acks = [n for n, line in enumerate(lines) if line.split(b" ", 2)[1] == b"a"]
    moves = [n for n, line in enumerate(lines) if line.split(b" ", 3)[1:3] == [b"w", b"journal.db"]]
    return sorted(rng.choice([range(len(lines)), acks, moves][n % 3]) + 1 for n in range(count))


def one_round(tk, number, what):
    *work, count = what
    rng = random.Random(SEED + number)
    log = os.environ["TK_RECORD_WRITES"]
    open(log, "w").close()
    w = Workspace(tk)
    write_all(w, log, rng, *work)
    os.environ.pop("TK_RECORD_WRITES")
    rows = rows_of(w.path(".tk/journal.db"))
    lines = lines_of(log)
    anew = sum(line.split(b" ", 4)[1:4] == [b"w", b"journal.db-wal", b"0"] for line in lines)
    assert anew > 4, f"the WAL began anew {anew} times only"
    copies, free = [Copy(w, k) for k in range(2)], threading.Semaphore(2)
    disk, at, checked, losses = Disk(), 0, 0, []
    def check(files, acknowledged, cut):
        copy = copies.pop()
        try:
            return copy.check(files, acknowledged, rows)
        except Lost as why:
            losses.append(f"round {number}, cut after line {cut} of {len(lines)}: {why}")
            return 0
        finally:
            copies.append(copy)
            free.release()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = []
        for cut in cuts_of(lines, rng, count):
            while at < cut:
                disk.replay(lines[at])
                at += 1
            free.acquire()
            waiting.append(pool.submit(check, disk.after_cut(rng), disk.acknowledged, cut))
        checked = sum(f.result() for f in waiting)
    for line in lines[at:]: disk.replay(line)
    assert bytes(disk.names["journal.db"].now) == open(w.path(".tk/journal.db"), "rb").read(), "the log does not tell all"
    assert disk.acknowledged == len(rows), (disk.acknowledged, len(rows))
    return count, checked, len(rows), anew, losses


def main():
    began = time.monotonic()
    with_log = os.path.join(os.path.dirname(os.path.abspath(sys.argv[1])), f"powercut.{os.getpid()}.log")
    total, checked, rows, anew, losses = 0, 0, 0, 0, []
    try:
        for number, what in enumerate(ROUNDS):
            os.environ["TK_RECORD_WRITES"] = with_log
            a, b, c, d, e = one_round(sys.argv[1], number, what)
            total, checked, rows, anew, losses = total + a, checked + b, rows + c, anew + d, losses + e
    finally:
        if os.path.exists(with_log): os.unlink(with_log)
    assert not losses, f"{len(losses)} of {total} cuts lost something:\n" + "\n".join(losses[:20])
    print(f"{len(ROUNDS)} rounds, {rows} rows, {anew} times the WAL began anew; {total} cuts, {checked} acknowledged rows looked for: "
          f"0 lost; {time.monotonic() - began:.0f} s")


main()
