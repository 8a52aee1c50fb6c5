const pool = require('./pool');

async function loadMany(ids) {
  if (ids.length === 0) return [];
  const marks = ids.map(() => '?').join(', ');
  const [rows] = await pool.execute(`SELECT * FROM items WHERE id IN (${marks})`, ids);
  return rows;
}

async function loadManyPg(client, skus) {
  const holders = skus.map((_, i) => `$${i + 1}`).join(',');
  const result = await client.query('SELECT * FROM items WHERE sku IN (' + holders + ')', skus);
  return result.rows;
}

module.exports = { loadMany, loadManyPg };
