<?php
require_once __DIR__ . '/config.php';

$db = mysqli_connect(getenv('DB_HOST'), getenv('DB_USER'), getenv('DB_PASS'), 'forum');
if (!$db) {
    http_response_code(500);
    exit('No database');
}

$id = $_GET['id'];
$result = mysqli_query($db, "SELECT title, body, posted_at FROM posts WHERE id = $id");
$post = mysqli_fetch_assoc($result);
?>
<article>
  <h1><?= htmlspecialchars($post['title']) ?></h1>
  <div><?= nl2br(htmlspecialchars($post['body'])) ?></div>
</article>
