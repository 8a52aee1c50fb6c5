<?php
include 'inc/db.php';

$sql = 'SELECT c.id, c.make, c.model, c.price FROM cars c WHERE c.sold = 0';
$args = [];

if (!empty($_POST['make'])) {
    $sql .= ' AND c.make = ?';
    $args[] = $_POST['make'];
}
if (!empty($_POST['max_price'])) {
    $sql .= ' AND c.price <= ' . $_POST['max_price'];
}
$sql .= ' ORDER BY c.price LIMIT 100';

$stmt = $pdo->prepare($sql);
$stmt->execute($args);
$cars = $stmt->fetchAll();

echo $twig->render('cars.html.twig', ['cars' => $cars]);
