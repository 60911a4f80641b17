"""The directory of nodes in Redis: a key for each node, which ends with its lease, and a set of their ids."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from redis.exceptions import RedisError

from server.adapters.redis.client import connect
from server.application.ports import LEASE, DirectoryUnavailable, Node

ALL = "dyad:nodes"
ONE = "dyad:node:"
MAX_NODES = 256


class RedisNodes:
    """Leases run on Redis's own clock. The set of ids is repaired by every renewal, after a flush too."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)

    async def renew(self, node: Node) -> None:
        body = {"address": node.address, "seen": node.seen.isoformat(), "load": node.load, "draining": node.draining}
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                pipe.set(ONE + node.id, json.dumps(body), px=int(LEASE * 1000))
                pipe.sadd(ALL, node.id)
                await pipe.execute()
        except (RedisError, OSError) as fault:
            raise DirectoryUnavailable(type(fault).__name__) from fault

    async def live(self) -> list[Node]:
        try:
            ids = sorted(str(id) for id in await self._client.smembers(ALL))[:MAX_NODES]
            bodies = await self._client.mget([ONE + id for id in ids]) if ids else []
            gone = [id for id, body in zip(ids, bodies, strict=True) if body is None]
            if gone:
                await self._client.srem(ALL, *gone)
        except (RedisError, OSError) as fault:
            raise DirectoryUnavailable(type(fault).__name__) from fault
        found = [_read(id, str(body)) for id, body in zip(ids, bodies, strict=True) if body is not None]
        return [node for node in found if node is not None]

    async def leave(self, node: str) -> None:
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                pipe.delete(ONE + node)
                pipe.srem(ALL, node)
                await pipe.execute()
        except (RedisError, OSError) as fault:
            raise DirectoryUnavailable(type(fault).__name__) from fault

    async def close(self) -> None:
        await self._client.aclose()


def _read(id: str, text: str) -> Node | None:
    try:
        body: dict[str, Any] = json.loads(text)
        return Node(
            id, str(body["address"]), datetime.fromisoformat(body["seen"]), int(body["load"]), body["draining"] is True
        )
    except (ValueError, KeyError, TypeError):
        return None  # written by a version that we don't know
