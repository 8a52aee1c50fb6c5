const mysql = require('mysql');

const connection = mysql.createConnection(process.env.MYSQL_URL);

function archive(table, status, done) {
  const sql =
    'DELETE FROM ' + mysql.escapeId(table) +
    ' WHERE status = ' + mysql.escape(status);
  connection.query(sql, (err, result) => {
    if (err) return done(err);
    return done(null, result.affectedRows);
  });
}

module.exports = { archive };
