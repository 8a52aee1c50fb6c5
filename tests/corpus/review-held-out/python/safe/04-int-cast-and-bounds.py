from flask import Blueprint, current_app, jsonify, request

bp = Blueprint("feed", __name__)


@bp.get("/feed")
def feed():
    try:
        page = max(int(request.args.get("page", 1)), 1)
        size = min(int(request.args.get("size", 20)), 100)
    except ValueError:
        return jsonify(error="page and size must be numbers"), 400
    offset = (page - 1) * size
    cur = current_app.db.cursor()
    cur.execute(f"SELECT id, body FROM posts ORDER BY id DESC LIMIT {size} OFFSET {offset}")
    return jsonify(cur.fetchall())
