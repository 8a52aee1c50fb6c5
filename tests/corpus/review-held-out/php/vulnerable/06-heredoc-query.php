<?php

function stock_for(PDO $db, array $request): array
{
    $warehouse = $request['warehouse'] ?? 'main';

    $sql = <<<SQL
        SELECT p.sku, p.name, s.quantity
          FROM stock s
          JOIN products p ON p.id = s.product_id
         WHERE s.warehouse = '{$warehouse}'
           AND s.quantity > 0
        SQL;

    return $db->query($sql)->fetchAll();
}
