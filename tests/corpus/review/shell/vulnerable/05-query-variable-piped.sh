#!/bin/bash
# Print the orders of one day, called by the web frontend.

day=$1
status=${2:-open}

query="SELECT number, total FROM orders WHERE day = '$day' AND status = '$status' ORDER BY number;"

echo "$query" | mysql --batch --skip-column-names orders_db > "/var/reports/orders.tsv"

if [ ! -s /var/reports/orders.tsv ]; then
  echo "no orders selected from $day" >&2
  exit 1
fi
