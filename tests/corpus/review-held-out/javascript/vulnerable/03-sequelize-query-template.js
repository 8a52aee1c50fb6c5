const { QueryTypes } = require('sequelize');
const { sequelize } = require('../models');

exports.leaderboard = async (ctx) => {
  const { team, limit = '10' } = ctx.query;
  const top = Math.min(Number.parseInt(limit, 10) || 10, 100);
  const players = await sequelize.query(
    `SELECT nickname, score
       FROM players
      WHERE team = "${team}"
      ORDER BY score DESC`,
    { type: QueryTypes.SELECT },
  );
  ctx.body = players.slice(0, top);
};
