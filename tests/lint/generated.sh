#!/bin/sh
# Whether completions/, man/, share/commands and share/reference.md are what BUILD's commands generate.
set -eu
cd "$(dirname "$0")/../.."
into=$(mktemp -d)
trap 'rm -rf "$into"' EXIT
.ci/generate "$1" "$into"
for made in completions man share/commands share/reference.md; do
  diff -ru "$made" "$into/$made" || { echo "$made is not current: make generate"; exit 1; }
done
echo "what is generated is current"
