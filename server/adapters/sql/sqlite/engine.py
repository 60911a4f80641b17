"""Connections to one SQLite file: how they are opened, and which faults mean that the record is unavailable."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from server.adapters.sql import migrate
from server.application.ports import RecordUnavailable

BUSY_SECONDS = 5.0
# Faults of one statement's own data. Every other database error is one of the file, the disk or a lock.
_OWN_FAULTS = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError, sqlite3.NotSupportedError)


def writing(path: Path) -> Engine:
    """Transactions that take the write lock at once. A deferred one lets two readers both decide to write."""
    return _engine(path, "BEGIN IMMEDIATE", ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON"))


def reading(path: Path) -> Engine:
    """Transactions that see one state of the record and cannot change it."""
    return _engine(path, "BEGIN", ("PRAGMA query_only = ON",))


def _engine(path: Path, begin: str, pragmas: tuple[str, ...]) -> Engine:
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)),
        poolclass=NullPool,
        hide_parameters=True,  # parameters are people's data and must not reach a log through an error's text
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None},  # we begin transactions, not the driver
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: Any) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        driver(connection).execute(begin)

    return engine


def driver(connection: Connection) -> sqlite3.Connection:
    """The driver's own connection, for the few statements where the time of SQLAlchemy would be most of the time."""
    return cast(sqlite3.Connection, connection.connection.driver_connection)


def unavailable(fault: BaseException) -> RecordUnavailable | None:
    """`RecordUnavailable` for a fault of the file, the disk or a lock; None for a fault of what was asked."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    if isinstance(cause, sqlite3.Error) and not isinstance(cause, _OWN_FAULTS):
        return RecordUnavailable(str(cause))
    return None


@contextmanager
def telling() -> Iterator[None]:
    """Faults of the file leave as `RecordUnavailable`."""
    try:
        yield
    except Exception as fault:
        if (known := unavailable(fault)) is not None:
            raise known from fault
        raise


def prepare(path: Path, to: str | None = None) -> tuple[str, str]:
    """Create the file, readable by its owner alone, and lead it to a revision (None: the newest); from and to which."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)  # SQLite gives its -wal and -shm the mode of this file
    engine = writing(path)
    try:
        _use_write_ahead_log(path)
        with telling(), engine.connect() as connection, connection.begin():
            return migrate.migrate(connection, to)
    finally:
        engine.dispose()


def _use_write_ahead_log(path: Path) -> None:
    # The change of mode is the one step in which SQLite does not wait for another process that opens the same new file.
    give_up = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.Error as fault:
            if "locked" not in str(fault) or time.monotonic() > give_up:
                raise RecordUnavailable(str(fault)) from fault
        time.sleep(0.01)
