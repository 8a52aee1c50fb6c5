#!/bin/sh
# The Debian package: the same bytes from two folders, clean for lintian, small, and what is in it works
# where it is put. It builds a release twice, so it runs in `make test-full` and `make deb-check` only.
set -eu
[ "${TK_FULL:-}" = 1 ] || { echo "SKIPPED: builds a release twice; make deb-check, or TK_FULL=1" >&2; exit 77; }
cd "$(dirname "$0")/../.."
most_kib=12288
fail() { echo "FAILED: $1" >&2; exit 1; }
unset MAKEFLAGS MFLAGS MAKELEVEL PRESET
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

make --no-print-directory deb
deb=$(ls -t build/deb/tk_*.deb | head -n 1)
name=${deb##*/}

# Again, of the same files in another folder: another umask, zone and language.
elsewhere=$scratch/a-longer-name/tk
mkdir -p "$elsewhere"
git ls-files -z --cached --others --exclude-standard --deduplicate |
  tar -c --null --ignore-failed-read -T - 2>/dev/null | tar -x -C "$elsewhere"
(cd "$elsewhere" && umask 027 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 make --no-print-directory deb)
cmp "$deb" "$elsewhere/build/deb/$name" || fail "two builds differ: diffoscope $deb of two folders tells where"
rm -rf "$elsewhere"

lintian --allow-root --fail-on error,warning "$deb" || fail "lintian"

size=$(dpkg-deb -f "$deb" Installed-Size)
[ "$size" -le "$most_kib" ] || fail "$size KiB installed, at most $most_kib"

# Put into a folder of its own and used by somebody who has nothing but Debian's commands.
root=$scratch/root
mkdir "$scratch/home" "$scratch/work"
dpkg-deb -x "$deb" "$root"
as() { env -i PATH="$root/usr/bin:/usr/bin:/bin" HOME="$scratch/home" "$@"; }
version=$(dpkg-deb -f "$deb" Version)
[ "$(as tk --version)" = "tk $version" ] || fail "tk --version says $(as tk --version), the package $version"
as tk help -a >"$scratch/commands"
for program in "$root"/usr/libexec/tk/tk-*; do
  command=${program##*/tk-}
  grep -q "^ *$command " "$scratch/commands" || fail "tk help -a does not list $command"
  as man -M "$root/usr/share/man" -w "tk-$command" >/dev/null || fail "no manual page tk-$command"
done
as man -M "$root/usr/share/man" -w tk >/dev/null || fail "no manual page tk"
for shell in bash:bash-completion/completions/tk zsh:zsh/vendor-completions/_tk \
             fish:fish/vendor_completions.d/tk.fish; do
  as tk help --render "${shell%%:*}" | cmp - "$root/usr/share/${shell#*:}" || fail "completion of ${shell%%:*}"
done
as tk help exit-codes >/dev/null || fail "tk help exit-codes"
(cd "$scratch/work" && as tk init acme --template code-review >/dev/null && cd acme &&
  as tk status >/dev/null && as tk wot check code-review >/dev/null && as tk log verify >/dev/null) ||
  fail "a workspace of the installed tk"
for program in "$root/usr/bin/tk" "$root"/usr/libexec/tk/tk-* "$root"/usr/libexec/tk/plugins/*; do
  readelf -hWld "$program" >"$scratch/elf"
  grep -q "Type: *DYN" "$scratch/elf" && grep -q GNU_RELRO "$scratch/elf" && grep -q BIND_NOW "$scratch/elf" ||
    fail "$program is not position-independent, relro and bound at its start"
  if grep -q RPATH "$scratch/elf"; then fail "$program has a run path"; fi
done

echo "$name: $(stat -c %s "$deb") bytes, $size KiB installed (at most $most_kib)," \
     "$(dpkg-deb -c "$deb" | grep -vc '^d') files; identical from two folders; lintian: no error, no warning"
