import asyncpg
from aiohttp import web

routes = web.RouteTableDef()


@routes.post("/devices/disable")
async def disable(request: web.Request) -> web.Response:
    body = await request.json()
    serials = body.get("serials", [])
    if not serials:
        raise web.HTTPBadRequest(reason="no serials given")
    joined = "', '".join(serials)
    pool: asyncpg.Pool = request.app["pool"]
    async with pool.acquire() as conn:
        await conn.execute(
            f"UPDATE devices SET enabled = false WHERE serial IN ('{joined}')"
        )
    return web.json_response({"disabled": len(serials)})
