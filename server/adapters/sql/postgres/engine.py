"""Connections to one PostgreSQL database: how they are opened, and which faults mean that it is unavailable."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import asyncpg
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.application.ports import RecordUnavailable

T = TypeVar("T")
Connect = Callable[[], Awaitable[asyncpg.Connection]]

CONNECT_SECONDS = 3.0
SECONDS = 3.0  # for one transaction: after that the caller is told that the record is unavailable
SETTINGS = {
    "application_name": "dyad",
    "timezone": "UTC",
    # Compiling what reads a hundred short logs took up to 280 ms, where the server didn't know yet how short they are.
    "jit": "off",
    "lock_timeout": "3s",
    # A process that stopped in the midst of a transaction keeps nobody else waiting for longer.
    "idle_in_transaction_session_timeout": "2s",
}
# Faults of one statement's own data: not supported, data, integrity, and syntax or rights to be had.
_OWN_FAULTS = ("0A", "22", "23", "42")
_VOID = ("40001", "40P01")  # serialization failure, deadlock: try again
_NO_RIGHT = "42501"


def connecting(url: URL, **settings: str) -> Connect:
    """Opens a connection of the driver's own, with `settings` of the server beside those of all."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def connect() -> asyncpg.Connection:
        with telling():
            return await asyncpg.connect(
                address, timeout=CONNECT_SECONDS, command_timeout=SECONDS, server_settings=SETTINGS | settings
            )

    return connect


def engine_of(connect: Connect, pool: int) -> AsyncEngine:
    """At most `pool` connections, opened when they are needed and looked at before they are used again."""
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # parameters are people's data and must not reach a log through an error's text
    )


def sqlstate(fault: BaseException) -> str | None:
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    return getattr(cause, "sqlstate", None)


def unavailable(fault: BaseException) -> RecordUnavailable | None:
    """`RecordUnavailable` for a fault of the server, the disk or a lock; None for a fault of what was asked."""
    if isinstance(fault, RecordUnavailable):
        return fault
    state = sqlstate(fault)
    cause = (fault.orig and fault.orig.__cause__) if isinstance(fault, DBAPIError) else fault
    if state is not None:
        own = state.startswith(_OWN_FAULTS) and state != _NO_RIGHT
    else:
        gone = (OSError, NoneFree, asyncpg.InterfaceError, asyncpg.InternalClientError)
        own = not isinstance(cause, gone) or isinstance(cause, asyncpg.DataError)
    # By its name alone: the text may hold who we are to the server, or what was written.
    return None if own else RecordUnavailable(f"PostgreSQL: {type(cause).__name__}")


@contextmanager
def telling() -> Iterator[None]:
    """Faults of the server leave as `RecordUnavailable`."""
    try:
        yield
    except Exception as fault:
        if (known := unavailable(fault)) is not None:
            raise known from None  # the driver's own error may hold the address and the user's name
        raise


class Transactions:
    """Runs work in transactions of one kind, so many at once, and again where another one made it void.

    Who waits for a turn is not refused for it; but where the server fails whoever is at it, it fails them all.
    """

    def __init__(self, engine: AsyncEngine, isolation: str, at_once: int, *, readonly: bool = False) -> None:
        self._engine = engine.execution_options(isolation_level=isolation, postgresql_readonly=readonly)
        self._turns = asyncio.Semaphore(at_once)
        self._failures = 0
        self.closed = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        failures = self._failures
        async with self._turns:
            if self.closed:
                raise RecordUnavailable("the record is closed")
            if self._failures != failures:
                raise RecordUnavailable("PostgreSQL failed while this waited")
            try:
                with telling():
                    async with asyncio.timeout(SECONDS):
                        return await self._until_valid(work)
            except RecordUnavailable:
                self._failures += 1
                raise

    async def _until_valid(self, work: Callable[[Connection], T]) -> T:
        while True:
            try:
                async with self._engine.begin() as connection:
                    return await connection.run_sync(work)
            except DBAPIError as fault:
                if sqlstate(fault) not in _VOID:
                    raise
            await asyncio.sleep(random.random() * 0.005)
