const mysql = require('mysql');
const format = require('pg-format');

const connection = mysql.createConnection(process.env.LEGACY_MYSQL);

function legacySearch(term, cb) {
  connection.query('SELECT id, title FROM articles WHERE title = ' + connection.escape(term), cb);
}

function legacyColumn(column, id, cb) {
  const sql = `SELECT ${mysql.escapeId(column)} FROM articles WHERE id = ${mysql.escape(id)}`;
  connection.query(sql, cb);
}

function bulkInsert(client, table, rows) {
  return client.query(format('INSERT INTO %I (sku, qty) VALUES %L', table, rows));
}

module.exports = { legacySearch, legacyColumn, bulkInsert };
