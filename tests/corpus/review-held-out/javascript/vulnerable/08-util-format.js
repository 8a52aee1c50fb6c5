const util = require('util');
const mysql = require('mysql2/promise');

const DELETE_SESSION = "DELETE FROM sessions WHERE token = '%s' AND kind = '%s'";

async function logout(req, res) {
  const conn = await mysql.createConnection(process.env.DATABASE_URL);
  try {
    const sql = util.format(DELETE_SESSION, req.cookies.sid, 'web');
    await conn.query(sql);
    res.clearCookie('sid').redirect('/');
  } finally {
    await conn.end();
  }
}

module.exports = logout;
