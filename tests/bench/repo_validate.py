#!/usr/bin/env python3
"""`tk repo validate` on a workspace of 100,000 entities: cold (every file read, references and law checked), warm
(nothing changed: no file is opened), after one edit; beside xmllint on the exported grammar, which sees one file at a time.

  repo_validate.py TK [ENTITIES [apart]]   people and agents in a file each, the other kinds of a space in lists; apart: each entity
                                           in a file of its own. Seconds of processor stand beside those of the clock. Works in /work/tmp or TMPDIR, and takes it away. Exit 1: over 3 s cold or 250 ms warm
"""
import os, random, re, shutil, subprocess, sys, tempfile, time

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2Qm0o2xWZ7Yd5y0p6Xw3m8q4o1u6b9f2h5k8n1r4t7"


def identity(n):
    return f"0190b000-0000-7000-8000-{n:012x}"


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make(root, total, apart):
    """Galaxies of systems of spaces; in each space people, agents, groups and what they work with."""
    rng, made, n, lists = random.Random(6), [], 0, {}

    def entity(folder, kind, name, attributes="", inside=""):
        nonlocal n
        n += 1
        own = f'id="{name}"' if kind in ("rule", "grant") else f'id="{identity(n)}" name="{name}"'
        text = f"<{kind} {own}{' ' + attributes if attributes else ''}" + (f">\n{inside}</{kind}>\n" if inside else "/>\n")
        plural = {"directory": "directories"}.get(kind, kind + "s")
        path = f"{folder}/{kind}.xml" if kind in ("galaxy", "system", "space") else f"{folder}/{plural}/{name}.xml"
        if not apart and "/spaces/" in folder and kind not in ("space", "user", "agent"):
            lists.setdefault((folder, plural), []).append("  " + text)
            return
        made.append(path)
        write(os.path.join(root, path), text)

    write(os.path.join(root, "tk.toml"), '[workspace]\nname = "bench"\n')
    write(os.path.join(root, ".gitignore"), ".tk/\n")
    galaxies = 0
    while n < total:
        g = f"g{galaxies}"
        galaxies += 1
        at = f"galaxies/{g}"
        entity(at, "galaxy", g, inside='  <config key="shell" value="/bin/bash"/>\n')
        for r in ("reader", "owner"):
            entity(at, "role", f"{g}-{r}", inside=f'  <inherits ref="role:{g}-reader"/>\n' if r == "owner" else "")
        entity(at, "rule", f"{g}-read", f'effect="permit" role="role:{g}-reader" actions="entity.read" resource="**"')
        for s in range(10):
            system = f"{at}/systems/s{s}"
            entity(system, "system", f"s{s}", 'env="prod"')
            for p in range(10):
                if n >= total:
                    break
                space, c = f"{system}/spaces/p{p}", f"{g}.s{s}.p{p}"
                entity(space, "space", f"p{p}")
                u = [f"u{g}s{s}p{p}x{i}" for i in range(40)]
                for name in u:
                    entity(space, "user", name, f'unix="{name}" title="Engineer of the {rng.choice(("upper", "lower"))} deck" labels="bench s{s} p{p}" shell="/bin/bash" uid="auto"',
                           '  <attr name="level" type="int" value="3"/>\n')
                for i in range(25):
                    entity(space, "agent", f"a{i}", f'sponsor="user:{c}/{rng.choice(u)}" backend="exec" model="m{i}" owner="user:{c}/{u[0]}" state="active"')
                for i in range(6):
                    entity(space, "group", f"t{i}", inside="".join(f'  <member ref="user:{c}/{x}"/>\n' for x in rng.sample(u, 5)))
                for i in range(12):
                    entity(space, "sshkey", f"k{i}", f'public="{KEY}" of="user:{c}/{u[i]}" options="no-pty"')
                for i in range(5):
                    entity(space, "directory", f"d{i}", f'path="/srv/{g}/s{s}/p{p}/d{i}" mode="2770"')
                    entity(space, "secret", f"s{i}", 'mode="borrow" rotate-after="90d"')
                    entity(space, "resource", f"r{i}", f'uri="https://example.org/{c}/{i}" kind="page" owner="user:{c}/{u[1]}"')
                for i in range(2):
                    entity(space, "grant", f"{g}-s{s}-p{p}-{i}", f'role="role:{g}-reader" to="group:{c}/t{i}"')
    for (folder, plural), texts in lists.items():
        made.append(f"{folder}/{plural}/all.xml")
        write(os.path.join(root, made[-1]), f"<{plural}>\n{''.join(texts)}</{plural}>\n")
    write(os.path.join(root, "MANIFEST.xml"), '<manifest version="1">\n' + "".join(f'  <galaxy href="galaxies/g{i}/galaxy.xml"/>\n' for i in range(galaxies)) + "</manifest>\n")
    return made


def timed(*words, cwd):
    began, before = time.monotonic(), os.times()
    done = subprocess.run(words, cwd=cwd, capture_output=True, text=True)
    after = os.times()
    done.processor = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, done


def main():
    tk = os.path.abspath(sys.argv[1])
    total = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    place = "/work/tmp" if os.path.isdir("/work/tmp") else None
    root = tempfile.mkdtemp(prefix="tk-bench-valid-", dir=place)
    try:
        made = make(root, total, "apart" in sys.argv)
        for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "bench"]):
            subprocess.run(["git", "-c", "gc.auto=0", *words], cwd=root, check=True)
        bytes_ = sum(os.path.getsize(os.path.join(root, p)) for p in made)
        load = os.getloadavg()[0]
        cold, warm, spent = [], [], {}
        for _ in range(3):
            t, done = timed(tk, "repo", "validate", "--anew", cwd=root)
            assert done.returncode == 0, done.stdout[:2000] + done.stderr
            cold.append(t)
            spent["cold"] = min(spent.get("cold", 99), done.processor)
        said = done.stdout.strip()
        for _ in range(7):
            t, done = timed(tk, "repo", "validate", "--json", cwd=root)
            assert '"kept": true' in done.stdout, done.stdout
            warm.append(t)
            spent["warm"] = min(spent.get("warm", 99), done.processor)
        trace = os.path.join(root, ".tk", "trace")
        subprocess.run(["strace", "-f", "-e", "trace=open,openat", "-o", trace, tk, "repo", "validate"], cwd=root, capture_output=True)
        opened = sum(1 for line in open(trace) if re.search(r'\.xml"', line)) if os.path.exists(trace) else -1
        # One edit that only the whole can judge: the user that others name is gone; then it is back.
        victim = next(p for p in made if "/users/" in p)
        os.rename(os.path.join(root, victim), os.path.join(root, ".tk", "aside"))
        edit, done = timed(tk, "repo", "validate", cwd=root)
        assert done.returncode == 2 and "declared nowhere" in done.stdout, done.stdout[:500]
        os.rename(os.path.join(root, ".tk", "aside"), os.path.join(root, victim))
        with open(os.path.join(root, "tk.rng"), "w") as f:
            subprocess.run([tk, "repo", "schema", "--rng"], stdout=f, check=True)
        sample = random.Random(1).sample(made, min(2000, len(made)))
        theirs, done = timed("xmllint", "--noout", "--nonet", "--relaxng", "tk.rng", *sample, cwd=root)
        assert done.returncode == 0, done.stderr[:500]
        own, done = timed(tk, "repo", "validate", *sample, cwd=root)
        assert done.returncode == 0, done.stdout[:500]
        git, _ = timed("git", "status", "--porcelain", cwd=root)
    finally:
        shutil.rmtree(root)
    print(f"{said}, {bytes_ / 1e6:.0f} MB; load {load:.1f}")
    print(f"  cold {min(cold):.2f} s ({', '.join(f'{t:.2f}' for t in cold)}): {spent['cold']:.2f} s of processor: grammar, values, references, law")
    print(f"  warm {sorted(warm)[len(warm) // 2] * 1000:.0f} ms ({min(warm) * 1000:.0f}-{max(warm) * 1000:.0f}), {spent['warm'] * 1000:.0f} ms of processor, {opened} entity files opened; git status {git * 1000:.0f} ms")
    print(f"  a user taken away, whom others name: found in {edit:.2f} s")
    print(f"  {len(sample)} files by grammar alone: tk {own / len(sample) * 1e6:.0f} µs a file, xmllint {theirs / len(sample) * 1e6:.0f}: {theirs / own:.1f} times")
    return 1 if min(cold) > 3 or min(warm) > 0.25 else 0


if __name__ == "__main__":
    sys.exit(main())
