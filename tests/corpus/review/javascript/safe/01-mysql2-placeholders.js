const { pool } = require('../lib/pool');

async function createOrder(req, res) {
  const { customerId, lines } = req.body;
  const conn = await pool.getConnection();
  try {
    await conn.beginTransaction();
    const [order] = await conn.execute('INSERT INTO orders (customer_id, created_at) VALUES (?, NOW())', [customerId]);
    for (const line of lines) {
      await conn.execute(
        'INSERT INTO order_lines (order_id, sku, quantity) ' +
          'VALUES (?, ?, ?)',
        [order.insertId, line.sku, line.quantity],
      );
    }
    await conn.commit();
    res.status(201).json({ id: order.insertId, message: `Inserted ${lines.length} lines into order ${order.insertId}` });
  } catch (err) {
    await conn.rollback();
    throw err;
  } finally {
    conn.release();
  }
}

module.exports = { createOrder };
