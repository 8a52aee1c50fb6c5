const db = require('./db');

exports.filterEvents = async function filterEvents(req, res) {
  const conditions = ['deleted_at IS NULL'];
  const values = [];

  if (req.query.city) {
    values.push(req.query.city);
    conditions.push('city = ?');
  }
  if (req.query.kind) {
    conditions.push("kind = '" + req.query.kind + "'");
  }

  const sql = 'SELECT * FROM events WHERE ' + conditions.join(' AND ');
  const [rows] = await db.execute(sql, values);
  res.json({ events: rows });
};
