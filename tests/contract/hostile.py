#!/usr/bin/env python3
"""A third party's manifest is untrusted text that is put into scripts, pages and terminals: nothing in it
may run, break a script or move the cursor; what is no manifest is refused with a position."""
import json, os, subprocess, sys
from house import ESCAPE, THIRD_PARTY, Findings, House

TEXTS = ["'; touch pwned; '", "\\'; touch pwned; \\'", "$(touch pwned)", "`touch pwned`", "\"; touch pwned; \"", "a\\", "\\", "'",
         "\"", "%F{red}%n%(!.x.y)", "%s%n%d", "a\nb\n.Sh EVIL\n", "\n'; touch pwned\n", ".so /etc/passwd", "'br", "\\*(evil \\n(.x",
         "\x1b[31mred\x1b]0;title\x07", "\u202eevil", "${HOME}", "$HOME", "(touch pwned)", "; touch pwned #", "& touch pwned &",
         "| touch pwned", "a:b:c", "=cmd", "~root", "*", "[a-z]", "{a,b}", "!!", "]]", "EOF\ntouch pwned", "# only\n###\n- \n```\ncode"]
SCRIPTS = {"bash": ["bash", "--norc", "-n"], "zsh": ["zsh", "-f", "-n"], "fish": ["fish", "--no-config", "-n"]}
# Sourced, and then made to show all that its tables hold, as the shell does on TAB.
SHOWN = {"bash": ["bash", "--norc", "-c", 'source "$1"; complete() { :; }; compopt() { :; }; source "$2"; for l in "tk evil " "tk evil go " '
                  '"tk evil go --" "tk evil go --opt "; do COMP_LINE=$l COMP_POINT=${#l}; read -ra COMP_WORDS <<<"$l"; COMP_WORDS+=(""); '
                  'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tk; done', "x"],
         "zsh": ["zsh", "-f", "-c", 'source "$1"; source "$2"; compadd() { print -r -- "${shown[@]}" }; typeset -A values; '
                 '_tk_table_evil go; _tk_add "${flags[@]}"; _tk_add "${verbs[@]}"; _tk_add "${_tk_commands[@]}"', "x"],
         "fish": ["fish", "--no-config", "-c", 'source $argv[1]; source $argv[2]; for l in "tk evil " "tk evil go -" "tk evil go --opt "; '
                  'complete -C $l; end']}


def manifest(text):
    return {"manifest": 1, "name": "evil", "summary": text, "help": text, "verbs": [
        {"name": "go", "summary": text, "help": text, "output": text, "positionals": [{"name": "ONE", "help": text}],
         "options": [{"name": "opt", "value": text.replace("\n", " ") or "X", "help": text, "choices": ["a", "b:c"]},
                     {"name": "flag", "help": text, "short": "f"}],
         "examples": [{"command": text, "what": text}]}]}


def main():
    house, found = House(sys.argv[1]), Findings()
    folder = os.path.join(house.holder.name, "evil")
    cwd = os.path.join(house.holder.name, "cwd")
    os.mkdir(folder), os.mkdir(cwd)
    with open(folder + "/tk-evil", "w") as f:
        f.write(f"#!/bin/sh\ntouch {cwd}/pwned\n")
    os.chmod(f.name, 0o755)
    env = dict(house.env, PATH=folder + ":" + house.path)
    put = lambda text: open(folder + "/tk-evil.json", "w").write(text)
    for shell in SCRIPTS:
        with open(os.path.join(cwd, shell), "w") as f:
            f.write(house.run("help", "--render", shell).stdout)
    for text in TEXTS:
        put(json.dumps(manifest(text)))
        shown = {}
        for words in (["help", "evil"], ["help", "evil", "go"], ["help", "-a"], ["help", "--render", "short", "evil", "go"],
                      ["help", "--render", "man", "evil"], ["help", "--render", "reference", "evil"],
                      *(["help", "--render", s, "evil"] for s in SCRIPTS), ["__complete", "--", "evil", "go", "-"], ["__complete", "--", ""]):
            done = house.run(*words, env=env, cwd=cwd)
            shown[words[-2]] = done.stdout
            found.check(done.returncode == 0, f"{text!r}: tk {words}: {done.returncode} {done.stderr}")
            found.check(not ESCAPE.search(done.stdout) and "\x07" not in done.stdout, f"{text!r}: tk {words}: an escape sequence")
            if words[:3] == ["help", "--render", "man"]:
                page = subprocess.run("mandoc -T utf8 | col -bx", shell=True, input=done.stdout, capture_output=True, text=True)
                found.check(page.stderr == "" and "\nEVIL" not in page.stdout and "root:x:" not in page.stdout and "tk evil go" in page.stdout,
                            f"{text!r}: the page: {page.stderr}{page.stdout[:300]}")
            elif words[:2] == ["help", "--render"] and words[2] in SCRIPTS:
                shell = words[2]
                part = os.path.join(cwd, shell + ".evil")
                with open(part, "w") as f:
                    f.write(done.stdout)
                for how in (SCRIPTS[shell] + [part], SHOWN[shell] + [os.path.join(cwd, shell), part]):
                    ran = subprocess.run(how, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
                    found.check(ran.stderr == "", f"{text!r}: {shell}: {ran.stderr[:300]}")
        found.check(not os.path.exists(cwd + "/pwned"), f"{text!r}: was run")
        if os.path.exists(cwd + "/pwned"):
            os.unlink(cwd + "/pwned")
    # What is no manifest.
    good = manifest("fine")
    bad = {"names that are no names": [{**good, "verbs": [{**good["verbs"][0], "name": n}]} for n in ("a b", "$(x)", "-a", "--", "a;b", "é", "a\n")],
           "options that are none": [{**good, "verbs": [{**good["verbs"][0], "options": [{"name": n, "help": ""}]}]} for n in ("", "a=b", "-x", "a'b", "*")],
           "choices that are code": [{**good, "verbs": [{**good["verbs"][0], "options": [{"name": "o", "help": "", "value": "X", "choices": [c]}]}]}
                                     for c in ("$(x)", "a b", "", "-x", "a,b", "a'b", "`x`", "*", "~")],
           "wrong kinds": [{**good, "verbs": "x"}, {**good, "verbs": [1]}, {**good, "verbs": []}, {**good, "summary": 3}, {**good, "name": "other"},
                           {**good, "manifest": 2}, [], "x", {**good, "verbs": good["verbs"] * 201}]}
    bad = [(what, json.dumps(m)) for what, all in bad.items() for m in all]
    bad += [("no JSON", t) for t in ("", "{", "\0", "[" * 100000, '{"a": 1, "a": 2}', "x" * (2 << 20))]
    for what, text in bad:
        put(text)
        for words in (["help", "evil"], ["help", "--render", "bash", "evil"]):
            done = house.run(*words, env=env, cwd=cwd)
            found.check(done.returncode == 2 and done.stderr.startswith("tk: [TK-") and done.stdout == "" and "BUG" not in done.stderr,
                        f"{what}: {text[:80]!r}: tk {words}: {done.returncode} {done.stderr[:200]}")
        for words in (["__complete", "--", "evil", "go", "-"], ["help", "-a"]):
            done = house.run(*words, env=env, cwd=cwd)
            found.check(done.returncode == 0 and done.stderr == "", f"{what}: {text[:80]!r}: tk {words}: {done.returncode} {done.stderr[:200]}")
    found.check(not os.path.exists(cwd + "/pwned"), "tk-evil was started")
    found.end(f"{len(TEXTS)} hostile texts in 3 shells, a page and a reference; {len(bad)} broken manifests")


main()
