<?php

function acme_recent_leads($source, $days)
{
    global $wpdb;

    $table = $wpdb->prefix . 'acme_leads';

    return $wpdb->get_results(
        $wpdb->prepare(
            "SELECT * FROM {$table} WHERE source = %s AND created > DATE_SUB(NOW(), INTERVAL %d DAY)",
            $source,
            $days
        ),
        ARRAY_A
    );
}
