#!/usr/bin/env python3
"""hierarchy.json (PROMISES C2): the same commit gives the same bytes, whatever machine, place, clock, locale and cache; a place of
the organisation is answered from it without a look at any XML; what changed little is compiled in little time.
10,000 entities, 100,000 with TK_FULL=1. usage: hierarchy.py TK"""
import hashlib, json, os, re, shutil, subprocess, sys, tempfile, time

TK, FULL = sys.argv[1], os.environ.get("TK_FULL") == "1"
SPACES, EACH = (1000, 100) if FULL else (100, 100)
ENV = dict(os.environ, CI="1", GIT_AUTHOR_NAME="t", GIT_AUTHOR_EMAIL="t@example.org", GIT_COMMITTER_NAME="t", GIT_COMMITTER_EMAIL="t@example.org",
           GIT_CONFIG_NOSYSTEM="1")


def run(*words, cwd, env=ENV, code=0):
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == code, f"{words}: exit {done.returncode}, not {code}\n{done.stdout[-500:]}{done.stderr[-500:]}"
    return done.stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f: f.write(text)


def fill(root):
    """An organisation: systems of ten spaces, a hundred people, agents and groups in each."""
    for n in range(SPACES):
        system = f"{root}/galaxies/w/systems/s{n // 10}"
        space = f"{system}/spaces/p{n % 10}"
        write(f"{system}/system.xml", f'<system name="s{n // 10}"><config key="tier" value="{n // 10}"/></system>\n')
        write(f"{space}/space.xml", f'<space name="p{n % 10}" tools="git make"><config key="packages" value="p{n}" merge="append"/></space>\n')
        for m in range(EACH):
            kind = ("user", "agent", "group")[m % 3]
            more = ' sponsor="user:w/boss"' if kind == "agent" else ""
            write(f"{space}/{kind}s/e{n}-{m}.xml", f'<{kind} name="e{n}-{m}" labels="n{m}"{more}/>\n')
    write(f"{root}/galaxies/w/users/boss.xml", '<user name="boss"/>\n')
    write(f"{root}/galaxies/w/galaxy.xml", '<galaxy name="w" owner="user:w/boss"><config key="packages" value="git"/><config key="shell" value="/bin/sh"/></galaxy>\n')
    run("git", "add", "-A", cwd=root); run("git", "commit", "-qm", "filled", cwd=root)


def compiled(root, env=ENV):
    began = time.monotonic()
    run(TK, "repo", "compile", "--quiet", cwd=root, env=env)
    took = time.monotonic() - began
    with open(root + "/.tk/hierarchy.json", "rb") as f: return f.read(), took


with tempfile.TemporaryDirectory(prefix="tk-hierarchy-") as folder:
    w = folder + "/w"
    run(TK, "init", w, cwd=folder)
    run("git", "config", "gc.auto", "0", cwd=w)
    fill(w)
    first, cold = compiled(w)
    again, warm = compiled(w)
    assert first == again, "compiling twice gives other bytes"
    doc = json.loads(first)
    assert len(doc["items"]) == 1 + SPACES // 10 + SPACES, len(doc["items"])
    assert sum(sum(i["entities"].values()) for i in doc["items"]) > SPACES * EACH
    assert [i["path"] for i in doc["items"]] == sorted(i["path"] for i in doc["items"])
    boss = next(i for i in doc["items"] if i["path"] == "w")["owner_id"]
    assert boss == "" or re.fullmatch("[0-9a-f-]{36}", boss), boss
    item = next(i for i in doc["items"] if i["path"] == "w.s1.p3")
    assert item["effective_config"]["packages"] == "git p13" and item["tools"] == ["git", "make"] and item["parent_path"] == "w.s1", item
    assert item["sha256"] == hashlib.sha256(open(w + "/" + item["source"], "rb").read()).hexdigest()
    assert doc["tree"] == run("git", "rev-parse", "HEAD^{tree}", cwd=w).strip()
    assert doc["manifest_blob"] == run("git", "rev-parse", "HEAD:MANIFEST.xml", cwd=w).strip()

    # Another machine as far as we can: another place, locale, zone and user's files, no cache, packed objects.
    shutil.copytree(w, folder + "/elsewhere", symlinks=True)
    shutil.rmtree(folder + "/elsewhere/.tk")
    run("git", "gc", "-q", cwd=folder + "/elsewhere")
    other, _ = compiled(folder + "/elsewhere", dict(ENV, LC_ALL="tr_TR.UTF-8", TZ="Pacific/Kiritimati", HOME=folder))
    assert other == first, "another place gives other bytes"

    # An answer opens neither XML nor an object of one. Objects are loose here, so that each open has a name.
    names = {line.split()[0] for line in run("git", "rev-list", "--objects", "HEAD", cwd=w).splitlines() if line.endswith(".xml")}
    trace = folder + "/trace"
    run("strace", "-f", "-e", "trace=open,openat,openat2", "-o", trace, TK, "repo", "get", "w.s1.p3", "--json", cwd=w)
    opened = re.findall(r'"([^"]*)"', open(trace).read())
    assert any(path.endswith("hierarchy.json") for path in opened), "the trace shows no hierarchy.json"
    bad = [p for p in opened if p.endswith(".xml") or "".join(p.split("/")[-2:]) in names or p.endswith(".pack")]
    assert not bad, f"opened {bad[:5]}"

    # Incremental == anew, after changes of every kind.
    for n in range(5):
        write(f"{w}/galaxies/w/systems/s{n}/spaces/p1/users/new{n}.xml", f'<user name="new{n}"/>\n')
        os.remove(f"{w}/galaxies/w/systems/s{n}/spaces/p2/users/e{n * 10 + 2}-3.xml")
    run("git", "mv", "galaxies/w/systems/s1/spaces/p5", "galaxies/w/systems/s2/spaces/p55", cwd=w)
    write(f"{w}/galaxies/w/systems/s2/spaces/p55/space.xml", '<space name="p55"/>\n')
    run("git", "add", "-A", cwd=w); run("git", "commit", "-qm", "some", cwd=w)
    run(TK, "repo", "get", "w.s1.p3", cwd=w, code=4)
    began = time.monotonic(); run(TK, "repo", "compile", "--law", "--quiet", cwd=w); law = time.monotonic() - began
    incremental, both = compiled(w)
    os.remove(w + "/.tk/index.db")
    anew, _ = compiled(w)
    assert incremental == anew != first, "incremental and anew differ"
    write(f"{w}/galaxies/w/systems/s3/spaces/p1/users/last.xml", '<user name="last"/>\n')
    run("git", "add", "-A", cwd=w); run("git", "commit", "-qm", "one", cwd=w)
    began = time.monotonic(); run(TK, "repo", "compile", "--law", "--quiet", cwd=w); law = time.monotonic() - began
    _, both = compiled(w)
    print(f"{SPACES * EACH} entities: cold {cold:.2f} s, nothing changed {warm:.2f} s, one file changed: law {law:.2f} s, law and hierarchy {both:.2f} s; "
          f"hierarchy.json {len(first)} bytes; load {os.getloadavg()[0]:.1f}")
    assert both < cold, "what changed little is compiled no faster than all"
