<?php
require_once 'db.php';

$page = isset($_GET['page']) ? (int) $_GET['page'] : 1;
$perPage = 20;
$offset = max(0, ($page - 1) * $perPage);

$rows = $pdo->query("SELECT id, headline FROM news ORDER BY id DESC LIMIT $perPage OFFSET $offset")->fetchAll();

$category = $pdo->query('SELECT name FROM categories WHERE id = ' . intval($_GET['cat']))->fetchColumn();

$sql = sprintf('SELECT COUNT(*) FROM news WHERE category_id = %d', $_GET['cat']);
$total = (int) $pdo->query($sql)->fetchColumn();

require 'templates/news.php';
