const util = require('node:util');
const { getConnection } = require('./connection');

exports.handler = async (event) => {
  const body = JSON.parse(event.body);
  const conn = await getConnection();

  const sql = util.format("UPDATE subscribers SET topic = '%s' WHERE email = '%s'", body.topic, body.email);
  const [result] = await conn.query(sql);

  return {
    statusCode: result.affectedRows ? 200 : 404,
    body: JSON.stringify({ updated: result.affectedRows }),
  };
};
