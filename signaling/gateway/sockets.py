"""The Socket.IO server with its limits, and the two ways of sending to one connection."""

from __future__ import annotations

import asyncio
from typing import Any

from signaling.gateway.guard import GuardedServer

NAMESPACE = "/session"
MAX_FRAME = 100_000  # bytes; the largest honest message is an SDP answer
PING_EVERY, PING_WITHIN = 5, 5  # s


def from_own_page(origin: str | None, environ: dict[str, Any], pages: str | None = None) -> bool:
    """Whether a browser's page came from the host that it connects to, or from `pages`, where all nodes' pages are.

    The scheme is left out: TLS may end before us, and the library takes every direct connection for plain HTTP.
    """
    host = None if origin is None else origin.partition("://")[2]
    return host is not None and host in (environ.get("HTTP_HOST"), pages)


class Sockets:
    """A server of its own for each service."""

    def __init__(self, pages: str | None = None) -> None:
        """`pages` is the host from which this service's pages come, where browsers may reach us at another."""
        self.server = GuardedServer(
            async_mode="aiohttp",
            async_handlers=False,
            transports=["websocket"],
            cors_allowed_origins=lambda origin, environ: from_own_page(origin, environ, pages),
            max_http_buffer_size=MAX_FRAME,
            ping_interval=PING_EVERY,
            ping_timeout=PING_WITHIN,
            http_compression=False,
            namespaces=[NAMESPACE],
            logger=False,
            engineio_logger=False,
        )

    async def emit(self, sid: str, event: str, body: dict[str, Any]) -> None:
        """Send to this connection only. One that is gone gets nothing."""
        await self.server.emit(event, body, to=sid, namespace=NAMESPACE)

    async def kick(self, sid: str, event: str, body: dict[str, Any]) -> None:
        """Send a last word and close."""
        await self.emit(sid, event, body)
        await asyncio.sleep(0)
        await self.server.disconnect(sid, namespace=NAMESPACE)

    async def close(self) -> None:
        """End every connection and the server's own loops."""
        for sid in list(self.server.manager.rooms.get(NAMESPACE, {}).get(None, {})):
            await self.server.disconnect(sid, namespace=NAMESPACE)
        await self.server.shutdown()
