#!/usr/bin/env python3
"""Walks the list of all commands and verbs, tk's own and third parties', and holds each to the contract:
help, errors, no hang, no colour where none belongs, and all renderings naming the same words."""
import json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor
from house import ESCAPE, ROOT, THIRD_PARTY, Findings, House, one_letter_swapped

ERROR = re.compile(r"tk: \[(TK-[A-Z]+-\d{4})\] \S")
FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
house, found = House(sys.argv[1]), Findings()
check = found.check


def judge_error(what, done, status, codes):
    """An error as a person sees it: a known code, then how to mend it, and no word on stdout."""
    check(done.returncode == status, f"{what}: exit {done.returncode}, not {status}: {done.stderr[:300]}")
    lines = done.stderr.rstrip("\n").split("\n")
    code = ERROR.match(lines[0])
    check(code and code.group(1) in codes, f"{what}: not an error with a code that tk explains: {lines[0]}")
    check(all(line.startswith("  ") for line in lines[1:]), f"{what}: stray lines: {done.stderr}")
    check(done.stdout == "", f"{what}: says on stdout: {done.stdout[:100]}")


def check_help(v, workspace):
    for cwd in (house.empty, workspace):
        done = house.run(*v.words, "-h", cwd=cwd)
        lines = done.stdout.split("\n")[:-1]
        check(done.returncode == 0 and not done.stderr, f"{v.path} -h: exit {done.returncode} {done.stderr}")
        check(len(lines) <= 25, f"{v.path} -h: {len(lines)} lines")
        check(all(len(line) <= 110 for line in lines), f"{v.path} -h: wider than 110: {max(lines, key=len, default='')}")
        check(any(line.startswith("  tk " + v.command) for line in lines), f"{v.path} -h: no example")
    # Without anything: no man, no groff, no less, no HOME, no terminal. (Others' are found by PATH.)
    bare = {} if v.own else {"PATH": THIRD_PARTY}
    done = house.run(*v.words, "--help", env=bare)
    check(done.returncode == 0 and "EXAMPLES" in done.stdout and not done.stderr,
          f"env -i {v.path} --help: exit {done.returncode} {done.stderr}")


def check_errors(v, codes):
    words = v.words + v.placeholders()
    for flag in sorted(f for f in v.flags() if f.startswith("--")):
        bad = "--" + one_letter_swapped(flag[2:], {f[2:] for f in v.flags()})
        done = house.run(*words, bad)
        judge_error(f"{v.path} {bad}", done, 2, codes)
        check(flag in done.stderr, f"{v.path} {bad}: does not name {flag}: {done.stderr}")
    for o in v.options:
        if "choices" in o:
            judge_error(f"{v.path} --{o['name']} nonsense", house.run(*words, "--" + o["name"], "nonsense"), 2, codes)
        if "value" in o:
            judge_error(f"{v.path} --{o['name']} without a value", house.run(*words, "--" + o["name"]), 2, codes)
    if v.name:
        bad = one_letter_swapped(v.name, {o.name for o in verbs if o.command == v.command})
        for words in ([v.command, bad], ["help", "--render", "short", v.command, bad]):
            done = house.run(*words)
            judge_error(f"tk {words}", done, 2, codes)
            check(v.name in done.stderr.split("\n", 1)[-1], f"tk {words}: does not name {v.name}: {done.stderr}")
    for i, p in enumerate(v.positionals):
        if p["required"]:
            judge_error(f"{v.path} without {p['name']}", house.run(*v.words, *v.placeholders()[:i]), 2, codes)
    if not any(p.get("many") for p in v.positionals):
        judge_error(f"{v.path} with a word too many", house.run(*v.words, *["x"] * (len(v.positionals) + 1)), 2, codes)


def check_quiet_places(v, workspace):
    """stdin closed or empty, CI, a terminal without colour: it ends and shows no escape sequence."""
    limit = 5 * house.patience * max(1, os.getloadavg()[0] / os.cpu_count())
    bad = "--" + one_letter_swapped("help", v.flags())
    for words in ([], *([v.placeholders()] if v.placeholders() else []), ["-h"], ["--help"], [bad]):
        command = [*v.words, *words]
        for stdin in ("closed", "empty"):
            how = ["sh", "-c", 'exec "$@" <&-' if stdin == "closed" else 'exec "$@" </dev/null', "sh", house.tk, *command]
            try:
                done = subprocess.run(how, cwd=workspace, env=dict(house.env, CI="1", TERM="xterm"),
                                      capture_output=True, text=True, timeout=limit)
                check(not ESCAPE.search(done.stdout + done.stderr), f"CI=1 tk {command}: an escape sequence")
                check(done.returncode < 64, f"CI=1 stdin {stdin}: tk {command}: {done.returncode} {done.stderr[:200]}")
            except subprocess.TimeoutExpired:
                check(False, f"CI=1 stdin {stdin}: tk {command}: does not end in {limit:.0f} s")
        status, seen = house.on_pty(*command, cwd=workspace, env=dict(house.env, NO_COLOR="1", TERM="xterm", PAGER="cat"),
                               timeout=limit)
        # It may wait for somebody to type something where it says so.
        check(status != -9 or seen.rstrip().endswith("Enter ends it):"), f"tk {command} on a terminal: does not end in {limit:.0f} s")
        check(not ESCAPE.search(seen), f"NO_COLOR=1 tk {command} on a terminal: an escape sequence")


# ---- the renderings: each gives {verb path: (flags, positionals)}

def from_help(v, *words):
    text = house.run(*words).stdout
    usage = re.search(r"(?:Usage: |USAGE\n  )(tk .*)", text)
    names = re.findall(r"\[?([A-Z][A-Z-]*)…?\]?", usage.group(1)) if usage else None
    block = text.partition("OPTIONS\n")[2].partition("\nEXAMPLES")[0] if "OPTIONS\n" in text else text
    listed = [line for line in block.split("\n") if re.match(r"  -", line)]
    flags = {f for line in listed for f in FLAG.findall(re.split(r" {2,}", line[2:])[0])}
    explained = [m.group(1) for m in re.finditer(r"^  ([A-Z][A-Z-]*)  ", block, re.M)]
    return flags, names if names == explained else f"usage {names}, explained {explained}"


def from_man(command):
    page = house.run("help", "--render", "man", command).stdout
    lint = subprocess.run(["mandoc", "-T", "lint", "-W", "warning"], input=page, capture_output=True, text=True)
    check(lint.returncode == 0, f"man tk-{command}: {lint.stdout}")
    shown = subprocess.run("mandoc -T utf8 -O width=400 | col -bx", shell=True, input=page, capture_output=True, text=True).stdout
    out, path = {}, None
    for line in shown.split("\n"):
        if re.match(r"   \S", line):
            path = line.strip() if line.strip() in paths else path
            out.setdefault(path, (set(), []))
        if line and line[0] != " ":
            path = None
        tag = re.match(r"     ((?:-\w, )?--[\w-]+(?: \S+)?|[A-Z][A-Z-]+)(?=  |$)", line)
        if path and tag:
            flags, names = out[path]
            flags.update(FLAG.findall(tag.group(1)))
            if not tag.group(1).startswith("-"):
                names.append(tag.group(1))
    return out


def from_reference(commands):
    out, path = {}, None
    text = house.run("help", "--render", "reference", *commands).stdout
    for line in text.split("\n"):
        if line.startswith("#"):
            path = line.lstrip("# ") if line.startswith("### ") else None
        item = re.match(r"- `((?:-\w, )?--[\w-]+(?: \S+)?|[A-Z][A-Z-]*)`: ", line)
        if path and item:
            flags, names = out.setdefault(path, (set(), []))
            if item.group(1).startswith("-"):
                flags.update(FLAG.findall(item.group(1)))
            else:
                names.append(item.group(1))
    return out


SHELLS = {
    "bash": (["bash", "--norc", "-c"], 'source {0}; _tk_table_{1} "$2"; echo "$flags"; echo "$values"; echo "$words"'),
    "zsh": (["zsh", "-f", "-c"], 'source {0}; typeset -A values; _tk_table_{1} "$2"; print -r -- ${{flags%%:*}}; '
            'for k in ${{(k)values}}; do print -rn -- "$k:$values[$k] "; done; print; print -r -- $wanted'),
    "fish": (["fish", "--no-config", "-c"], 'source {0}; __tk_table_{1} "$argv[2]"; set -l f (string replace -r ":.*" "" -- $__tk_flags); '
             'printf "%s\\n" "$f" "$__tk_values" "$__tk_wanted"'),
}


def wanted(kind, choices, dynamic):
    return "=" + ",".join(choices) if choices else {"FILE": "f", "DIR": "d"}.get(kind, "@" if dynamic else "n")


def check_shell(shell, v, dynamic):
    script = os.path.join(house.holder.name, f"{v.command if not v.own else 'tk'}.{shell}")
    if not os.path.exists(script):
        with open(script + ".part", "w") as f:
            f.write(house.run("help", "--render", shell, *([] if v.own else [v.command])).stdout)
        os.rename(script + ".part", script)
    how, code = SHELLS[shell]
    code = code.format(script, v.command.replace("-", "_"))
    words = how + [code] + ["sh"] * (shell != "fish") + ["x", v.name]
    done = subprocess.run(words, env=house.env, capture_output=True, text=True, timeout=60)
    lines = (done.stdout + "\n\n\n").split("\n")
    check(set(lines[0].split()) == v.flags(), f"{shell}: {v.path}: {lines[0]} is not {sorted(v.flags())} {done.stderr}")
    values = {f"{f}:{wanted(o['value'], o.get('choices'), dynamic)}" for o in v.options if "value" in o
              for f in (["-" + o["short"]] if "short" in o else []) + ["--" + o["name"]]}
    check(set(lines[1].split()) == values, f"{shell}: {v.path}: values {lines[1]} are not {sorted(values)}")
    places = [wanted(p["name"], p.get("choices"), dynamic) + "+" * p.get("many", False) for p in v.positionals]
    check(lines[2].split() == places, f"{shell}: {v.path}: words {lines[2]} are not {places}")


def check_parser(v):
    """What is named is accepted, and nothing that another verb has."""
    values = {o["name"]: o.get("choices", ["1"])[0] for o in v.options if "value" in o}
    others = [o for o in v.options if o["name"] != "help"]
    long = ["--" + o["name"] + ("=" + values[o["name"]] if o["name"] in values else "") for o in others]
    short = [w for o in others if "short" in o for w in ["-" + o["short"], values.get(o["name"])] if w]
    for given in (long, short):
        done = house.run(*v.words, *v.placeholders(), *given, "--none-such")
        check("unknown option --none-such" in done.stderr, f"{v.path} {given}: the parser does not take it: {done.stderr}")
    foreign = {f for o in verbs for f in o.flags()} | {"-" + c for c in "abcdefghijklmnopqrstuvwxyz"}
    for flag in sorted(foreign - v.flags()):
        done = house.run(*v.words, *v.placeholders(), flag)
        check(done.returncode == 2 and f"unknown option {flag}" in done.stderr, f"{v.path} {flag}: accepted? {done.stderr}")
    offered = {line.partition("\t")[0] for line in house.run("__complete", "--", *v.words, "-").stdout.split("\n")[:-1]}
    check(offered == v.flags(), f"tk __complete -- {v.path} -: {sorted(offered)}")


def check_renderings(v, man, reference):
    names = [p["name"] for p in v.positionals]
    for what, (flags, words) in {
            "-h": from_help(v, *v.words, "-h"), "--help": from_help(v, *v.words, "--help"),
            "tk help": from_help(v, "help", *v.words), "man": man.get(v.path, (set(), [])),
            "reference": reference.get(v.path, (set(), []))}.items():
        if what == "tk help" and not v.name:
            flags &= v.flags()  # the whole command is shown there; its other verbs are checked by themselves
            words = names
        check(flags == v.flags(), f"{what}: {v.path}: {sorted(flags)} is not {sorted(v.flags())}")
        check(words == names, f"{what}: {v.path}: {words} is not {names}")


def check_lists():
    """The driver, `tk help -a` and share/commands know the same commands."""
    own = {m["name"] for m, is_own in house.manifests() if is_own}
    shared = {f[:-5] for f in os.listdir(os.path.join(ROOT, "share/commands"))}
    shown = set(re.findall(r"^  ([a-z][\w-]*)  ", house.run("--help").stdout, re.M))
    built = {f[3:] for f in os.listdir(os.path.join(house.build, "libexec/tk")) if f.startswith("tk-")} - {"bench"}
    check(own == shared == shown == built, f"own {own}, share/commands {shared}, tk --help {shown}, built {built}")
    third = {f[3:-5] for f in os.listdir(THIRD_PARTY) if f.endswith(".json")}
    check(third <= {v.command for v in verbs} and len(third) >= 2, f"third parties {third} are not listed")


verbs = house.verbs()
paths = {v.path for v in verbs}


def main():
    workspace = os.path.join(house.holder.name, "w")
    assert house.run("init", workspace, cwd=house.holder.name).returncode == 0
    codes = {c["code"] for c in json.loads(house.run("explain", "--json").stdout)}
    dynamic = {m["name"]: m.get("dynamic", False) for m, _ in house.manifests()}
    check_lists()
    man = {path: words for command in dynamic for path, words in from_man(command).items()}
    reference = from_reference([]) | from_reference([c for c in dynamic if not any(v.own for v in verbs if v.command == c)])
    with ThreadPoolExecutor(3) as pool:
        jobs = []
        for v in verbs:
            jobs += [pool.submit(check_help, v, workspace), pool.submit(check_errors, v, codes), pool.submit(check_parser, v),
                     pool.submit(check_renderings, v, man, reference)]
        for shell in SHELLS:  # one after the other: the first writes the script
            jobs.append(pool.submit(lambda s=shell: [check_shell(s, v, dynamic[v.command]) for v in verbs]))
        for job in jobs:
            job.result()
    for v in verbs:  # a terminal is forked, which threads do not go with
        check_quiet_places(v, workspace)
    judge_error("tk wto", house.run("wto"), 127, codes)
    flags = sum(len(v.flags()) for v in verbs)
    found.end(f"{len(dynamic)} commands, {len(verbs)} verbs, {flags} flags in 11 renderings")


main()
