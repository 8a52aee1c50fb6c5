const { PrismaClient } = require('@prisma/client');

const prisma = new PrismaClient();

class CouponService {
  async list() {
    return prisma.coupon.findMany({ where: { active: true } });
  }

  async redeem(code, userId) {
    const changed = await prisma.$executeRawUnsafe(
      'UPDATE "Coupon" SET used_by = $1 WHERE used_by IS NULL AND code = \'' + code + '\'',
      userId,
    );
    if (changed !== 1) throw new Error('coupon is not valid');
  }
}

module.exports = CouponService;
