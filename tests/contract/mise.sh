#!/bin/sh
# mise.toml's tasks are make's targets: build and install are run through mise itself, test and demo are
# asked what they would run. usage: mise.sh BUILD   (a configured build/<preset> of this tree)
# mise comes from npm, as the platform's package: its binary alone, no script of a package is run.
set -eu
version=2026.9.15
cd "$(dirname "$0")/../.."
build=$(realpath "$1")
skip() { echo "SKIPPED: $1" >&2; exit 77; }
fail() { echo "FAILED: $1" >&2; exit 1; }
# A make above must not reach into the makes below with its flags and its job server.
unset MAKEFLAGS MFLAGS MAKELEVEL PREFIX JOBS PRESET

case $(uname -m) in
  x86_64) package=@jdxcode/mise-linux-x64 ;;
  *) skip "npm has no mise for $(uname -m)" ;;
esac
home=$PWD/build/mise
mise=$home/$version/node_modules/$package/bin/mise
if [ ! -x "$mise" ]; then
  if ! command -v npm >/dev/null; then
    .ci/deps .ci/packages-node || skip "no npm here, and Debian's is not to be had"
  fi
  mkdir -p "$home/$version"
  if ! timeout 300 npm install --prefix "$home/$version" --no-save --no-package-lock --ignore-scripts \
       --no-audit --no-fund --fetch-retries=1 "$package@$version" >"$home/npm.log" 2>&1; then
    tail -n 5 "$home/npm.log" >&2
    skip "npm could not fetch $package@$version"
  fi
fi

# Nothing of the caller's own mise, nothing outside of build/, no look at the network for news.
export MISE_TRUSTED_CONFIG_PATHS="$PWD" MISE_OFFLINE=1 MISE_COLOR=0 MISE_YES=1
export MISE_SYSTEM_CONFIG_DIR="$home/system" MISE_SYSTEM_DIR="$home/system" MISE_CEILING_PATHS="${PWD%/*}"
for folder in DATA CACHE STATE CONFIG TMP; do
  mkdir -p "$home/$folder"
  export "MISE_${folder}_DIR=$home/$folder"
done
"$mise" --version | grep -q "^$version " || fail "this is not mise $version"

"$mise" tasks --no-header >"$home/tasks"
for task in bench build deb demo install lint test; do
  grep -q "^$task " "$home/tasks" || fail "mise tasks does not list $task"
done
[ "$(wc -l <"$home/tasks")" = 7 ] || fail "mise tasks lists others than this test knows: $(cat "$home/tasks")"

# Each task runs the target of its name: what it would do is what make says it would do.
while read -r task _; do
  MAKEFLAGS=n "$mise" run --quiet "$task" >"$home/by-mise" || fail "mise run $task, asked only to say"
  make -n "$task" >"$home/by-make"
  cmp -s "$home/by-mise" "$home/by-make" || fail "mise run $task is not make $task: $(cat "$home/by-mise")"
done <"$home/tasks"
MAKEFLAGS=n "$mise" run --quiet test | grep -q "ctest --preset dev" || fail "mise run test would not run ctest"

# Really run, on the build that is there (another folder than build/<preset> cannot be named to make).
preset=${build#"$PWD/build/"}
[ "$build" = "$PWD/build/$preset" ] && grep -q "\"name\": \"$preset\"" CMakePresets.json ||
  skip "$build is no preset's; the tasks were asked, build and install were not run"
export PRESET="$preset"
"$mise" run --quiet build >"$home/build.log" 2>&1 || { cat "$home/build.log"; fail "mise run build"; }
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
PREFIX=$prefix "$mise" run --quiet install >"$home/install.log" 2>&1 ||
  { cat "$home/install.log"; fail "mise run install"; }
"$prefix/bin/tk" --version >/dev/null || fail "the installed tk does not start"
for file in libexec/tk/tk-help libexec/tk/plugins/agent-review share/tk/topics/tk.md share/man/man1/tk.1 \
            share/bash-completion/completions/tk share/zsh/site-functions/_tk \
            share/fish/vendor_completions.d/tk.fish share/doc/tk/README.md; do
  [ -e "$prefix/$file" ] || fail "make install did not put $file"
done
for page in man/*.[17]; do
  [ -e "$prefix/share/man/man${page##*.}/${page#man/}" ] || fail "make install did not put $page"
done
if "$mise" run nosuch >/dev/null 2>&1; then fail "mise run nosuch ended with 0"; fi
echo "mise $version: 7 tasks, build and install run by it (PRESET=$preset)"
