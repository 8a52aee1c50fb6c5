const Database = require('better-sqlite3');

class Playlist {
  constructor(file) {
    this.db = new Database(file, { fileMustExist: true });
    this.db.pragma('journal_mode = WAL');
  }

  songsBy(artist) {
    return this.db.prepare(`SELECT title, length FROM songs WHERE artist = "${artist}" ORDER BY title`).all();
  }

  add(song) {
    const insert = this.db.prepare('INSERT INTO songs (title, artist, length) VALUES (@title, @artist, @length)');
    return insert.run(song).lastInsertRowid;
  }
}

module.exports = { Playlist };
