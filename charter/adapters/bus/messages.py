"""Small messages between processes that are awake now: live editing's control channel.

Nothing rests on a message arriving: what matters is in the database. Embedded mode has one process and a bus in memory;
full mode goes through Redis pub/sub.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator
from typing import Any, Protocol

import redis
import redis.asyncio
import structlog

log = structlog.get_logger()
Message = dict[str, Any]


class Bus(Protocol):
    """Publish and subscribe."""

    def publish(self, channel: str, message: Message) -> None:
        """Sends, without waiting for anybody; a bus that is away is logged, never raised."""

    def subscribe(self, channel: str) -> AsyncIterator[Message]:
        """An endless stream of what is published on `channel` from now on."""


class MemoryBus:
    """A bus inside one process, safe to publish to from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queues: dict[str, list[tuple[asyncio.AbstractEventLoop, asyncio.Queue[Message]]]] = {}

    def publish(self, channel: str, message: Message) -> None:
        """Hands the message to each subscriber's own event loop."""
        with self._lock:
            listeners = list(self._queues.get(channel, ()))
        for loop, queue in listeners:
            with contextlib.suppress(RuntimeError):  # its loop closed meanwhile
                loop.call_soon_threadsafe(queue.put_nowait, message)

    async def subscribe(self, channel: str) -> AsyncIterator[Message]:
        """Everything published on `channel` from now on."""
        entry = (asyncio.get_running_loop(), asyncio.Queue[Message]())
        with self._lock:
            self._queues.setdefault(channel, []).append(entry)
        try:
            while True:
                yield await entry[1].get()
        finally:
            with self._lock:
                self._queues[channel].remove(entry)


class RedisBus:
    """A bus through Redis pub/sub; reconnects by itself."""

    RETRY_SECONDS = 0.5

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    def publish(self, channel: str, message: Message) -> None:
        """Publishes; logs a warning when Redis is away."""
        try:
            self._client.publish(channel, json.dumps(message))
        except redis.RedisError as error:
            log.warning("bus_away", channel=channel, error=str(error))

    async def subscribe(self, channel: str) -> AsyncIterator[Message]:
        """Everything published on `channel`; after an outage it listens again (what was said meanwhile is gone)."""
        while True:
            client = redis.asyncio.Redis.from_url(self.url)
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(channel)
                    async for item in pubsub.listen():
                        yield json.loads(item["data"])
            except (redis.RedisError, OSError) as error:
                log.warning("bus_away", channel=channel, error=str(error))
                await asyncio.sleep(self.RETRY_SECONDS)
            finally:
                await client.aclose()


_memory = MemoryBus()


def connect(redis_url: str) -> Bus:
    """The Redis bus, or this process's own when there is no Redis."""
    return RedisBus(redis_url) if redis_url else _memory
