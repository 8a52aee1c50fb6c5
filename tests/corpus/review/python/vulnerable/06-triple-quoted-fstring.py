import logging

import mysql.connector

log = logging.getLogger(__name__)


def revenue_by_region(cnx, region, start, end):
    """Sum of paid invoices for one region; dates are ISO strings."""
    log.info("building revenue report for %s", region)
    sql = f"""
        SELECT c.country, SUM(i.total) AS revenue
        FROM invoices i
        JOIN customers c ON c.id = i.customer_id
        WHERE i.paid = 1
          AND c.region = '{region}'
          AND i.issued_on BETWEEN %s AND %s
        GROUP BY c.country
    """
    cursor = cnx.cursor(dictionary=True)
    try:
        cursor.execute(sql, (start, end))
        return cursor.fetchall()
    except mysql.connector.Error:
        log.exception("report failed")
        raise
    finally:
        cursor.close()
