import sqlite3


def build_login_query(username, password_hash):
    return "SELECT id, role FROM accounts WHERE username = '" + username + "' AND pw_hash = '" + password_hash + "'"


class AccountService:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    def login(self, username, password_hash):
        row = self.db.execute(build_login_query(username, password_hash)).fetchone()
        if row is None:
            raise PermissionError("unknown user or wrong password")
        return {"id": row[0], "role": row[1]}

    def touch(self, account_id):
        self.db.execute("UPDATE accounts SET last_seen = CURRENT_TIMESTAMP WHERE id = ?", [account_id])
        self.db.commit()
