const { Client } = require('pg');

async function removeSessions(user, agent) {
  const client = new Client();
  await client.connect();
  try {
    const statement = [
      'DELETE FROM sessions',
      'WHERE revoked = false',
      `AND username = '${user}'`,
      'RETURNING id',
    ].join(' ');
    const { rows } = await client.query(statement);
    console.log(`removed ${rows.length} sessions of ${user} (${agent})`);
    return rows.map((r) => r.id);
  } finally {
    await client.end();
  }
}

module.exports = removeSessions;
