"""How Dyad talks to Redis: every call ends within a moment, one way or the other."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

WITHIN = 1.5  # s for any answer: one that comes later helps nobody


def connect(url: str) -> Redis:
    """A client for `url`; nothing connects before the first command. One more try: a kept connection may be stale."""
    return Redis.from_url(
        url,
        socket_timeout=WITHIN,
        socket_connect_timeout=WITHIN,
        retry=Retry(NoBackoff(), 1),
        max_connections=4,
        decode_responses=True,
    )
