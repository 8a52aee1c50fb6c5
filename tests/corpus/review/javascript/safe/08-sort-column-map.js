const { pool } = require('./pool');

const SORT_COLUMNS = Object.freeze({
  name: 'c.name',
  created: 'c.created_at',
  size: 'c.member_count',
});

async function listClubs(req, res) {
  const column = SORT_COLUMNS[req.query.sort] || SORT_COLUMNS.name;
  const direction = req.query.dir === 'desc' ? 'DESC' : 'ASC';
  const [rows] = await pool.execute(
    `SELECT c.id, c.name, c.member_count FROM clubs c WHERE c.city = ? ORDER BY ${column} ${direction}`,
    [req.query.city],
  );
  res.json(rows);
}

module.exports = { listClubs };
