import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });

export async function findMember(login) {
  const sql = "SELECT id, login, plan FROM members WHERE login = '" + login + "'";
  const result = await pool.query(sql);
  return result.rows[0];
}

export async function setPlan(id, plan) {
  const result = await pool.query('UPDATE members SET plan = $2 WHERE id = $1', [id, plan]);
  if (result.rowCount === 0) {
    throw new Error(`no member ${id} to update, plan ${plan} not set`);
  }
}
