<?php
declare(strict_types=1);

namespace App\Repository;

final class MemberRepository
{
    public function __construct(private \PDO $pdo)
    {
    }

    public function findByCity(string $city): array
    {
        $stmt = $this->pdo->query("SELECT * FROM members WHERE city = '$city' ORDER BY last_name");
        return $stmt->fetchAll(\PDO::FETCH_ASSOC);
    }

    public function count(): int
    {
        return (int) $this->pdo->query('SELECT COUNT(*) FROM members')->fetchColumn();
    }
}
