from django.db import connection

from .models import Station


def nearest_stations(lat, lon, radius_km, prefix):
    return Station.objects.raw(
        """
        SELECT *, earth_distance(ll_to_earth(%s, %s), position) AS dist
        FROM transit_station
        WHERE name LIKE %s AND earth_distance(ll_to_earth(%s, %s), position) < %s
        ORDER BY dist
        """,
        [lat, lon, f"{prefix}%", lat, lon, radius_km * 1000],
    )


def close_station(station_id, reason):
    table = connection.ops.quote_name(Station._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE " + table + " SET closed = true, reason = %s WHERE id = %s", [reason, station_id])
