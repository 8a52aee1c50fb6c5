"""What `strace -f --decode-pids=pidns -o FILE` wrote, call by call."""
import re


def calls_of(trace):
    """(calls, parents): each call as (pid, name, text, result) in the order in which they ended, those of a box by the numbers that its
    processes have outside; and who made whom. All of it is read first: a child may be seen at work before the call that made it returns."""
    calls, parent, unfinished = [], {}, {}
    for line in open(trace, errors="replace"):
        pid, _, call = line.rstrip("\n").partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            unfinished[pid] = call[:-len("<unfinished ...>")]
            continue
        if call.startswith("<... "): call = unfinished.pop(pid, "") + call.partition(" resumed>")[2]
        name, result = call.split("(")[0], call.rpartition("= ")[2]
        if name in ("clone", "clone3", "vfork", "fork"):
            outside = re.search(r"/\* (\d+) in strace's PID NS", result)
            child = outside.group(1) if outside else result.split()[0]
            if child.isdigit(): parent[child] = pid
        calls.append((pid, name, call, result))
    return calls, parent
