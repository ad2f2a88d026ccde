"""One owner process a text. The lease in Redis says where to send connections; the fencing number in the database is what makes it safe:
a process that was paused while its lease ran out finds its writes refused (`commit`)."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import Callable
from typing import Protocol

import structlog

from charter.adapters.bus import Leases

log = structlog.get_logger()

LEASE = 5.0
RENEW_EVERY = 1.5
_KEY = "live:owner:"


class Elsewhere(Exception):
    """Another process owns the text; `url` is its own address (ws://host:port)."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class Unknown(Exception):
    """Redis is away: nobody can say who owns the text. To be tried again."""


class Ownership(Protocol):
    """Who may open a room."""

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """`callback(ref)` will be called when a text this process owned was taken by another."""

    async def acquire(self, ref: str) -> None:
        """Takes the text. Raises Elsewhere or Unknown."""

    async def release(self, ref: str) -> None:
        """Gives the text back."""

    async def close(self) -> None:
        """Stops renewing."""


class Alone:
    """Embedded mode: this process owns every text."""

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """Never called."""

    async def acquire(self, ref: str) -> None:
        """Always granted."""

    async def release(self, ref: str) -> None:
        """Nothing to give back."""

    async def close(self) -> None:
        """Nothing to stop."""


class RedisOwnership:
    """Full mode: a lease a text in Redis, renewed while the room is open. `own_url` is where other processes reach this one."""

    def __init__(self, redis_url: str, own_url: str, *, lease: float = LEASE, renew_every: float = RENEW_EVERY) -> None:
        value = json.dumps({"url": own_url, "process": secrets.token_hex(8)})
        self._leases = Leases(redis_url, value, int(lease * 1000))
        self._every = renew_every
        self._held: set[str] = set()
        self._lost: Callable[[str], None] = lambda ref: None
        self._task: asyncio.Task[None] | None = None

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """`callback(ref)` will be called when a text this process owned was taken by another."""
        self._lost = callback

    async def acquire(self, ref: str) -> None:
        """Takes the lease of a text. Raises Elsewhere with the owner's address, Unknown when Redis is away."""
        try:
            if await self._leases.take(_KEY + ref):
                self._held.add(ref)
                if self._task is None:
                    self._task = asyncio.create_task(self._keep(), name="live-leases")
                return
            holder = await self._leases.holder(_KEY + ref)
        except ConnectionError as error:
            raise Unknown(str(error)) from error
        if holder is None:
            raise Unknown("the lease ran out just now")
        raise Elsewhere(json.loads(holder)["url"])

    async def release(self, ref: str) -> None:
        """Gives the text back; when Redis is away the lease runs out by itself."""
        self._held.discard(ref)
        with contextlib.suppress(ConnectionError):
            await self._leases.release(_KEY + ref)

    async def close(self) -> None:
        """Stops renewing, gives back what is left."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for ref in list(self._held):
            await self.release(ref)
        await self._leases.close()

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            for ref in list(self._held):
                try:
                    if not await self._leases.take(_KEY + ref) and ref in self._held:
                        self._held.discard(ref)
                        self._lost(ref)
                except ConnectionError as error:
                    # The room goes on: whoever takes the text meanwhile also takes the fencing number.
                    log.warning("live_lease_not_renewed", text=ref, error=str(error))
                    break
