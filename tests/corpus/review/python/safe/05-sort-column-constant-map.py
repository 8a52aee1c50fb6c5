from django.db import connection

SORTABLE = {
    "name": "name",
    "newest": "created_at",
    "price": "unit_price",
}
DIRECTIONS = {"asc": "ASC", "desc": "DESC"}


def product_rows(request, category):
    column = SORTABLE.get(request.GET.get("sort"), "name")
    direction = DIRECTIONS.get(request.GET.get("dir"), "ASC")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, name, unit_price FROM shop_product WHERE category_id = %s ORDER BY {column} {direction}",
            [category],
        )
        return cursor.fetchall()
