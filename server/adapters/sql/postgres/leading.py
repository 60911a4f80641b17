"""Leads the schema of a PostgreSQL database to a revision, while others read and write it."""

from __future__ import annotations

import asyncio

from sqlalchemy import URL, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from server.adapters.sql import migrate
from server.adapters.sql.postgres.engine import connecting, engine_of, sqlstate, telling

LOCK_SECONDS = 1.0  # that a change waits for a table: whoever comes to that table meanwhile waits behind it
TRIES, PAUSE = 30, 0.5
MIGRATING = 0x64796164  # the advisory lock of who changes the schema: two at once take turns
LOCKED = "55P03"


async def lead(url: URL, to: str | None = None) -> tuple[str, str]:
    """Lead the schema to a revision (None: the newest): from which, and to which.

    Raises `SchemaTooNew`, `UnknownRevision` or, where the server or a lock cannot be had, `RecordUnavailable`.
    """
    engine = engine_of(connecting(url), 1)
    try:
        with telling():
            async with engine.connect() as connection:
                return await _in_turn(connection, to)
    finally:
        await engine.dispose()


async def _in_turn(connection: AsyncConnection, to: str | None) -> tuple[str, str]:
    await _until_first(connection)
    await connection.execute(text(f"SET lock_timeout = '{LOCK_SECONDS}s'"))
    await connection.commit()
    first: str | None = None
    for left in reversed(range(TRIES)):
        try:
            was, now = await connection.run_sync(migrate.migrate, to)
            return first or was, now
        except DBAPIError as fault:
            await connection.rollback()
            if sqlstate(fault) != LOCKED or not left:
                raise
            first = first or await connection.run_sync(migrate.found)
            await connection.rollback()
        await asyncio.sleep(PAUSE)
    raise AssertionError("unreachable")


async def _until_first(connection: AsyncConnection) -> None:
    asked = text("SELECT pg_try_advisory_lock(:key)")
    while not await connection.scalar(asked, {"key": MIGRATING}):
        await connection.commit()
        await asyncio.sleep(PAUSE / 10)
    await connection.commit()
