import { Injectable } from '@nestjs/common';
import { PrismaService } from '../prisma/prisma.service';

@Injectable()
export class InvoiceService {
  constructor(private readonly prisma: PrismaService) {}

  async byCustomer(customerId: number) {
    return this.prisma.invoice.findMany({ where: { customerId } });
  }

  async search(term: string, currency: string) {
    return this.prisma.$queryRawUnsafe(
      `SELECT id, number, total FROM "Invoice" WHERE number LIKE '%${term}%' AND currency = $1`,
      currency,
    );
  }
}
