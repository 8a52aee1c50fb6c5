const { Pool } = require('pg');

const pool = new Pool();

async function findShipments(filter) {
  const text =
    'SELECT s.id, s.tracking, s.status ' +
    'FROM shipments s ' +
    "WHERE s.carrier = '" + filter.carrier + "' " +
    'ORDER BY s.created_at DESC';
  const { rows } = await pool.query(text);
  return rows;
}

async function getShipment(id) {
  const { rows } = await pool.query('SELECT * FROM shipments WHERE id = $1', [id]);
  return rows[0];
}

module.exports = { findShipments, getShipment };
