<?php

namespace App\Admin;

class BulkActions
{
    public function __construct(private \mysqli $db, private string $actor)
    {
    }

    public function publish(array $slugs): int
    {
        if ($slugs === []) {
            return 0;
        }
        $this->db->query("UPDATE pages SET published = 1 WHERE slug IN ('" . implode("','", $slugs) . "')");
        $changed = $this->db->affected_rows;

        $log = $this->db->prepare('INSERT INTO admin_log (actor, action, amount) VALUES (?, "publish", ?)');
        $log->bind_param('si', $this->actor, $changed);
        $log->execute();

        return $changed;
    }
}
