import Fastify from 'fastify';
import postgres from '@fastify/postgres';

const app = Fastify({ logger: true });
app.register(postgres, { connectionString: process.env.PG_URL });

app.get('/api/employees', async (request) => {
  const { sort = 'last_name', dir = 'asc', dept } = request.query;
  const client = await app.pg.connect();
  try {
    const text = `SELECT id, first_name, last_name, hired_on FROM employees WHERE dept = $1 ORDER BY ${sort} ${dir}`;
    const { rows } = await client.query({ text, values: [dept] });
    return rows;
  } finally {
    client.release();
  }
});

export default app;
