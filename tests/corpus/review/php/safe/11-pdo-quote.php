<?php

/**
 * Writes a portable dump of one table's rows, one INSERT per row.
 */
function dump_settings(PDO $pdo, $out): void
{
    foreach ($pdo->query('SELECT name, value FROM settings ORDER BY name') as $row) {
        fwrite($out, 'INSERT INTO settings (name, value) VALUES (' . $pdo->quote($row['name']) . ', ' . $pdo->quote($row['value']) . ");\n");
    }
}

function setting(PDO $pdo, string $name): ?string
{
    $quoted = $pdo->quote($name);
    $value = $pdo->query("SELECT value FROM settings WHERE name = $quoted")->fetchColumn();

    return $value === false ? null : $value;
}
