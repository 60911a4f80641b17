"""Webhook endpoints."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from server.adapters.sql.schema import endpoints
from server.adapters.sql.statements import upsert
from server.application.hooks import Endpoint


def put(connection: Connection, endpoint: Endpoint) -> None:
    upsert(connection, endpoints, **asdict(endpoint))


def listed(connection: Connection) -> list[Endpoint]:
    rows = connection.execute(select(endpoints).order_by(endpoints.c.added_at, endpoints.c.id))
    return [Endpoint(**row._mapping) for row in rows]


def remove(connection: Connection, id: str) -> bool:
    return connection.execute(delete(endpoints).where(endpoints.c.id == id)).rowcount == 1
