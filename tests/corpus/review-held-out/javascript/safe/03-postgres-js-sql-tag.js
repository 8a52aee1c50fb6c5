import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL);

export async function createComment(postId, author, body) {
  const [comment] = await sql`
    INSERT INTO comments (post_id, author, body)
    VALUES (${postId}, ${author}, ${body})
    RETURNING id, created_at
  `;
  return comment;
}

export const commentsOf = (postId, order) => sql`
  SELECT * FROM comments WHERE post_id = ${postId}
  ORDER BY ${order === 'old' ? sql`created_at` : sql`created_at DESC`}
`;
