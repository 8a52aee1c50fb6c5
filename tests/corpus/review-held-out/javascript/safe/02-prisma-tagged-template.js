const { PrismaClient, Prisma } = require('@prisma/client');

const prisma = new PrismaClient();

async function nearby(city, kinds, radius) {
  return prisma.$queryRaw`
    SELECT id, name
      FROM venues
     WHERE city = ${city}
       AND kind IN (${Prisma.join(kinds)})
       AND distance < ${radius}
  `;
}

async function touch(id) {
  await prisma.$executeRaw`UPDATE venues SET seen_at = now() WHERE id = ${id}`;
}

module.exports = { nearby, touch };
