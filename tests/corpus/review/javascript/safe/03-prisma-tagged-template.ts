import { Prisma, PrismaClient } from '@prisma/client';

const prisma = new PrismaClient();

export async function topAuthors(country: string, limit: number) {
  return prisma.$queryRaw<{ id: number; posts: bigint }[]>`
    SELECT a.id, count(p.*) AS posts
    FROM "Author" a JOIN "Post" p ON p."authorId" = a.id
    WHERE a.country = ${country}
    GROUP BY a.id
    ORDER BY posts DESC
    LIMIT ${limit}
  `;
}

export async function removeDrafts(authorIds: number[], before: Date) {
  const deleted = await prisma.$executeRaw`DELETE FROM "Post" WHERE draft AND "authorId" IN (${Prisma.join(authorIds)}) AND "createdAt" < ${before}`;
  return { deleted };
}
