"""The reads that every decision begins with, straight to the driver, on a connection of their own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from server.adapters.sql.postgres.appender import end
from server.adapters.sql.postgres.engine import Connect, telling
from server.adapters.sql.postgres.hashes import Hashes
from server.adapters.sql.schema import from_micros
from server.application.ports import RecordUnavailable, StoredEvent

# Each log by the index: joined outright, on tables that were empty when this was planned they would be read whole.
LOAD = """
SELECT w.n, e.seq, e.at, e.kind, e.body, e.cmd, e.hash
FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS w(session, after, n)
CROSS JOIN LATERAL (SELECT * FROM events e WHERE e.session = w.session AND e.seq > w.after ORDER BY e.seq) e
ORDER BY w.n, e.seq
"""
_EARLIEST = "SELECT min(at) AS at FROM deadlines"
_NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now"
MOST = 100  # logs in one answer


@dataclass(eq=False, slots=True)
class _Asked:
    session: str
    after: int
    future: asyncio.Future[list[StoredEvent]]


class Reads:
    """Who asks for a log while an answer is under way is answered together with the others by the next."""

    def __init__(self, connect: Connect, hashes: Hashes) -> None:
        self._connect, self._hashes = connect, hashes
        self._connection: asyncpg.Connection | None = None
        self._turn = asyncio.Lock()
        self._asked: list[_Asked] = []
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def load(self, session: str, after: int) -> list[StoredEvent]:
        asked = _Asked(session, after, asyncio.get_running_loop().create_future())
        self._asked.append(asked)
        if self._task is None:
            self._task = asyncio.create_task(self._serve())
        return await asked.future

    async def earliest(self) -> datetime | None:
        (row,) = await self._fetch(_EARLIEST)
        return None if row["at"] is None else from_micros(row["at"])

    async def now(self) -> datetime:
        """The database's clock."""
        (row,) = await self._fetch(_NOW)
        return from_micros(row["now"])

    async def close(self) -> None:
        self._closed = True
        if self._task is not None:
            await self._task
        await end(self._connection)

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        if self._closed:
            raise RecordUnavailable("the record is closed")
        async with self._turn:
            try:
                with telling():
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await self._connect()
                    return list(await self._connection.fetch(query, *arguments))
            except BaseException:
                connection, self._connection = self._connection, None
                await end(connection)
                raise

    async def _serve(self) -> None:
        while self._asked:
            group, self._asked = self._asked[:MOST], self._asked[MOST:]
            await self._answer(group)
        self._task = None

    async def _answer(self, group: list[_Asked]) -> None:
        try:
            rows = await self._fetch(LOAD, [one.session for one in group], [one.after for one in group])
        except Exception as fault:
            for one in group:
                if not one.future.done():
                    one.future.set_exception(fault)
            return
        found: list[list[StoredEvent]] = [[] for _ in group]
        for n, seq, at, kind, body, cmd, hash in rows:
            found[n - 1].append(StoredEvent(seq, from_micros(at), kind, body, cmd))
            self._hashes.note_read(group[n - 1].session, seq, hash)
        for one, lines in zip(group, found, strict=True):
            if not one.future.done():
                one.future.set_result(lines)
