"""Due sessions taken by reading, for a record that one process uses, or few: who appends first has decided."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from server.application.ports import Append, Record, Taken


class _Read:
    def __init__(self, record: Record, sessions: Sequence[str]) -> None:
        self.sessions = sessions
        self._record = record

    async def append(self, entry: Append) -> None:
        await self._record.append(entry)

    def leave(self, session: str) -> None:
        """Nothing was held."""


class ReadDue:
    """Deadlines over a record's `due`: nothing is held back from anybody."""

    def __init__(self, record: Record) -> None:
        self._record = record

    @asynccontextmanager
    async def taking(self, now: datetime, limit: int) -> AsyncIterator[Taken]:
        yield _Read(self._record, await self._record.due(now, limit))
