import { pool } from './pool.js';

export async function findByIds(ids) {
  if (ids.length === 0) return [];
  const marks = ids.map((_, i) => `$${i + 1}`).join(', ');
  const { rows } = await pool.query(`SELECT id, label FROM places WHERE id IN (${marks})`, ids);
  return rows;
}

export async function findByAny(ids) {
  const { rows } = await pool.query('SELECT id, label FROM places WHERE id = ANY($1::int[])', [ids]);
  return rows;
}

export async function insertMany(labels) {
  const values = labels.map((_, i) => `($${i + 1})`).join(',');
  await pool.query('INSERT INTO places (label) VALUES ' + values, labels);
}
