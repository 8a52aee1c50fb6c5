<?php

class GradeReport
{
    private mysqli $db;

    public function __construct(mysqli $db)
    {
        $this->db = $db;
    }

    public function forCourse(string $course): array
    {
        $sql = <<<SQL
            SELECT s.name, g.grade
            FROM grades g
            INNER JOIN students s ON s.id = g.student_id
            WHERE g.course = '{$course}'
            ORDER BY s.name
            SQL;

        $result = $this->db->query($sql);

        return $result->fetch_all(MYSQLI_ASSOC);
    }
}
