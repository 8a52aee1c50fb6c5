<?php

$db = new mysqli('localhost', getenv('DB_USER'), getenv('DB_PASS'), 'shop');

$id = (int) ($_GET['id'] ?? 0);
$limit = min(max(intval($_GET['limit'] ?? 10), 1), 100);

$product = $db->query("SELECT * FROM products WHERE id = $id")->fetch_assoc();
$reviews = $db->query('SELECT * FROM reviews WHERE product_id = ' . $id . ' LIMIT ' . $limit);
$sql = sprintf('UPDATE products SET views = views + 1 WHERE id = %d', $_GET['id'] ?? 0);
$db->query($sql);

header('Content-Type: application/json');
echo json_encode(['product' => $product, 'reviews' => $reviews->fetch_all(MYSQLI_ASSOC)]);
