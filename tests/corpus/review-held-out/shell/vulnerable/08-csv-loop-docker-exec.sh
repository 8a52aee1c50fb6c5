#!/usr/bin/env bash
set -euo pipefail

csv=${1:?path of the csv file}
container=shop-db-1
count=0

while IFS=, read -r sku price; do
    [[ $sku == sku ]] && continue
    docker exec -i "$container" \
        psql -U shop -d shop \
        -c "UPDATE products SET price = '$price' WHERE sku = '$sku'" </dev/null
    count=$((count + 1))
done <"$csv"

echo "imported $count prices"
