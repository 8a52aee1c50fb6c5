<?php

namespace App\Dao;

use PDO;

class ImageDao
{
    public function __construct(private PDO $pdo)
    {
    }

    public function byIds(array $ids): array
    {
        if (!$ids) {
            return [];
        }
        $marks = implode(', ', array_fill(0, count($ids), '?'));
        $stmt = $this->pdo->prepare("SELECT id, path FROM images WHERE id IN ($marks)");
        $stmt->execute(array_values($ids));

        return $stmt->fetchAll(PDO::FETCH_ASSOC);
    }

    public function deleteMany(array $ids): int
    {
        $stmt = $this->pdo->prepare('DELETE FROM images WHERE id IN (' . rtrim(str_repeat('?,', count($ids)), ',') . ')');
        $stmt->execute($ids);

        return $stmt->rowCount();
    }
}
