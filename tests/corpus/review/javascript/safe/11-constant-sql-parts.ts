const TABLE = 'measurement';
const COLUMNS = 'id, sensor_id, taken_at, value';
const SELECT_ALL = `SELECT ${COLUMNS} FROM ${TABLE}`;
const BY_SENSOR = SELECT_ALL + ' WHERE sensor_id = $1';

export const queries = {
  latest:
    BY_SENSOR +
    ' ORDER BY taken_at DESC' +
    ' LIMIT 1',
  range: `${BY_SENSOR} AND taken_at BETWEEN $2 AND $3`,
  insert: `INSERT INTO ${TABLE} (sensor_id, taken_at, value) VALUES ($1, $2, $3)`,
} as const;

export async function latest(client: { query: Function }, sensorId: number) {
  const { rows } = await client.query(queries.latest, [sensorId]);
  return rows[0];
}
