#!/usr/bin/env python3
"""`tk demo code-review --ask` on a real terminal: the findings are shown, the answer is taken from the
person at it, and the exit status is the verdict's."""
import json, os, pty, select, sys, tempfile, time


def ask(tk, answer):
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "report.json")
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(tk, [tk, "demo", "code-review", "--ask", "--json", "--out", report])
        seen, sent, end = b"", False, time.time() + 120
        while time.time() < end:
            ready, _, _ = select.select([fd], [], [], 1)
            if ready:
                try:
                    chunk = os.read(fd, 65536)
                except OSError:
                    break
                if not chunk:
                    break
                seen += chunk
            if b"[y/N]" in seen and not sent:
                os.write(fd, answer + b"\n")
                sent = True
        _, status = os.waitpid(pid, 0)
        assert sent, seen.decode(errors="replace")
        assert b"orders.py:16" in seen and b"payment.js:3" in seen, "the findings are not shown before the question"
        return os.waitstatus_to_exitcode(status), json.load(open(report))


def main():
    tk = sys.argv[1]
    status, report = ask(tk, b"y")
    assert (status, report["verdict"]) == (0, "approved"), (status, report["verdict"])
    assert report["approved_by"].startswith("user:acme/") and "rita" not in report["approved_by"]
    status, report = ask(tk, b"no")
    assert (status, report["verdict"], report["approved_by"]) == (1, "rejected", None)
    print("asked twice on a pty: approved and rejected")


main()
