const express = require('express');
const mysql = require('mysql2/promise');

const router = express.Router();
const pool = mysql.createPool({ uri: process.env.MYSQL_URL, connectionLimit: 8 });

router.get('/recipes', async (req, res, next) => {
  try {
    const { cuisine } = req.query;
    const [rows] = await pool.query(`SELECT id, name, minutes FROM recipes WHERE cuisine = '${cuisine}'`);
    res.json(rows);
  } catch (err) {
    next(err);
  }
});

router.get('/recipes/:id', async (req, res) => {
  const [rows] = await pool.execute('SELECT * FROM recipes WHERE id = ?', [req.params.id]);
  res.json(rows[0] ?? null);
});

module.exports = router;
