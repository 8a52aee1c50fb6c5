import psycopg2

from .settings import DSN


def find_orders(customer, status):
    conn = psycopg2.connect(DSN)
    try:
        with conn.cursor() as cur:
            cur.execute(
                "SELECT id, total FROM orders "
                "WHERE customer = %s AND status = %s "
                "ORDER BY id",
                (customer, status),
            )
            return cur.fetchall()
    finally:
        conn.close()
