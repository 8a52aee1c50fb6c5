const { Pool } = require('pg');

const pool = new Pool({ max: 5 });

async function updateProfile(userId, { displayName, bio }) {
  const sql =
    'UPDATE profiles ' +
    'SET display_name = $1, bio = $2, updated_at = now() ' +
    'WHERE user_id = $3 RETURNING *';
  const { rows } = await pool.query(sql, [displayName, bio, userId]);
  return rows[0] ?? null;
}

module.exports = { updateProfile };
