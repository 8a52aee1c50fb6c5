#!/usr/bin/env bash
# Usage: update-prices.sh prices.csv
set -euo pipefail

file=${1:?csv file expected}
changed=0

tail -n +2 "$file" | tr -d '\r' > /tmp/prices.$$

while IFS=';' read -r sku price; do
  [ -n "$sku" ] || continue
  psql -qX -d catalog \
    -c "UPDATE products SET price = $price WHERE sku = '$sku'"
  changed=$((changed + 1))
done < /tmp/prices.$$

rm -f /tmp/prices.$$
echo "updated $changed prices from $file"
