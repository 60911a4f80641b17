"""One thread that writes, one that reads: the event loop never waits for the disk."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine

from server.adapters.sql.sqlite.engine import driver, telling, unavailable
from server.application.ports import RecordUnavailable

T = TypeVar("T")
Entry = TypeVar("Entry", contravariant=True)


class Together(Protocol[Entry]):
    def __call__(self, connection: Connection, entries: Sequence[Entry], /) -> Sequence[Exception | None]:
        """Write the entries at once and say of each why it was refused, or None. Raises where it can't tell which."""

    def forget(self) -> None:
        """Of what was written last, it isn't known whether it is there."""


GROUP = 256  # a bound on how long the first of a group waits for the last


@dataclass(eq=False, slots=True)
class _Job:
    work: Callable[[Connection], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    together: Together[Any] | None = None
    entry: Any = None
    result: Any = None
    fault: BaseException | None = None


def groups(jobs: queue.SimpleQueue[_Job | None]) -> Iterator[list[_Job]]:
    """What is queued, together, until there comes a None."""
    while (job := jobs.get()) is not None:
        group = [job]
        while len(group) < GROUP and not jobs.empty():
            if (job := jobs.get_nowait()) is None:
                yield group
                return
            group.append(job)
        yield group


class Writer:
    """Commits everything that is queued as one group: one fsync for all of them.

    Each job is decided for itself: one that raises leaves nothing behind and does not touch its neighbours. Where the
    file itself fails, the whole group fails with `RecordUnavailable`, and the next group starts afresh.
    """

    def __init__(self, engine: Engine, limit: int) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._limit = limit
        self._closed = False
        self._connection: Connection | None = None
        self._suspect = False
        self._thread = threading.Thread(target=self._serve, name="record-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """The result of `work`, once it is durable."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(_Job(work, loop, future))
        return await future

    async def add(self, entry: Entry, together: Together[Entry]) -> None:
        """Returns once `entry` is durable; neighbours in the queue are written in one call of `together`."""

        def alone(connection: Connection) -> None:
            for fault in together(connection, [entry]):
                if fault is not None:
                    raise fault

        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._put(_Job(alone, loop, future, together, entry))
        await future

    def _put(self, job: _Job) -> None:
        if self._closed:
            raise RecordUnavailable("the record is closed")
        if self._queue.qsize() >= self._limit:
            raise RecordUnavailable("too many writes are waiting")
        self._queue.put(job)

    async def close(self) -> None:
        """Commit what is queued, then end. Later writes are refused."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        for group in groups(self._queue):
            self._commit(group)
            _tell(group)
        self._disconnect()

    def _commit(self, group: list[_Job]) -> None:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                for together, jobs in groupby(group, key=lambda job: job.together):
                    _run(self._connection, together, list(jobs))
                if not driver(self._connection).in_transaction:
                    raise sqlite3.OperationalError("the database ended the transaction")
        except Exception as fault:
            for job in group:
                job.fault = unavailable(fault) or RecordUnavailable(type(fault).__name__)
                if job.together is not None:
                    job.together.forget()
            self._recover()
        else:
            self._suspect = False

    def _recover(self) -> None:
        # Rolled back, the same connection goes on: it knows that the frames of a failed commit are void, which the
        # recovery of a new one could not tell. Only where it fails twice, or cannot roll back, a new one is opened.
        usable = False
        with suppress(Exception):
            usable = self._connection is not None and not driver(self._connection).in_transaction
        if self._suspect or not usable:
            self._disconnect()
        self._suspect = True

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        with suppress(Exception):  # the file failed before; the next connection tells how it is now
            if connection is not None:
                connection.close()


def _run(connection: Connection, together: Together[Any] | None, jobs: list[_Job]) -> None:
    """Jobs of one kind: in one call where that succeeds, else each for itself, so that a bad one hurts no other."""
    if together is None or len(jobs) == 1 or not _run_together(connection, together, jobs):
        for job in jobs:
            _run_alone(connection, job)


def _run_together(connection: Connection, together: Together[Any], jobs: list[_Job]) -> bool:
    execute = driver(connection).execute
    execute("SAVEPOINT jobs")
    try:
        faults = together(connection, [job.entry for job in jobs])
    except Exception as fault:
        if unavailable(fault) is not None:
            raise
        execute("ROLLBACK TO jobs")
        return False
    else:
        for job, refusal in zip(jobs, faults, strict=True):
            job.fault = refusal
        return True
    finally:
        if driver(connection).in_transaction:
            execute("RELEASE jobs")


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
    """Reads on an own connection, which the writer never blocks; what is queued is answered together.

    Each read sees all that was written before it was asked for.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._closed = False
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="record-reader", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        if self._closed:
            raise RecordUnavailable("the record is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Job(work, loop, future))
        return await future

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        for group in groups(self._queue):
            self._read(group)
            _tell(group)
        self._disconnect()

    def _read(self, group: list[_Job]) -> None:
        try:
            with telling():
                if self._connection is None:
                    self._connection = self._engine.connect()
                with self._connection.begin():
                    for job in group:
                        _look(self._connection, job)
        except Exception as fault:
            for job in group:
                job.fault = job.fault or fault
            self._disconnect()

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        with suppress(Exception):
            if connection is not None:
                connection.close()


def _look(connection: Connection, job: _Job) -> None:
    try:
        job.result = job.work(connection)
    except Exception as fault:
        if unavailable(fault) is not None:
            raise
        job.fault = fault
