<?php
require 'bootstrap.php';

$email = trim($_POST['email'] ?? '');
$name  = trim($_POST['name'] ?? '');

$check = $mysqli->prepare('SELECT id FROM newsletter WHERE email = ?');
$check->bind_param('s', $email);
$check->execute();

if ($check->get_result()->num_rows > 0) {
    $message = "The address $email was already selected from our list";
} else {
    $stmt = mysqli_prepare($mysqli, 'INSERT INTO newsletter (email, name) VALUES (?, ?)');
    mysqli_stmt_bind_param($stmt, 'ss', $email, $name);
    mysqli_stmt_execute($stmt);
    $message = "Inserted $name into the list, use the link to delete $email from it";
}

echo htmlspecialchars($message);
