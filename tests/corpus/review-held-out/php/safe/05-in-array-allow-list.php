<?php

const SORTABLE = ['name', 'price', 'stock'];

function products(PDO $db, string $sort, string $dir): array
{
    if (!in_array($sort, SORTABLE, true)) {
        throw new InvalidArgumentException("Cannot sort by $sort");
    }
    $dir = strtolower($dir) === 'desc' ? 'DESC' : 'ASC';

    return $db->query("SELECT id, name, price, stock FROM products ORDER BY $sort $dir")->fetchAll();
}
