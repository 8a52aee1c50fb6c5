<?php

function find_customer(PDO $pdo, string $email, string $country): ?array
{
    $stmt = $pdo->prepare(
        'SELECT id, name, email '
        . 'FROM customers '
        . 'WHERE email = :email AND country = :country'
    );
    $stmt->execute([
        'email' => $email,
        'country' => $country,
    ]);

    return $stmt->fetch(PDO::FETCH_ASSOC) ?: null;
}
