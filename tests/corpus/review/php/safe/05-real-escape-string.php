<?php

class LegacyCatalog
{
    /** @var mysqli */
    private $db;

    public function __construct(mysqli $db)
    {
        $this->db = $db;
        $this->db->set_charset('utf8mb4');
    }

    public function find($title)
    {
        $safe = $this->db->real_escape_string($title);
        return $this->db->query("SELECT id, title FROM catalog WHERE title = '$safe'");
    }

    public function findAuthor($author)
    {
        return $this->db->query("SELECT id, name FROM authors WHERE name = '" . mysqli_real_escape_string($this->db, $author) . "'");
    }
}
