const { Op, QueryTypes } = require('sequelize');

/**
 * Runs: SELECT * FROM guests WHERE surname = '<surname>' AND ...
 * Never write `SELECT * FROM guests WHERE surname = '${surname}'` here.
 */
async function guests(models, surname, hotelId) {
  // const rows = await sequelize.query("SELECT * FROM guests WHERE surname = '" + surname + "'");
  return models.Guest.findAll({
    where: { hotelId, surname: { [Op.iLike]: `${surname}%` } },
    order: [['surname', 'ASC']],
  });
}

async function occupancy(sequelize, hotelId, from, to) {
  return sequelize.query(
    'SELECT night, count(*) AS rooms FROM stays WHERE hotel_id = :hotelId AND night BETWEEN :from AND :to GROUP BY night',
    { replacements: { hotelId, from, to }, type: QueryTypes.SELECT },
  );
}

module.exports = { guests, occupancy };
