const sqlite3 = require('sqlite3').verbose();

const db = new sqlite3.Database(process.env.GUESTBOOK_DB || 'guestbook.db');

function addEntry(entry, done) {
  db.run('INSERT INTO entries (name, message) VALUES (' +
    "'" + entry.name + "', " +
    "'" + entry.message + "')", done);
}

function latest(count, done) {
  db.all('SELECT name, message FROM entries ORDER BY id DESC LIMIT ?', [count], (err, rows) => {
    if (err) {
      console.error('could not select entries from guestbook: ' + err.message);
      return done(err);
    }
    return done(null, rows);
  });
}

module.exports = { addEntry, latest };
