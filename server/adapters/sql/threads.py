"""One thread that writes, one that reads: the event loop never waits for the disk."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from server.adapters.sql.engine import driver, read, unavailable
from server.application.ports import RecordUnavailable

T = TypeVar("T")

GROUP = 256  # a bound on how long the first of a group waits for the last


@dataclass(eq=False, slots=True)
class _Job:
    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    fault: BaseException | None = None


class Writer:
    """Commits everything that is queued as one group: one fsync for all of them.

    Each job is decided for itself: one that raises leaves nothing behind and does not touch its neighbours. Where the
    file itself fails, the whole group fails with `RecordUnavailable`, and the next group starts afresh.
    """

    def __init__(self, engine: Engine, limit: int) -> None:
        self._engine = engine
        self._queue: queue.Queue[_Job | None] = queue.Queue(limit)
        self._closed = False
        self._connection: Connection | None = None
        self._suspect = False
        self._thread = threading.Thread(target=self._serve, name="record-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """The result of `work`, once it is durable."""
        if self._closed:
            raise RecordUnavailable("the record is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        try:
            self._queue.put_nowait(_Job(work, loop, future))
        except queue.Full:
            raise RecordUnavailable("too many writes are waiting") from None
        return await future

    async def close(self) -> None:
        """Commit what is queued, then end. Later writes are refused."""
        if not self._closed:
            self._closed = True
            await asyncio.to_thread(self._queue.put, None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        for group in self._groups():
            self._commit(group)
            _tell(group)
        self._disconnect()

    def _groups(self) -> Iterator[list[_Job]]:
        while (job := self._queue.get()) is not None:
            group = [job]
            while len(group) < GROUP and not self._queue.empty():
                if (job := self._queue.get_nowait()) is None:
                    yield group
                    return
                group.append(job)
            yield group

    def _commit(self, group: list[_Job]) -> None:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                for job in group:
                    _run_alone(self._connection, job)
                if not driver(self._connection).in_transaction:
                    raise sqlite3.OperationalError("the database ended the transaction")
        except Exception as fault:
            for job in group:
                job.fault = unavailable(fault) or RecordUnavailable(type(fault).__name__)
            self._recover()
        else:
            self._suspect = False

    def _recover(self) -> None:
        # Rolled back, the same connection goes on: it knows that the frames of a failed commit are void, which the
        # recovery of a new one could not tell. Only where it fails twice, or cannot roll back, a new one is opened.
        if self._connection is not None and (self._suspect or driver(self._connection).in_transaction):
            self._disconnect()
        self._suspect = True

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        with suppress(
            SQLAlchemyError, sqlite3.Error
        ):  # the file failed before; the next connection tells how it is now
            if connection is not None:
                connection.close()


def _run_alone(connection: Connection, job: _Job) -> None:
    """One job in a savepoint of its own. Raises only what concerns the whole group."""
    execute = driver(connection).execute
    execute("SAVEPOINT job")
    try:
        job.result = job.work(connection)
    except Exception as fault:
        if unavailable(fault) is not None:
            raise
        job.fault = fault
        execute("ROLLBACK TO job")
    execute("RELEASE job")


def _tell(group: list[_Job]) -> None:
    for loop, jobs in groupby(group, key=lambda job: job.loop):
        with suppress(RuntimeError):  # that loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, list(jobs))


def _resolve(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue  # the caller gave up waiting
        if job.fault is None:
            job.future.set_result(job.result)
        else:
            job.future.set_exception(job.fault)


class Reader:
    """Reads one after the other on an own connection, each of one committed state; the writer never blocks them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._closed = False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="record-reader")

    async def run(self, work: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RecordUnavailable("the record is closed")
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._pool, self._disconnect)
            self._pool.shutdown()

    def _read(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            return read(self._connection, work)
        except RecordUnavailable:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
