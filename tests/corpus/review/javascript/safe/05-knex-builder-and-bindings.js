module.exports = class WalletRepository {
  constructor(knex) {
    this.knex = knex;
  }

  history(walletId, { from, to }) {
    return this.knex
      .select('id', 'amount', 'booked_at')
      .from('bookings')
      .where('wallet_id', walletId)
      .whereBetween('booked_at', [from, to])
      .orderBy('booked_at', 'desc');
  }

  async balance(walletId, currency) {
    const { rows } = await this.knex.raw(
      'SELECT coalesce(sum(amount), 0) AS total FROM bookings WHERE wallet_id = ? AND currency = ?',
      [walletId, currency],
    );
    return rows[0].total;
  }

  column(name, walletId) {
    return this.knex.raw('SELECT ?? FROM bookings WHERE wallet_id = ?', [name, walletId]);
  }
};
