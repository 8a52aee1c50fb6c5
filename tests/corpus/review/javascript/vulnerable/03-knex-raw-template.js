'use strict';

module.exports = ({ knex, logger }) => ({
  async salesPerMonth(storeId, status) {
    logger.debug({ storeId, status }, 'sales report');
    const { rows } = await knex.raw(`
      SELECT date_trunc('month', sold_at) AS month, sum(amount) AS total
      FROM sales
      WHERE store_id = ? AND status = '${status}'
      GROUP BY 1
      ORDER BY 1
    `, [storeId]);
    return rows.map((r) => ({ month: r.month, total: Number(r.total) }));
  },

  async closeStore(storeId) {
    return knex('stores').where({ id: storeId }).update({ closed: true });
  },
});
