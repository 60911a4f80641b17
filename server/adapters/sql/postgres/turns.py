"""Due sessions, taken by `FOR UPDATE SKIP LOCKED` and decided in that very transaction.

Whoever else appends to one of them waits for the row, or passes it over; who is killed lets go of it at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import asyncpg

from server.adapters.sql.postgres.appender import Job, ask, end, left, refuse, tell
from server.adapters.sql.postgres.engine import SECONDS, Connect, telling, unavailable
from server.adapters.sql.postgres.hashes import Hashes
from server.adapters.sql.postgres.statement import QUICK, WRITE_IN_TURN, Chain
from server.adapters.sql.schema import to_micros
from server.application.ports import Append, Taken

HELD = 0.1  # s that the rows are held at most: what is decided later is appended like anything else
TAKE = """
SELECT session FROM deadlines WHERE at <= $1 ORDER BY at, session LIMIT $2 FOR UPDATE SKIP LOCKED
"""


class Turn:
    """What is decided of some sessions that are held, until all of it is there."""

    def __init__(self, sessions: Sequence[str], later: Callable[[Append], Awaitable[None]]) -> None:
        self.sessions = sessions
        self.jobs: list[Job] = []
        self.complete = asyncio.Event()
        self._open = set(sessions)
        self._later = later
        self._look()

    async def append(self, entry: Append) -> None:
        if self.complete.is_set() or entry.session not in self._open:
            await self._later(entry)
            return
        job = Job(entry, asyncio.get_running_loop().create_future())
        self.jobs.append(job)
        self.leave(entry.session)
        await job.future

    def leave(self, session: str) -> None:
        self._open.discard(session)
        self._look()

    def _look(self) -> None:
        if not self._open:
            self.complete.set()


class Turns:
    """One turn after the other, on a connection of their own."""

    def __init__(self, connect: Connect, later: Callable[[Append], Awaitable[None]], hashes: Hashes) -> None:
        self._connect, self._later, self._hashes = connect, later, hashes
        self._connection: asyncpg.Connection | None = None

    @asynccontextmanager
    async def taking(self, now: datetime, limit: int) -> AsyncIterator[Taken]:
        with telling():
            try:
                turn = await self._take(now, limit)
            except BaseException:
                await self._drop()
                raise
        writing = asyncio.create_task(self._write(turn))
        try:
            yield turn
        finally:
            turn.complete.set()
            await writing

    async def close(self) -> None:
        await self._drop()

    async def _take(self, now: datetime, limit: int) -> Turn:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        await self._connection.execute("BEGIN")
        rows = await self._connection.fetch(TAKE, to_micros(now), limit)
        return Turn([row["session"] for row in rows], self._later)

    async def _write(self, turn: Turn) -> None:
        """Write what was decided, commit, and only then tell. Never raises: who waits is told."""
        with suppress(TimeoutError):
            await asyncio.wait_for(turn.complete.wait(), HELD)
        turn.complete.set()
        connection, chains = self._connection, [[job] for job in turn.jobs]
        assert connection is not None
        given, written = list[Chain](), dict[str, bool]()
        try:
            for statement in (QUICK, WRITE_IN_TURN):
                if rest := left(chains, written):
                    asked, answers = await ask(connection, rest, statement, self._hashes)
                    given += asked
                    written |= answers
            await connection.execute("COMMIT", timeout=SECONDS)
        except Exception as fault:
            await self._drop()
            if unavailable(fault) is not None:
                refuse(turn.jobs, fault)
                return
            # One that can't be written, and with it nothing is: each for itself, then.
            await asyncio.gather(*(self._alone(job) for job in turn.jobs))
        else:
            self._hashes.note_written(given, written)
            tell(chains, written)

    async def _alone(self, job: Job) -> None:
        try:
            await self._later(job.entry)
        except Exception as fault:
            refuse([job], fault)
        else:
            tell([[job]], {job.entry.session: True})

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        await end(connection)
