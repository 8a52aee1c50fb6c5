from flask import Blueprint, current_app, render_template, request

bp = Blueprint("inventory", __name__)


@bp.route("/inventory")
def index():
    db = current_app.extensions["db_pool"]
    query = "SELECT sku, label, on_hand FROM stock WHERE active = 1"
    params = []

    if request.args.get("warehouse"):
        query += " AND warehouse_id = ?"
        params.append(request.args["warehouse"])
    if request.args.get("label"):
        query += " AND label LIKE '" + request.args["label"] + "%'"

    query += " ORDER BY sku"
    with db.connection() as conn:
        items = conn.execute(query, params).fetchall()
    return render_template("inventory/index.html", items=items)
