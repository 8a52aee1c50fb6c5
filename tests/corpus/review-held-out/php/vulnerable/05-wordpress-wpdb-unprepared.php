<?php

add_action('wp_ajax_acme_lookup', 'acme_lookup');

function acme_lookup()
{
    global $wpdb;

    check_ajax_referer('acme');
    $email = wp_unslash($_POST['email']);
    $row = $wpdb->get_row("SELECT * FROM {$wpdb->prefix}acme_leads WHERE email = '" . $email . "'");
    if (!$row) {
        wp_send_json_error('not found', 404);
    }
    wp_send_json_success($row);
}
