"""Webhook endpoints in memory."""

from __future__ import annotations

from server.application.hooks import Endpoint


class MemoryHooks:
    """Endpoints."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}

    async def put_endpoint(self, endpoint: Endpoint) -> None:
        self._endpoints[endpoint.id] = endpoint

    async def endpoints(self) -> list[Endpoint]:
        return sorted(self._endpoints.values(), key=lambda one: (one.added_at, one.id))

    async def remove_endpoint(self, id: str) -> bool:
        return self._endpoints.pop(id, None) is not None
