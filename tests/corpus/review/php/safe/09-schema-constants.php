<?php

namespace App\Migration;

final class Version20240311 extends AbstractMigration
{
    private const TABLE = 'loyalty_points';
    private const INDEX = self::TABLE . '_owner_idx';

    public function up(): void
    {
        $this->addSql('CREATE TABLE ' . self::TABLE . ' (id INT AUTO_INCREMENT, owner_id INT NOT NULL, points INT NOT NULL, PRIMARY KEY(id))');
        $this->addSql('CREATE INDEX ' . self::INDEX . ' ON ' . self::TABLE . ' (owner_id)');
        $this->addSql(
            'INSERT INTO ' . self::TABLE . ' (owner_id, points) '
            . 'SELECT id, 0 FROM customers '
            . 'WHERE closed_at IS NULL'
        );
    }

    public function down(): void
    {
        $this->addSql('DROP TABLE ' . self::TABLE);
    }
}
