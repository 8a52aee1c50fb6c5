<?php

function register_device(PDO $pdo, array $post): int
{
    $stmt = $pdo->prepare(
        'INSERT INTO devices (owner_id, label, push_endpoint) '
        . "VALUES (:owner, '" . $post['label'] . "', :endpoint)"
    );
    $stmt->bindValue(':owner', (int) $post['owner'], PDO::PARAM_INT);
    $stmt->bindValue(':endpoint', $post['endpoint']);
    $stmt->execute();

    return (int) $pdo->lastInsertId();
}

function forget_device(PDO $pdo, int $id): void
{
    $stmt = $pdo->prepare('DELETE FROM devices WHERE id = ?');
    $stmt->execute([$id]);
}
