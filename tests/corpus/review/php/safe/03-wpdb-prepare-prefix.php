<?php
function acme_get_bookings( $room_id, $status ) {
	global $wpdb;
	$table = $wpdb->prefix . 'acme_bookings';

	return $wpdb->get_results(
		$wpdb->prepare(
			"SELECT id, guest, arrival FROM {$wpdb->prefix}acme_bookings WHERE room_id = %d AND status = %s",
			$room_id,
			$status
		)
	);
}

function acme_delete_booking( $booking_id ) {
	global $wpdb;
	return $wpdb->delete( $wpdb->prefix . 'acme_bookings', array( 'id' => $booking_id ), array( '%d' ) );
}

function acme_find_guest( $guest ) {
	global $wpdb;
	$like = '%' . $wpdb->esc_like( $guest ) . '%';
	return $wpdb->get_col( $wpdb->prepare( "SELECT id FROM {$wpdb->prefix}acme_bookings WHERE guest LIKE %s", $like ) );
}
