from dataclasses import dataclass

import asyncpg


@dataclass
class ProfilePatch:
    user_id: int
    bio: str


class ProfileStore:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def get(self, user_id: int):
        return await self._pool.fetchrow("SELECT * FROM profiles WHERE user_id = $1", user_id)

    async def patch(self, patch: ProfilePatch) -> str:
        async with self._pool.acquire() as conn:
            return await conn.execute(f"UPDATE profiles SET bio = '{patch.bio}', updated_at = now() WHERE user_id = {patch.user_id}")
