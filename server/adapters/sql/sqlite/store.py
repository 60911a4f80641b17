"""`SqliteStore`: the record in one SQLite file."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from server.adapters.sql.sqlite import engine, hot, threads
from server.adapters.sql.store import SqlStore
from server.application.ports import Append, RecordUnavailable, StoredEvent


def _wall() -> datetime:
    return datetime.now(UTC)


class SqliteStore(SqlStore):
    """The ports of the record over one SQLite file."""

    def __init__(self, path: Path, limit: int, wall: Callable[[], datetime], temporary: Path | None) -> None:
        self._writer: threads.Writer = threads.Writer(engine.writing(path), limit)
        self._reader: threads.Reader = threads.Reader(engine.reading(path))
        self._appends = hot.Appends()
        self._real_time = wall
        self._temporary = temporary

    @classmethod
    async def open(
        cls, path: Path | None = None, *, queue_limit: int = 4096, wall: Callable[[], datetime] = _wall
    ) -> SqliteStore:
        """Open or create the file (mode 0600); without a path, one that is deleted on `close`.

        At most `queue_limit` writes wait; more are refused. `wall` is real time, which outbox leases run on.
        Raises `SchemaTooNew` or `RecordUnavailable`.
        """
        temporary = None
        if path is None:
            temporary = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="dyad-"))
            path = temporary / "record.db"
        try:
            await asyncio.to_thread(engine.prepare, path)
        except OSError as fault:
            raise RecordUnavailable(fault.strerror or type(fault).__name__) from fault
        return cls(path, queue_limit, wall, temporary)

    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()
        if self._temporary is not None:
            await asyncio.to_thread(shutil.rmtree, self._temporary, ignore_errors=True)

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return await self._reader.run(lambda c: hot.load(c, session, after))

    async def append(self, entry: Append) -> None:
        await self._writer.add(entry, self._appends)

    async def _wall(self) -> datetime:
        return self._real_time()
