<?php

function list_users(PDO $db): array
{
    $sql = 'SELECT id, login, created FROM users WHERE 1 = 1';
    $params = [];

    if (!empty($_GET['role'])) {
        $sql .= ' AND role = ?';
        $params[] = $_GET['role'];
    }
    if (!empty($_GET['sort'])) {
        $sql .= ' ORDER BY ' . $_GET['sort'];
    }

    $stmt = $db->prepare($sql);
    $stmt->execute($params);

    return $stmt->fetchAll();
}
