from sqlalchemy import text
from sqlalchemy.orm import Session


class UserRepository:
    def __init__(self, session: Session):
        self._session = session

    def by_id(self, user_id: int):
        return self._session.execute(
            text("SELECT * FROM users WHERE id = :id"), {"id": user_id}
        ).one_or_none()

    def by_email(self, email: str):
        stmt = text("SELECT * FROM users WHERE email = '" + email + "'")
        return self._session.execute(stmt).one_or_none()
