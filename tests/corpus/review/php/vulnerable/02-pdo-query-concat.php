<?php

declare(strict_types=1);

namespace App\Repository;

use PDO;

final class CouponRepository
{
    public function __construct(private PDO $pdo)
    {
    }

    public function findByCode(string $code): ?array
    {
        $stmt = $this->pdo->query("SELECT id, code, percent FROM coupons WHERE code = '" . $code . "' AND active = 1");
        $row = $stmt->fetch(PDO::FETCH_ASSOC);

        return $row ?: null;
    }

    public function deactivate(int $id): void
    {
        $stmt = $this->pdo->prepare('UPDATE coupons SET active = 0 WHERE id = :id');
        $stmt->execute(['id' => $id]);
    }
}
