#!/usr/bin/env python3
"""The scrubber (core/vault/scrub.hpp): 200 secrets in every form that Python's own encoders give them, in pieces of every size: none
comes out, and what stands between them does; then random text of logs, which goes through as it is. usage: scrub.py PROGRAM
CI: some sizes and 64 MB; TK_FULL=1: pieces of 1 to 4096 bytes, and 1 GB"""
import base64, json, os, random, string, subprocess, sys, tempfile, urllib.parse
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import scrub_forms as forms

PROGRAM, FULL = os.path.abspath(sys.argv[1]), bool(os.environ.get("TK_FULL"))
rng = random.Random(20261129)


def leaks(secrets, folder):
    text = [b"<%d|" % i + form + b"|>\n" for i, form in enumerate(forms.planted(secrets))]
    rng.shuffle(text)
    sizes = list(range(1, 4097)) if FULL else [1, 2, 3, 5, 7, 8, 9, 13, 31, 64, 127, 1000, 4095, 4096]
    said, first = b"", "65536"
    for at in range(0, len(sizes), 64):
        done = subprocess.run([PROGRAM, folder + "/secrets", first, *map(str, sizes[at:at + 64])], input=b"".join(text), capture_output=True, timeout=3000)
        assert done.returncode == 0, done.stderr.decode()
        said = done.stdout
    found, planted, wrong = forms.judge(said, secrets)
    for w in wrong[:20]: print("LEAK", w)
    print(f"{len(secrets)} secrets in {len(forms.FORMS)} forms, pieces of {len(sizes)} sizes: {found} of {planted} masked, {planted - found} leaks", flush=True)
    return planted - found


def text_of_logs(megabytes):
    words = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 11))) for _ in range(3000)]
    lines = []
    for _ in range(20000):
        lines.append(f"2026-11-29T12:{rng.randint(0, 59):02}:{rng.random() * 60:06.3f}Z {rng.choice(['INFO', 'WARN', 'DEBUG'])} {' '.join(rng.choices(words, k=rng.randint(4, 14)))} id={rng.randbytes(16).hex()} "
                     f"token={base64.b64encode(rng.randbytes(12)).decode()} url=/a/{urllib.parse.quote(''.join(rng.choices(string.printable[:94], k=12)))} {json.dumps(''.join(rng.choices(string.printable, k=10)))}")
    block = ("\n".join(lines) + "\n").encode()
    for _ in range(max(1, megabytes * 1000000 // len(block))):
        yield block
        rng.shuffle(lines)
        block = ("\n".join(lines) + "\n").encode()


def benign(folder):
    total = changed = 0
    for block in text_of_logs(1000 if FULL else 64):
        out = subprocess.run([PROGRAM, folder + "/secrets", "4096"], input=block, capture_output=True, check=True).stdout
        total += len(block)
        changed += out != block
    print(f"{total / 1e6:.0f} MB of logs: {changed} blocks with a false mask", flush=True)
    return changed


def speed(folder):
    block = b"".join(b for b, _ in zip(text_of_logs(64), range(8)))
    mb, us, _ = subprocess.run([PROGRAM, folder + "/secrets", "speed"], input=block, capture_output=True, check=True, text=False).stdout.split()
    floor = subprocess.run([sys.executable, "-c", "import sys, time; b = sys.stdin.buffer.read(); t = time.perf_counter(); b.translate(bytes(range(256))); print(len(b) / (time.perf_counter() - t) / 1e6)"], input=block, capture_output=True).stdout
    print(f"{int(mb)} MB/s with 200 secrets (a table look-up a byte: {float(floor):.0f}), a line takes {int(us)} us at most of 99 in 100; load {os.getloadavg()[0]:.1f}")


def main():
    secrets = forms.secrets(200, rng)
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/secrets", "w") as f:
            for i, s in enumerate(secrets): f.write(f"s{i}\t{base64.b64encode(s.encode()).decode()}\n")
            f.write("short\t" + base64.b64encode(b"abc d e f").decode() + "\n")
        refused = subprocess.run([PROGRAM, folder + "/secrets", "9"], input=b"", capture_output=True, check=True).stderr
        assert refused == b"1 refused\n", refused
        wrong = leaks(secrets, folder) + benign(folder)
        # A prompt is not held back, nor what only begins like a secret once that is over.
        begins = secrets[0][:5].encode()
        for said in (b"Password: ", begins + b"!\n"):
            program = subprocess.Popen([PROGRAM, folder + "/secrets", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert program.communicate(said)[0] == said
        speed(folder)
    sys.exit(bool(wrong))


main()
