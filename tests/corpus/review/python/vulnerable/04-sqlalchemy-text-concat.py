from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import get_session

router = APIRouter(prefix="/tickets")


@router.get("/search")
def search_tickets(q: str, session: Session = Depends(get_session)):
    stmt = text(
        "SELECT id, subject, status FROM tickets "
        "WHERE subject ILIKE '%" + q + "%' LIMIT 50"
    )
    rows = session.execute(stmt).mappings().all()
    return {"count": len(rows), "items": rows}


@router.get("/{ticket_id}")
def get_ticket(ticket_id: int, session: Session = Depends(get_session)):
    stmt = text("SELECT id, subject, status FROM tickets WHERE id = :id")
    return session.execute(stmt, {"id": ticket_id}).mappings().one()
