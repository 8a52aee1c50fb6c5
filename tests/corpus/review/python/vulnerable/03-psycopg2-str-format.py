import os

import psycopg2
import psycopg2.extras


class CustomerRepository:
    def __init__(self):
        self.conn = psycopg2.connect(os.environ["CRM_DSN"])

    def find_by_email(self, email):
        query = "SELECT id, name, email FROM customers WHERE lower(email) = lower('{}')".format(email)
        with self.conn.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cur:
            cur.execute(query)
            return cur.fetchone()

    def rename(self, customer_id, name):
        with self.conn, self.conn.cursor() as cur:
            cur.execute("UPDATE customers SET name = %s WHERE id = %s", (name, customer_id))
            return cur.rowcount
