"""`PostgresStore`: the record in one PostgreSQL database, of as many nodes as there are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import URL

from server.adapters.sql import migrate
from server.adapters.sql.postgres.appender import Appender
from server.adapters.sql.postgres.engine import Transactions, connecting, engine_of
from server.adapters.sql.postgres.hashes import Hashes
from server.adapters.sql.postgres.reads import Reads
from server.adapters.sql.postgres.turns import Turns
from server.adapters.sql.store import SqlStore
from server.application.ports import Append, Deadlines, StoredEvent

READERS, WRITERS = 6, 2  # more writers would mostly make one another's work void
# One makes its group while the other's is at the disk: measured with sixteen sessions at once, an append takes 0.75 of
# the time that it takes with one, or with three, whose groups are too small.
APPENDERS = 2
PLANNED_ONCE = {"plan_cache_mode": "force_generic_plan"}  # everything that decisions need is found by its key


class PostgresStore(SqlStore):
    """The ports of the record over PostgreSQL.

    Reads see one state of the record. Writes that look before they write are serializable, so that no two of them
    rest on what the other changes; appends are decided by their key alone.
    """

    def __init__(self, url: URL, limit: int, wall: Callable[[], datetime] | None) -> None:
        self._engine = engine_of(connecting(url), READERS + WRITERS)
        self._reader: Transactions = Transactions(self._engine, "REPEATABLE READ", READERS, readonly=True)
        self._writer: Transactions = Transactions(self._engine, "SERIALIZABLE", WRITERS)
        connect, hashes = connecting(url, **PLANNED_ONCE), Hashes()
        self._appenders = [Appender(connect, limit // APPENDERS, hashes) for _ in range(APPENDERS)]
        self._reads = Reads(connect, hashes)
        self._turns = Turns(connect, self.append, hashes)
        self._real_time = wall

    @classmethod
    async def open(
        cls, url: URL, *, queue_limit: int = 4096, wall: Callable[[], datetime] | None = None
    ) -> PostgresStore:
        """Open a database that `dyad migrate` has prepared.

        At most `queue_limit` appends wait, each connection's share of them; more are refused. `wall` is real time,
        which outbox leases run on: without it, the database's clock. Raises `SchemaTooNew`, `SchemaTooOld` or
        `RecordUnavailable`.
        """
        store = cls(url, queue_limit, wall)
        try:
            await store._reader.run(migrate.check)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        await self._turns.close()
        for appender in self._appenders:
            await appender.close()
        await self._reads.close()
        self._reader.closed = self._writer.closed = True
        await self._engine.dispose()

    async def append(self, entry: Append) -> None:
        # Always the same one for a session: what follows on one another is written in that order.
        await self._appenders[hash(entry.session) % APPENDERS].add(entry)

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return await self._reads.load(session, after)

    def deadlines(self) -> Deadlines:
        return self._turns

    async def earliest(self) -> datetime | None:
        return await self._reads.earliest()

    async def now(self) -> datetime:
        """The database's clock."""
        return await self._reads.now()

    async def _wall(self) -> datetime:
        return await self.now() if self._real_time is None else self._real_time()
