<?php

$sql = <<<'SQL'
    SELECT country, COUNT(*) AS visitors
    FROM visits
    WHERE day BETWEEN :from AND :to AND page <> '$internal'
    GROUP BY country
    SQL;

$stmt = $pdo->prepare($sql);
$stmt->execute(['from' => $_GET['from'], 'to' => $_GET['to']]);
$visits = $stmt->fetchAll(PDO::FETCH_KEY_PAIR);
$label = htmlspecialchars($_GET['label'] ?? 'all pages');

echo <<<HTML
<form method="get">
  <p>Select a period from the calendar to update the figures of {$label}</p>
  <select name="from"><option value="{$label}">{$label}</option></select>
  <button>Update</button>
</form>
HTML;
