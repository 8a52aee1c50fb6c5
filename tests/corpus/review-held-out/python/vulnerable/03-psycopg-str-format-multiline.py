import psycopg2

from .settings import DSN

REPORT = """
    SELECT region, sum(amount)
      FROM sales
     WHERE region = '{region}' AND sold_on >= '{since}'
     GROUP BY region
"""


def sales_by_region(region, since):
    with psycopg2.connect(DSN) as conn, conn.cursor() as cur:
        query = REPORT.format(
            region=region,
            since=since,
        )
        cur.execute(query)
        return cur.fetchall()
