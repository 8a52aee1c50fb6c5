<?php

final class BulkLoader
{
    public function __construct(private PDO $pdo)
    {
    }

    public function load(array $ids): array
    {
        if (count($ids) === 0) {
            return [];
        }
        $marks = implode(',', array_fill(0, count($ids), '?'));
        $stmt = $this->pdo->prepare("SELECT * FROM documents WHERE id IN ($marks)");
        $stmt->execute(array_values($ids));

        return $stmt->fetchAll();
    }
}
