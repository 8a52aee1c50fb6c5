#!/usr/bin/env python3
# An agent that asks, and then tries everything to be the one who answers.
import ctypes, json, os, re, subprocess, sys, time
sys.stdin.read()
tk, out, stolen = os.environ["TK"], "@OUT@", json.load(open("@STOLEN@"))
done = subprocess.run([tk, "record", "step", "@RELEASE@", "tag", "to=child", "--reason", "why"], capture_output=True, text=True, cwd="@ROOT@")
item = re.search(r"item ([0-9a-f-]{36})", done.stderr).group(1)
answer = [tk, "inbox", "answer", item, "approve"]
clean = {"PATH": os.environ["PATH"], "HOME": "@HOME@"}
without = {k: v for k, v in os.environ.items() if k != "TK_TOKEN"}
def note(way, code, said): open(out, "a").write(json.dumps([way, code, said.strip()[:300]]) + "\n")
def attempt(way, argv, env, **more):
    done = subprocess.run(argv, env=env, cwd="@ROOT@", stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, **more)
    note(way, done.returncode, done.stdout + done.stderr)
attempt("own token", answer, dict(os.environ))
attempt("no token", answer, without)
attempt("empty token", answer, {**without, "TK_TOKEN": ""})
attempt("clean environment", answer, clean)
attempt("new session", answer, clean, start_new_session=True)
attempt("another trace", answer, {**clean, "TRACEPARENT": "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"})
attempt("as the owner", answer + ["--as", "@ME@"], clean)
attempt("as a lead", answer + ["--as", "user:lea0"], clean)
attempt("another agent's token", answer, {**clean, "TK_TOKEN": stolen["imp"]})
attempt("a lead's token", answer, {**clean, "TK_TOKEN": stolen["lead"]})
attempt("a token for a lead", [tk, "acl", "token", "--for", "user:lea0"], dict(os.environ))
attempt("a token for the owner", [tk, "acl", "token", "--for", "@ME@"], clean)
attempt("a token in the name of a lead", [tk, "acl", "token", "--for", "agent:bot", "--on-behalf-of", "user:lea0"], clean)
attempt("by another shell", ["sh", "-c", "exec env -i PATH=\"$PATH\" HOME=@HOME@ \"$0\" \"$@\"", *answer], without)
attempt("deny", answer[:-1] + ["deny"], clean)
def filtered():
    # A filter of one's own over the mark: prctl(0x746b6d61, …) gives EINVAL, as where there is no mark.
    libc = ctypes.CDLL(None, use_errno=True)
    code = b"".join(k.to_bytes(2, "little") + bytes([t, f]) + v.to_bytes(4, "little") for k, t, f, v in
                    ((0x20, 0, 0, 0), (0x15, 0, 3, 157), (0x20, 0, 0, 16), (0x15, 0, 1, 0x746b6d61), (0x06, 0, 0, 0x00050016), (0x06, 0, 0, 0x7fff0000)))
    buffer = ctypes.create_string_buffer(code)
    class Program(ctypes.Structure): _fields_ = [("n", ctypes.c_ushort), ("at", ctypes.c_void_p)]
    libc.prctl(38, 1, 0, 0, 0)
    if libc.prctl(22, 2, ctypes.byref(Program(len(code) // 8, ctypes.addressof(buffer))), 0, 0) != 0: os._exit(99)
attempt("a filter over the mark", answer, clean, preexec_fn=filtered)
def orphan(way, before):
    # Forks twice, leaves session and environment behind, and lets init adopt it.
    if os.fork(): return
    os.setsid()
    if os.fork(): os._exit(0)
    for fd in (0, 1, 2): os.dup2(os.open(os.devnull, os.O_RDWR), fd)
    mine = os.getppid()
    before()
    open("/proc/self/comm", "w").write("bash")
    done = subprocess.run(answer, env=clean, cwd="@ROOT@", stdin=subprocess.DEVNULL, capture_output=True, text=True)
    note(way, done.returncode, "parent %d; " % os.getppid() + done.stdout + done.stderr)
    os._exit(0)
def adopted():
    for _ in range(200):
        if os.getppid() == 1: return
        time.sleep(0.02)
def alone():
    adopted()
    for _ in range(1500):
        if not os.path.exists("/proc/%d" % parent): return
        time.sleep(0.02)
parent = os.getppid()
orphan("an orphan", adopted)
orphan("an orphan after the run", alone)
for _ in range(500):
    if os.path.exists(out) and "an orphan\"" in open(out).read(): break
    time.sleep(0.02)
if "@KILL@" == "yes": os.kill(parent, 9)
print("{}")
