<?php
require_once __DIR__ . '/../bootstrap.php';

$conn = mysqli_connect(DB_HOST, DB_USER, DB_PASS, DB_NAME);
if (!$conn) {
    http_response_code(503);
    exit('Database is not reachable');
}

$result = mysqli_query($conn, "SELECT id, title FROM pages WHERE slug = '" . $_GET['slug'] . "' LIMIT 1");
$page = mysqli_fetch_assoc($result);
if ($page === null) {
    http_response_code(404);
    exit;
}

echo htmlspecialchars($page['title']);
