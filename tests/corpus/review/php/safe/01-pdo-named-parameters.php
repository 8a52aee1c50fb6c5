<?php

final class LoanRepository
{
    private const COLUMNS = 'id, reader_id, book_id, due_on';

    public function __construct(private PDO $pdo)
    {
    }

    public function dueBefore(string $date, string $branch): array
    {
        $stmt = $this->pdo->prepare(
            'SELECT ' . self::COLUMNS . ' FROM loans '
            . 'WHERE due_on < :date AND branch = :branch '
            . 'ORDER BY due_on'
        );
        $stmt->execute([':date' => $date, ':branch' => $branch]);

        return $stmt->fetchAll(PDO::FETCH_ASSOC);
    }

    public function extend(int $id, string $until): void
    {
        $stmt = $this->pdo->prepare('UPDATE loans SET due_on = :until WHERE id = :id');
        $stmt->execute(['until' => $until, 'id' => $id]);
    }
}
