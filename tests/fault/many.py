#!/usr/bin/env python3
"""20 users and 100 agents write at once, through processes and through resident writers: what was
acknowledged stands in the journal exactly once, each record's version is the number of its rows, and
nobody is ever told that the database is busy. A conflict is a legal answer; the same key goes again."""
import collections, os, random, sqlite3, subprocess, sys, threading, time
from workspace import Workspace

FULL = bool(os.environ.get("TK_FULL"))
WRITERS, SECONDS, RECORDS = 8, 20 if FULL else 3, 6
USERS, AGENTS = 20, 100


def declare(w):
    """Everybody in two files, and the right to count; gives each actor's id by its name."""
    ids = {f"{kind}:w/{kind}{n}": f"0192f3aa-0000-7000-8000-{at + n:012x}"
           for kind, count, at in (("user", USERS, 0), ("agent", AGENTS, 1000)) for n in range(count)}
    for kind, more in (("user", ""), ("agent", ' sponsor="user:user0" template="counting"')):
        os.makedirs(w.path(f"galaxies/w/{kind}s"), exist_ok=True)
        w.write(f"galaxies/w/{kind}s/team.xml", f"<{kind}s>\n" + "".join(
            f'  <{kind} id="{id}" name="{ref.split("/")[1]}"{more}/>\n'
            for ref, id in ids.items() if ref.startswith(kind)) + f"</{kind}s>\n")
    w.write("galaxies/w/roles/counting.xml", '<roles><role name="counting"/></roles>\n')
    w.write("galaxies/w/rules/counting.xml", '<rules><rule id="counting" effect="permit" role="role:counting" '
            'actions="counter.tick" resource="counter:**"/></rules>\n')
    w.write("galaxies/w/grants/counting.xml", '<grants><grant id="users-count" role="role:counting" to="user:**"/>'
            '<grant id="agents-count" role="role:counting" to="agent:**"/></grants>\n')
    subprocess.run("git add -A && git -c user.name=t -c user.email=t@example.org commit -qm team", shell=True, cwd=w.root, check=True)
    w.run("repo", "validate", check=True)
    return ids


class Writer(threading.Thread):
    def __init__(self, w, k, actors, records, until):
        super().__init__()
        self.w, self.k, self.actors, self.records, self.until = w, k, actors, records, until
        self.asked, self.acknowledged, self.conflicts, self.kills, self.slowest, self.odd = {}, set(), 0, 0, 0, []
        self.resident = k % 2 and subprocess.Popen([os.path.join(os.path.dirname(w.tk), "../libexec/tk/writer")],
            cwd=w.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1)

    def step(self, actor, record, key, fault):
        if not self.resident:
            got = self.w.run("record", "step", record, "tick", f"note={key}", "--key", key, "--as", actor, fault=fault)
            return got.returncode, got.stdout + got.stderr
        self.resident.stdin.write(f"{actor} {record} {key} {key}\n")
        answer = self.resident.stdout.readline()
        return int(answer.split(" ")[0] or 70) if answer else 70, answer

    def run(self):
        rng = random.Random(self.k)
        while time.monotonic() < self.until:
            key = f"{self.k}-{len(self.asked)}"
            actor, record = rng.choice(self.actors), rng.choice(self.records)
            self.asked[key] = actor, record
            # Now and then a process is killed on its way: whether the step landed, the journal tells.
            fault = f"*:{rng.randint(1, 60)}=kill" if rng.random() < 0.05 and not self.resident else None
            while True:
                began = time.monotonic()
                code, said = self.step(actor, record, key, fault)
                self.slowest = max(self.slowest, time.monotonic() - began)
                if any(word in said for word in ("SQLITE_BUSY", "locked", "TK-JRN-0003")): self.odd.append(said)
                if code != 4 or "TK-REC-0005" not in said: break
                self.conflicts += 1
            if code == 0: self.acknowledged.add(key)
            elif code == -9 and fault: self.kills += 1
            else: self.odd.append(f"{key}: {code} {said}")
        if self.resident:
            self.resident.stdin.close()
            if self.resident.wait(60) != 0: self.odd.append(f"the resident writer ended with {self.resident.returncode}")


def main():
    w = Workspace(sys.argv[1])
    ids = declare(w)
    records = [w.json("record", "new", "counter")["id"] for _ in range(RECORDS)]
    until = time.monotonic() + SECONDS
    writers = [Writer(w, k, list(ids), records, until) for k in range(WRITERS)]
    for writer in writers: writer.start()
    for writer in writers: writer.join()
    odd = [line for writer in writers for line in writer.odd]
    assert not odd, f"{len(odd)} odd answers: {odd[:5]}"
    asked = {key: what for writer in writers for key, what in writer.asked.items()}
    acknowledged = set().union(*(writer.acknowledged for writer in writers))

    con = sqlite3.connect(f"file:{w.path('.tk/journal.db')}?mode=ro", uri=True)
    rows = con.execute("SELECT idempotency_key, on_behalf_of, entity_id FROM journal WHERE event_type LIKE 'counter.%' "
                       "AND trigger='tick'").fetchall()
    landed = collections.Counter(key.split("/")[-1] for key, _, _ in rows)
    for key, behalf, record in rows:
        actor, wanted = asked[key.split("/")[-1]]
        assert behalf == ids[actor] and record == wanted, f"{key}: {behalf} on {record}, not {actor} on {wanted}"
    lost, doubled = acknowledged - set(landed), [key for key, n in landed.items() if n > 1]
    assert not lost and not doubled, f"lost: {sorted(lost)[:5]}, doubled: {doubled[:5]}"
    for record in records:
        version, own = w.json("record", "show", record)["version"], sum(r == record for _, _, r in rows)
        assert version == own + 1, f"record {record}: version {version} after {own} steps"
    assert acknowledged, "nothing was written"
    w.verify()
    resident = sum(len(writer.acknowledged) for writer in writers if writer.resident)
    print(f"{USERS} users, {AGENTS} agents, {WRITERS} writers, {SECONDS} s: {len(acknowledged)} steps acknowledged ({resident} by resident "
          f"writers) by {len({asked[k][0] for k in acknowledged})} actors, {sum(x.kills for x in writers)} killed of which "
          f"{len(set(landed) - acknowledged)} had landed, {sum(x.conflicts for x in writers)} conflicts retried, slowest answer {max(x.slowest for x in writers):.1f} s; 0 lost, 0 doubled, 0 busy")


main()
