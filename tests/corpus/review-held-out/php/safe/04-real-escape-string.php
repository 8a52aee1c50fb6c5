<?php

function legacy_login_exists(mysqli $link, string $login): bool
{
    $safe = mysqli_real_escape_string($link, $login);
    $result = mysqli_query($link, "SELECT 1 FROM users WHERE login = '$safe' LIMIT 1");

    return mysqli_num_rows($result) === 1;
}

function legacy_rename(PDO $pdo, string $old, string $new): int
{
    return $pdo->exec(
        'UPDATE users SET login = ' . $pdo->quote($new) . ' WHERE login = ' . $pdo->quote($old)
    );
}
