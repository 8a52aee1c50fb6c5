<?php

const SORT_COLUMNS = [
    'name' => 'd.name',
    'city' => 'd.city',
    'rating' => 'd.rating',
];

function dentists(PDO $pdo, array $query): array
{
    $column = SORT_COLUMNS[$query['sort'] ?? 'name'] ?? SORT_COLUMNS['name'];
    $direction = ($query['dir'] ?? '') === 'desc' ? 'DESC' : 'ASC';

    $stmt = $pdo->prepare("SELECT d.id, d.name, d.city FROM dentists d WHERE d.zip = ? ORDER BY $column $direction");
    $stmt->execute([$query['zip'] ?? '']);

    return $stmt->fetchAll();
}
