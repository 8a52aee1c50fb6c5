import { QueryTypes, Sequelize } from 'sequelize';
import type { Request, Response } from 'express';

interface AppointmentRow {
  id: number;
  startsAt: string;
  patient: string;
}

export class AppointmentController {
  constructor(private readonly sequelize: Sequelize) {}

  list = async (req: Request, res: Response): Promise<void> => {
    const doctor = String(req.query.doctor ?? '');
    const rows = await this.sequelize.query<AppointmentRow>(
      `SELECT id, "startsAt", patient FROM appointments WHERE doctor = '${doctor}' ORDER BY "startsAt"`,
      { type: QueryTypes.SELECT },
    );
    res.json({ rows });
  };
}
