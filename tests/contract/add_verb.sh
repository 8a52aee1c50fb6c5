#!/bin/sh
# Rehearses what CONTRIBUTING says of adding a verb, in a copy of the tree and of BUILD: at most three
# places, one tool is built, and help, manifest, manual page and completion know it. usage: add_verb.sh BUILD
set -eu
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
if grep -q '^TK_SANITIZE:STRING=.' "$build/CMakeCache.txt"; then
  echo "SKIPPED: under a sanitizer it would show nothing new and take minutes"
  exit 77
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z | xargs -0 cp --parents -p --no-dereference -t "$copy" 2>/dev/null || true
before=$(cd "$copy" && find . -type f | sort | xargs cksum)

cat >"$copy/tools/log/hello.cpp" <<'CPP'
#include "core/cli/output.hpp"
#include "core/cli/spec.hpp"
#include "help/log.hpp"

namespace tk::tools::log_tool {

cli::VerbSpec hello_verb() {
  auto run = [](const cli::Args& args) -> Result<Exit> {
    cli::print("hello in " + args.get("colour", "black") + "\n");
    return Exit::ok;
  };
  return {"hello", "say hello", {}, {{"colour", "COLOUR", "in which", {"red", "blue"}}},
          {{"tk log hello --colour red", "a greeting"}}, help::k_hello, run, "{hello: text}"};
}

}  // namespace tk::tools::log_tool
CPP
echo 'Says hello.' >"$copy/tools/log/hello.md"
sed -i 's/\(VERBS log verify\)/\1 hello/' "$copy/CMakeLists.txt"
after=$(cd "$copy" && find . -type f | sort | xargs cksum)
places=$(printf '%s\n%s\n' "$before" "$after" | sort | uniq -u | awk '{print $3}' | sort -u | wc -l)

# What the tool links is as it was: the rooms' libraries and the other tools are BUILD's. Only with
# make can a target be built without looking at what it needs.
fresh="$copy/build"
mkdir -p "$fresh/libexec/tk" "$fresh/bin"
cp -p "$build"/lib*.a "$fresh/"
cp -p "$build"/libexec/tk/tk-* "$fresh/libexec/tk/"
cp -p "$build/bin/tk" "$fresh/bin/"
rm "$fresh/libexec/tk/tk-log"
cmake -S "$copy" -B "$fresh" -G "Unix Makefiles" -DCMAKE_BUILD_TYPE=Debug >/dev/null
make -s -C "$fresh" tk-log/fast >"$copy/made" 2>&1 || { cat "$copy/made"; exit 1; }
(cd "$copy" && .ci/generate "$fresh")

tk() { TK_EXEC_PATH="$fresh/libexec/tk" "$fresh/bin/tk" "$@"; }
knows() { # WHAT COMMAND…: its output names the verb or its flag
  what=$1 && shift
  "$@" 2>&1 | grep -qe "$wanted" || { echo "$what does not know the new verb: $*"; exit 1; }
}
[ "$(tk log hello --colour red)" = 'hello in red' ] || { echo "the new verb does not run"; exit 1; }
wanted=--colour
knows '-h' tk log hello -h
knows '--help' tk log hello --help
knows 'the manual page' sed 's/\\&/-/' "$copy/man/tk-log.1"
knows 'bash' sed -n "/_tk_table_log/,/^}/p" "$copy/completions/tk.bash"
knows 'zsh' sed -n "/_tk_table_log/,/^}/p" "$copy/completions/_tk"
knows 'fish' sed -n "/__tk_table_log/,/^end/p" "$copy/completions/tk.fish"
knows 'the reference' cat "$copy/share/reference.md"
knows '__complete' tk __complete -- log hello -
wanted=red
knows '__complete' tk __complete -- log hello --colour ''
wanted='"name": "hello"'
knows 'the manifest' cat "$copy/share/commands/log.json"
wanted='did you mean tk log hello?'
knows 'a slip' tk log hlelo
[ "$places" -le 3 ] || { echo "$places places were touched, not 3"; exit 1; }
echo "a new verb in $places places: it runs, and 9 renderings know it"
