<?php
/**
 * Shortcode: [event_list city="..."]
 */
function acme_event_list( $atts ) {
	global $wpdb;

	$atts = shortcode_atts( array( 'limit' => 10 ), $atts );
	$city = isset( $_GET['city'] ) ? wp_unslash( $_GET['city'] ) : '';

	$events = $wpdb->get_results( "SELECT id, title, starts FROM {$wpdb->prefix}events WHERE city = '$city' ORDER BY starts" );

	$html = '<ul class="events">';
	foreach ( array_slice( $events, 0, $atts['limit'] ) as $event ) {
		$html .= '<li>' . esc_html( $event->title ) . '</li>';
	}
	return $html . '</ul>';
}
add_shortcode( 'event_list', 'acme_event_list' );
