const sql = require('mssql');

module.exports = async function listAssets(pool, filters) {
  const request = pool.request();
  let query = 'SELECT TOP 200 AssetId, Tag, Location FROM dbo.Assets WHERE Retired = 0';

  if (filters.location) {
    request.input('location', sql.NVarChar(80), filters.location);
    query += ' AND Location = @location';
  }
  if (filters.tag) {
    query += " AND Tag = '" + filters.tag + "'";
  }

  const result = await request.query(query + ' ORDER BY Tag');
  return result.recordset;
};
