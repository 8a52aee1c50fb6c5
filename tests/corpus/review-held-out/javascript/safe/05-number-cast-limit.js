const express = require('express');
const pool = require('../pool');

const router = express.Router();
const MAX_ROWS = 200;

router.get('/log', async (req, res) => {
  const limit = Math.min(Number.parseInt(req.query.limit, 10) || 50, MAX_ROWS);
  const offset = Math.max(Number(req.query.offset) || 0, 0);
  const [rows] = await pool.query(
    `SELECT id, message FROM log ORDER BY id DESC LIMIT ${limit} OFFSET ${offset}`,
  );
  res.json(rows);
});

module.exports = router;
