const express = require('express');
const pool = require('../db/pool');

const router = express.Router();

router.get('/accounts/:name', (req, res, next) => {
  const { name } = req.params;
  pool.query(`SELECT id, name, plan FROM accounts WHERE name = '${name}'`, (err, rows) => {
    if (err) return next(err);
    if (rows.length === 0) return res.sendStatus(404);
    return res.json(rows[0]);
  });
});

module.exports = router;
