"""Rows 11-13, 19, 22 and 27: what is read from the sources, tests and documents as they stand."""
import hashlib, json, math, multiprocessing, os, re, subprocess, sys, tempfile
from house import KEPT, RELEASE, ROOT, Row, files, not_measured, read, run

SOURCE = (".cpp", ".hpp", ".h")
# Decisions as pmccabe's modified count has them: a switch is one. pmccabe itself reads one function in
# thirty of this C++, so the functions' bounds are libclang's and the decisions are counted in their words.
sys.path.append("/usr/lib/python3/dist-packages")  # Debian's clang.cindex, whichever python3 comes first
DECISIONS = {"if", "for", "while", "switch", "catch", "?", "&&", "||"}


def part(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, math.ceil(share * len(sorted_values)) - 1)]


def file_sizes():
    own = sorted((len(read(f).splitlines()), f) for f in files("core", "tools", "plugins") if f.endswith(SOURCE))
    tests = sorted((len(read(f).splitlines()), f) for f in files("tests") if f.endswith((*SOURCE, ".py", ".t", ".sh")))
    lines = [n for n, _ in own]
    median, ninety, (most, longest) = part(lines, 0.5), part(lines, 0.9), own[-1]
    return Row(11, "lines a file: median / p90 / max; tests", "git 148/1194/7858, leveldb 111/417/2360 (M)",
               f"{median} / {ninety} / {most} ({longest}) of {len(own)}; {tests[-1][0]} ({tests[-1][1]})",
               "≤ 130 / ≤ 300 / ≤ 450; ≤ 600", median <= 130 and ninety <= 300 and most <= 450 and tests[-1][0] <= 600)


def functions_of(unit):
    """{project file: [[lines, decisions + 1, line, name]]} of what a unit defines; None when it does not parse."""
    from clang import cindex
    source, words = unit
    kinds = {getattr(cindex.CursorKind, k) for k in ("FUNCTION_DECL", "CXX_METHOD", "CONSTRUCTOR", "DESTRUCTOR",
                                                      "FUNCTION_TEMPLATE", "CONVERSION_FUNCTION")}
    unit = cindex.Index.create().parse(source, words)
    if any(d.severity >= cindex.Diagnostic.Error for d in unit.diagnostics): return source, None
    found = {}

    def visit(cursor):
        for child in cursor.get_children():
            if not child.location.file or not child.location.file.name.startswith(ROOT + "/"): continue
            name = os.path.relpath(child.location.file.name, ROOT)
            if name.startswith("build/"): continue
            found.setdefault(name, [])
            if child.kind in kinds and child.is_definition():
                tokens = [t.spelling for t in child.get_tokens()]
                count = 1 + sum(t in DECISIONS and not (t == "&&" and tokens[i - 1] in ("auto", ">"))
                                for i, t in enumerate(tokens))
                lines = child.extent.end.line - child.extent.start.line + 1
                found[name].append([lines, count, child.extent.start.line, child.spelling])
            elif child.kind not in kinds:
                visit(child)

    visit(unit.cursor)
    return source, found


def functions():
    """All functions of the release; what a file holds is kept by the hash of its text."""
    with open(os.path.join(RELEASE, "compile_commands.json"), encoding="utf-8") as file: entries = json.load(file)
    path = os.path.join(KEPT, "functions.json")
    known = json.loads(read(path)) if os.path.exists(path) else {}
    key = lambda f: hashlib.sha256(read(f).encode()).hexdigest()[:16]
    want, units = {}, []
    for entry in entries:
        source = os.path.relpath(entry["file"], ROOT)
        if source.startswith(("build/", "tests/")): continue
        want[source] = key(source)
        words = [w for w in entry["command"].split() if w.startswith(("-I", "-D", "-std=", "-isystem"))]
        words = [w.replace("\\", "") for w in words]
        if known.get(source, {}).get("key") != want[source]: units.append((entry["file"], words))
    headers = [f for f in files("core", "tools", "plugins") if f.endswith(".hpp")]
    stale = {f for f in headers if known.get(f, {}).get("key") != key(f)}
    failed = []
    with multiprocessing.Pool(2) as pool:
        for source, found in pool.imap_unordered(functions_of, units):
            if found is None: failed.append(os.path.relpath(source, ROOT)); continue
            found.setdefault(os.path.relpath(source, ROOT), [])
            for name, all_of in found.items(): known[name] = {"key": key(name), "functions": all_of}
    os.makedirs(KEPT, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file: json.dump(known, file)
    unread = sorted(f for f in stale if known.get(f, {}).get("key") != key(f))
    rows = [(*fn[:2], f"{name}:{fn[2]} {fn[3]}") for name, one in known.items()
            if name in want or name in headers for fn in one["functions"]]
    return rows, failed, unread


def function_sizes():
    anchor, goal, measure = "git 190/833/6.9 %, leveldb 92/160/1.5 % (M)", "≤ 60 / ≤ 90 / 0", "lines a function: p99 / max / cc > 15"
    try:
        from clang import cindex  # noqa: F401
    except ImportError:
        return not_measured(12, measure, anchor, goal, "python3-clang-14 is missing: .ci/deps .ci/packages-score")
    all_of, failed, unread = functions()
    lines = sorted(n for n, _, _ in all_of)
    worst, complex_ones = max(all_of), sorted((c, name) for _, c, name in all_of if c > 15)
    most = f", most {complex_ones[-1][0]} ({complex_ones[-1][1]})" if complex_ones else ""
    return Row(12, measure, anchor, f"{part(lines, 0.99)} / {worst[0]} ({worst[2]}) / {len(complex_ones)} "
               f"({100 * len(complex_ones) / len(lines):.1f} %){most} of {len(lines)}; {len(failed)} units did not parse, "
               f"{len(unread)} headers are in no unit", goal,
               part(lines, 0.99) <= 60 and worst[0] <= 90 and not complex_ones and not failed)


def cycles():
    """Include cycles over the project's headers, each told once."""
    includes, out = {}, set()
    for f in files("core", "tools", "plugins", "tests"):
        if not f.endswith(SOURCE): continue
        near = [(h, os.path.normpath(os.path.join(os.path.dirname(f), h))) for h in re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(f), re.M)]
        includes[f] = [p for pair in near for p in pair if os.path.isfile(os.path.join(ROOT, p))]
    done = set()

    def walk(f, path):
        if f in path:
            ring = path[path.index(f):]
            at = ring.index(min(ring))
            out.add(" → ".join(ring[at:] + ring[:at]))
        elif f not in done:
            for other in includes.get(f, ()): walk(other, path + [f])
            done.add(f)

    for f in includes: walk(f, [])
    return out


def names():
    lint = run(sys.executable, "tests/lint/lint.py").stdout.splitlines()
    named = [p for p in lint if "a name that says nothing" in p]
    layers = [p for p in lint if re.search(r"may not include|is private to|belongs to|stands in no layer|at most \d+ may", p)]
    rings = cycles()
    return Row(13, "banned names; include cycles; layer breaches", "fish common.h ×141, nix ≥ 1 cycle (R)",
               f"{len(named)}; {len(rings)}; {len(layers)}" + "".join(f" {p}" for p in (*named, *rings, *layers))
               + f" ({lint[-1] if lint else 'lint.py says nothing'})", "0; 0; 0", not (named or rings or layers) and bool(lint))


def transcripts():
    return [f for f in files("tests/cli") if f.endswith(".t")]


def exit_codes():
    """Which codes of the table a transcript shows; of the rest, which test of another kind asserts them."""
    table = [int(n) for n in re.findall(r"^- (\d+):", run(os.path.join(RELEASE, "bin/tk"), "help", "exit-codes").stdout, re.M)]
    shown = {}
    for path in transcripts():
        for code in re.findall(r"^  \[(\d+)\]$", read(path), re.M): shown.setdefault(int(code), path)
        for code in re.findall(r"^  \$ .*\$\?.*\n(?:  > .*\n)*  (?:exit )?(\d+)$", read(path), re.M): shown.setdefault(int(code), path)
        if re.search(r"^  \$ .*\n(?!  (>|\[))", read(path), re.M): shown.setdefault(0, path)
    proven = [c for c in table if c in shown] + ["128+n"] * any(c > 128 for c in shown)
    missing = [c for c in (*table, "128+n") if c not in proven]
    tests = "".join(read(f) for f in files("tests") if f.endswith((".py", "_test.cpp")))
    elsewhere = [c for c in missing if re.search(rf"(returncode|code|status)\)? (==|in|!=) \(?.*\b{c}\b", tests)]
    return Row(19, "exit codes with a transcript that shows them", "gh 5 codes, jj 4 (R)",
               f"{len(proven)}/{len(table) + 1}" + (f"; missing {', '.join(map(str, missing))}" if missing else "")
               + (f" (asserted by another test: {', '.join(map(str, elsewhere))})" if elsewhere else ""),
               f"{len(table) + 1}/{len(table) + 1}", not missing)


def fenced(path):
    """(info, body) of each ``` block, and of each indented block whose first line is a command."""
    text = read(path)
    for info, body in re.findall(r"^```([^\n]*)\n(.*?)^```", text, re.M | re.S): yield info.strip(), body
    if path.startswith(("share/", "tools/")):
        for body in re.findall(r"(?:^    .*\n)+", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M):
            if re.match(r"    (\$ )?(tk|cd|make|git|sudo|printf|echo) ", body): yield "sh indented", re.sub(r"^    (\$ )?", "", body, flags=re.M)


def play(body, folder):
    """Runs a block of a topic where a reader might: with tk in PATH, and the command foo of tk-plugin's own page."""
    manifest = [b for _, b in fenced("share/topics/plugin.md") if b.lstrip().startswith("{") and '"manifest"' in b][0]
    for name in (".zfunc", ".local/share/bash-completion/completions", ".config/fish/completions"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    for name, text in (("tk-foo", "#!/bin/sh\n"), ("tk-foo.json", manifest)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file: file.write(text)
    os.chmod(os.path.join(folder, "tk-foo"), 0o755)
    env = {"HOME": folder, "PATH": f"{RELEASE}/bin:{folder}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-euc", body], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return done.returncode == 0 and not done.stderr


def documents(tour):
    """The tour is a test and the topics' commands are run; of make's in the README the syntax is checked."""
    ran, wrong, read_only, other = 0, [], [], {}
    for path in files("*.md", "share", "tools"):
        # The reference holds synopses; it is generated, and row 28 looks at it.
        if not path.endswith(".md") or path == "share/reference.md": continue
        for info, body in fenced(path):
            if info == "sh tour": ran += 1
            elif info.split(" ")[0] not in ("sh", "bash", "console"): other[info or "plain"] = other.get(info or "plain", 0) + 1
            elif body.startswith("make "):
                read_only.append(path)
                if subprocess.run(["bash", "-n"], input=body, text=True, capture_output=True).returncode: wrong.append(path)
            else:
                ran += 1
                with tempfile.TemporaryDirectory(prefix="tk-score-") as folder:
                    if not play(body, folder): wrong.append(path)
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(other.items()))
    passed = tour is not None and tour["ok"]
    return Row(27, "README's tour runs; each docs code block executed", "-",
               f"{tour['said'] if tour else 'tour: NOT RUN'}; {ran} shell blocks run, {len(read_only)} (make demo, make test) "
               f"checked with bash -n{', wrong: ' + ', '.join(wrong) if wrong else ''}; {kinds} blocks not looked at", "100 %",
               passed and not wrong and not read_only and not other)


def rows(tour):
    yield file_sizes()
    yield function_sizes()
    yield names()
    yield exit_codes()
    yield documents(tour)
