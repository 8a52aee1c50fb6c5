<?php

namespace App\Service;

use Doctrine\DBAL\Connection;

class TagCleaner
{
    public function __construct(private readonly Connection $connection)
    {
    }

    /** @param string[] $labels */
    public function remove(array $labels): int
    {
        if ($labels === []) {
            return 0;
        }

        return $this->connection->executeStatement(
            "DELETE FROM tag WHERE label IN ('" . implode("','", $labels) . "')"
        );
    }
}
