import { DataSource, Repository } from 'typeorm';
import { Vehicle } from './vehicle.entity';

export class VehicleSearch {
  private readonly vehicles: Repository<Vehicle>;

  constructor(dataSource: DataSource) {
    this.vehicles = dataSource.getRepository(Vehicle);
  }

  async byPlate(plate: string, fleetId: number): Promise<Vehicle[]> {
    return this.vehicles.query("SELECT * FROM vehicle WHERE plate LIKE '" + plate + "%' AND fleet_id = $1", [fleetId]);
  }

  async inFleet(fleetId: number): Promise<Vehicle[]> {
    return this.vehicles
      .createQueryBuilder('v')
      .where('v.fleetId = :fleetId', { fleetId })
      .orderBy('v.plate', 'ASC')
      .getMany();
  }
}
