<?php

function assign_courier($link, array $data): bool
{
    $sql = sprintf(
        "UPDATE deliveries SET courier = '%s' WHERE tracking_no = '%s'",
        $data['courier'],
        $data['tracking']
    );
    $res = pg_query($link, $sql);
    if ($res === false) {
        error_log(sprintf('update of delivery %s failed: %s', $data['tracking'], pg_last_error($link)));
        return false;
    }

    return pg_affected_rows($res) === 1;
}

function delivery($link, string $tracking): array|false
{
    $res = pg_query_params($link, 'SELECT * FROM deliveries WHERE tracking_no = $1', [$tracking]);
    return pg_fetch_assoc($res);
}
