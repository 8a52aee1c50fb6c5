#!/bin/sh
# CGI: /cgi-bin/plant?name=...

echo "Content-Type: text/plain"
echo

name=$(printf '%s' "$QUERY_STRING" | sed -n 's/^.*name=\([^&]*\).*$/\1/p' | tr '+' ' ')
tmp=$(mktemp)
trap 'rm -f "$tmp"' EXIT

cat > "$tmp" <<END
.mode list
SELECT latin, water, light FROM plants WHERE name = '$name';
END

sqlite3 /srv/garden/plants.db < "$tmp"
