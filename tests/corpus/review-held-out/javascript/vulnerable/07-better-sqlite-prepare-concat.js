import Database from 'better-sqlite3';

const db = new Database('notes.sqlite', { readonly: false });

export function exportTable(table, writer) {
  const statement = db.prepare('SELECT rowid, * FROM ' + table);
  let count = 0;
  for (const row of statement.iterate()) {
    writer.write(JSON.stringify(row) + '\n');
    count += 1;
  }
  writer.end();
  return count;
}

export const countNotes = () => db.prepare('SELECT count(*) AS n FROM notes').get().n;
