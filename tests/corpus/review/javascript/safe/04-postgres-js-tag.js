import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL);

export async function getReviews(product, minStars) {
  return sql`
    SELECT id, stars, body FROM reviews
    WHERE product_id = ${product} AND stars >= ${minStars}
    ORDER BY id DESC
  `;
}

export async function patchReview(id, patch) {
  const [row] = await sql`UPDATE reviews SET ${sql(patch, 'stars', 'body')} WHERE id = ${id} RETURNING *`;
  return row;
}

export async function addReview(review) {
  await sql`INSERT INTO reviews ${sql(review)}`;
}
