from flask import Blueprint, jsonify, request

from .db import pool

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
def audit_log():
    page = max(1, int(request.args.get("page", 1)))
    size = min(100, int(request.args.get("size", 20)))
    offset = (page - 1) * size
    with pool.connection() as conn:
        rows = conn.execute(f"SELECT at, actor, action FROM audit_log ORDER BY at DESC LIMIT {size} OFFSET {offset}").fetchall()
    return jsonify(rows)


@bp.get("/one")
def one_entry():
    with pool.connection() as conn:
        cur = conn.execute("SELECT * FROM audit_log WHERE id = %d" % int(request.args["id"]))
        return jsonify(cur.fetchone())
