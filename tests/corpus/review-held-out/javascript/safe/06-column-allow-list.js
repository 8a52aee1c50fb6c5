const db = require('./db');

const SORT_COLUMNS = new Set(['name', 'created_at', 'size']);

async function listFiles(folderId, sort, descending) {
  if (!SORT_COLUMNS.has(sort)) {
    throw new RangeError(`unknown sort column: ${sort}`);
  }
  const direction = descending ? 'DESC' : 'ASC';
  const sql = `SELECT id, name, size FROM files WHERE folder_id = ? ORDER BY ${sort} ${direction}`;
  const [rows] = await db.execute(sql, [folderId]);
  return rows;
}

module.exports = { listFiles };
