#!/bin/bash

DB=shop
CREDS=/etc/shop/my.cnf

read -r -p "Customer name: " customer

mysql --defaults-extra-file="$CREDS" "$DB" -N -e "SELECT id, email FROM customers WHERE name LIKE '%${customer}%'" |
while IFS=$'\t' read -r id email; do
  printf '%6d  %s\n' "$id" "$email"
done

mysql --defaults-extra-file="$CREDS" "$DB" -N -e 'SELECT COUNT(*) FROM customers'
