"""Writes what is queued as one group: one statement, one transaction, one fsync for all of it; or two of each, where
not every chain of the group can be written by the quick statement.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from server.adapters.sql.postgres.engine import SECONDS, Connect, sqlstate, unavailable
from server.adapters.sql.postgres.hashes import Hashes
from server.adapters.sql.postgres.statement import QUICK, WRITE, WRITE_IN_TURN, Chain, arguments
from server.application.ports import Append, Conflict, RecordUnavailable

GROUP = 256  # a bound on how long the first of a group waits for the last
INTEGRITY = "23"


@dataclass(eq=False, slots=True)
class Job:
    entry: Append
    future: asyncio.Future[None]


class Appender:
    """On one connection. Each entry is decided for itself: one that cannot be written leaves nothing behind and hurts
    no neighbour. At most `limit` wait; more are refused."""

    def __init__(self, connect: Connect, limit: int, hashes: Hashes) -> None:
        self._connect, self._limit, self._hashes = connect, limit, hashes
        self._queue: deque[Job] = deque()
        self._filled = asyncio.Event()
        self._closed = False
        self._connection: asyncpg.Connection | None = None
        self._waiting: set[asyncio.Task[None]] = set()
        self._task = asyncio.create_task(self._serve())

    async def add(self, entry: Append) -> None:
        """Returns once `entry` is durable."""
        if self._closed:
            raise RecordUnavailable("the record is closed")
        if len(self._queue) >= self._limit:
            raise RecordUnavailable("too many writes are waiting")
        job = Job(entry, asyncio.get_running_loop().create_future())
        self._queue.append(job)
        self._filled.set()
        await job.future

    async def close(self) -> None:
        """Write what is queued, then end. Later writes are refused."""
        self._closed = True
        self._filled.set()
        await self._task
        await asyncio.gather(*self._waiting)

    async def _serve(self) -> None:
        while self._queue or not self._closed:
            if not self._queue:
                self._filled.clear()
                await self._filled.wait()
                continue
            group = [self._queue.popleft() for _ in range(min(len(self._queue), GROUP))]
            chains, later = chained(group)
            self._queue.extendleft(reversed(later))
            self._connection = await self._write(self._connection, chains)
        await end(self._connection)

    async def _write(self, connection: asyncpg.Connection | None, chains: list[list[Job]]) -> asyncpg.Connection | None:
        """Write the chains, tell who waits, and say which connection to go on with."""
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            chains = await self._write_quickly(connection, chains)
            held = tell(chains, await self._ask(connection, chains, WRITE)) if chains else []
        except Exception as fault:
            if unavailable(fault) is None and len(chains) > 1:
                for chain in chains:
                    connection = await self._write(connection, [chain])
                return connection
            if unavailable(fault) is None and len(chains[0]) > 1:
                for job in chains[0]:
                    connection = await self._write(connection, [[job]])
                return connection
            refuse([job for chain in chains for job in chain], fault)
            return await kept(connection, fault)
        if held:
            task = asyncio.create_task(self._write_in_turn(held))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)
        return connection

    async def _write_quickly(self, connection: asyncpg.Connection, chains: list[list[Job]]) -> list[list[Job]]:
        """Write what the quick statement can, tell who waits for it, and return the others."""
        try:
            written = await self._ask(connection, chains, QUICK)
        except asyncpg.IntegrityConstraintViolationError:
            return chains  # nothing is written: the other statement tells what is a conflict and what does not fit
        tell([chain for chain in chains if chain[0].entry.session in written], written)
        return left(chains, written)

    async def _ask(self, connection: asyncpg.Connection, chains: list[list[Job]], statement: str) -> dict[str, bool]:
        """As `ask`, in a transaction of its own: what is written is durable on return."""
        given, written = await ask(connection, chains, statement, self._hashes)
        self._hashes.note_written(given, written)
        return written

    async def _write_in_turn(self, chains: list[list[Job]]) -> None:
        """Sessions that somebody else is deciding at this moment: they wait, on their own, until that is written."""
        connection = None
        try:
            connection = await self._connect()
            for chain in chains:
                tell([chain], await self._ask(connection, [chain], WRITE_IN_TURN))
        except Exception as fault:
            refuse([job for chain in chains for job in chain], fault)
        finally:
            await end(connection)


def chained(jobs: Sequence[Job]) -> tuple[list[list[Job]], list[Job]]:
    """For each session the jobs that follow one another from the first one on; and those left for later."""
    chains: dict[str, list[Job]] = {}
    heads: dict[str, int] = {}
    later: list[Job] = []
    ended: set[str] = set()
    for job in jobs:
        session = job.entry.session
        if session in chains and (session in ended or job.entry.expected != heads[session]):
            ended.add(session)
            later.append(job)
            continue
        chains.setdefault(session, []).append(job)
        heads[session] = job.entry.expected + len(job.entry.events)
    return list(chains.values()), later


async def ask(
    connection: asyncpg.Connection, chains: list[list[Job]], statement: str, hashes: Hashes
) -> tuple[list[Chain], dict[str, bool]]:
    """Write the chains: True for each session of which it is written, False for each that another holds."""
    before = await hashes.before(connection, [chain[0].entry for chain in chains])
    given = [Chain([job.entry for job in chain], hash) for chain, hash in zip(chains, before, strict=True)]
    return given, dict(await connection.fetch(statement, *arguments(given), timeout=SECONDS))


def left(chains: list[list[Job]], written: Mapping[str, bool]) -> list[list[Job]]:
    """The chains of which nothing is said yet."""
    return [chain for chain in chains if chain[0].entry.session not in written]


def tell(chains: list[list[Job]], written: dict[str, bool]) -> list[list[Job]]:
    """Tell who waits, once it is durable; those that another holds are returned."""
    held = []
    for chain in chains:
        session = chain[0].entry.session
        if written.get(session) is False:
            held.append(chain)
            continue
        for job in chain:
            settle(job, None if session in written else Conflict(session))
    return held


def settle(job: Job, fault: Exception | None) -> None:
    if job.future.done():
        return  # the caller gave up waiting
    if fault is None:
        job.future.set_result(None)
    else:
        job.future.set_exception(fault)


def refuse(jobs: Sequence[Job], fault: Exception) -> None:
    """Nothing of the jobs is written, or nobody knows whether: a fault of the server leaves as `RecordUnavailable`."""
    if (sqlstate(fault) or "").startswith(INTEGRITY):
        fault = ValueError("the entry does not fit: an outbox row of this id exists, or a value is missing")
    for job in jobs:
        settle(job, unavailable(fault) or fault)


async def kept(connection: asyncpg.Connection | None, fault: Exception) -> asyncpg.Connection | None:
    """The connection, where only what was asked of it was at fault."""
    if unavailable(fault) is None:
        return connection
    await end(connection)
    return None


async def end(connection: asyncpg.Connection | None) -> None:
    """Close it, without a word to a server that may not be there."""
    if connection is not None:
        with suppress(Exception):
            connection.terminate()
