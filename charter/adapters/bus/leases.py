"""Leases in Redis: a name held by one process for a while, with a value that tells who it is."""

from __future__ import annotations

import redis.asyncio
from redis.exceptions import RedisError

# KEYS[1] the lease; ARGV our value, milliseconds. 1: ours (renewed, or taken again after Redis lost it); 0: somebody else's.
_TAKE = """
local held = redis.call('GET', KEYS[1])
if held == false or held == ARGV[1] then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1 end
return 0
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"


class Leases:
    """Leases of `milliseconds`, held under `value`. Every method raises ConnectionError when Redis is away."""

    def __init__(self, redis_url: str, value: str, milliseconds: int) -> None:
        self._redis = redis.asyncio.Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2, decode_responses=True)
        self._value, self._milliseconds = value, milliseconds

    async def take(self, name: str) -> bool:
        """Takes or renews the lease. False when somebody else holds it."""
        return bool(await self._eval(_TAKE, name, str(self._milliseconds)))

    async def holder(self, name: str) -> str | None:
        """The value of whoever holds the lease, None when nobody does."""
        try:
            held = await self._redis.get(name)
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error
        return None if held is None else str(held)

    async def release(self, name: str) -> None:
        """Gives the lease back when it is ours."""
        await self._eval(_RELEASE, name)

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()

    async def _eval(self, script: str, name: str, *arguments: str) -> object:
        try:
            return await self._redis.eval(script, 1, name, self._value, *arguments)
        except (RedisError, OSError) as error:
            raise ConnectionError(str(error)) from error
