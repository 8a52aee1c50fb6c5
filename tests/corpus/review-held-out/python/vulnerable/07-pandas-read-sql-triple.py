import pandas as pd
from fastapi import APIRouter, Query

from app.db import engine

router = APIRouter(prefix="/metrics")


@router.get("/daily")
def daily(host: str = Query(...), days: int = 7):
    frame = pd.read_sql(
        f"""
        SELECT date_trunc('day', ts) AS day, avg(load) AS load
          FROM metrics
         WHERE host = '{host}'
         GROUP BY 1
         ORDER BY 1
        """,
        engine,
    )
    return frame.tail(days).to_dict(orient="records")
