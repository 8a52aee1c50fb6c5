from sqlalchemy import bindparam, select, text, update

from .models import Device

FIND_DEVICES = text(
    "SELECT id, serial, model FROM devices "
    "WHERE site_id = :site AND model IN :models "
    "ORDER BY serial"
).bindparams(bindparam("models", expanding=True))


def find_devices(session, site, models):
    return session.execute(FIND_DEVICES, {"site": site, "models": models}).all()


def rename_device(session, device_id, name):
    session.execute(update(Device).where(Device.id == device_id).values(name=name))
    session.commit()


def devices_called(session, fragment):
    stmt = select(Device).where(Device.name.ilike(f"%{fragment}%"))
    return session.scalars(stmt).all()
