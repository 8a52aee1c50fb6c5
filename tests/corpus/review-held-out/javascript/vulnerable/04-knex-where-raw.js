const knex = require('./knex');

function searchBooks({ author, year, phrase }) {
  const query = knex('books').select('id', 'title', 'author');
  if (author) {
    query.where({ author });
  }
  if (year) {
    query.andWhere('year', '>=', year);
  }
  if (phrase) {
    query.whereRaw(`to_tsvector(title) @@ to_tsquery('${phrase}')`);
  }
  return query.orderBy('title').limit(50);
}

module.exports = { searchBooks };
