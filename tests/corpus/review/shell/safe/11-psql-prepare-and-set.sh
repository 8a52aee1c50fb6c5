#!/bin/bash
# Book lookup with bound variables of the server.
set -euo pipefail

isbn=${1//[^0-9X-]/}

psql -X --no-align --tuples-only --set=isbn="$isbn" --file=- library <<'QUERY'
PREPARE find (text) AS SELECT title, author FROM books WHERE isbn = $1;
EXECUTE find(:'isbn');
QUERY

psql -X -d library -c "SELECT count(*) FROM books" -o "/tmp/books-$(date +%F).txt"
mysql --defaults-group-suffix="_$USER" -e "SHOW TABLES" library
