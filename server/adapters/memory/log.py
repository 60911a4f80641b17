"""Logs, deadlines, outbox and heartbeat in memory."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.ports import Append, Conflict, OutboxDraft, OutboxRow, StoredEvent

LEASE = timedelta(seconds=30)


@dataclass(slots=True, eq=False)
class _Row:
    n: int
    session: str
    draft: OutboxDraft
    not_before: datetime
    tries: int = 0
    leased_until: datetime | None = None
    open: bool = True


class MemoryLog:
    """Record, Outbox and Heartbeat."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._events: dict[str, list[StoredEvent]] = {}
        self._deadlines: dict[str, datetime] = {}
        self._by_time: list[tuple[datetime, str]] = []
        self._rows: dict[str, _Row] = {}
        self._waiting: dict[str, list[_Row]] = {}
        self._last_alive: datetime | None = None

    # Record

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return self._events.get(session, [])[max(after, 0) :]

    async def append(self, entry: Append) -> None:
        if len(self._events.get(entry.session, ())) != entry.expected:
            raise Conflict(entry.session)
        ids = [draft.id for draft in entry.outbox]
        if len(set(ids)) < len(ids) or any(id in self._rows for id in ids):
            raise ValueError("an outbox row of this id exists")
        if entry.events:
            self._events.setdefault(entry.session, []).extend(entry.events)
        self._set_deadline(entry.session, entry.deadline)
        for draft in entry.outbox:
            self._queue(entry.session, draft)

    def _set_deadline(self, session: str, at: datetime | None) -> None:
        if (before := self._deadlines.pop(session, None)) is not None:
            del self._by_time[bisect_left(self._by_time, (before, session))]
        if at is not None:
            self._deadlines[session] = at
            insort(self._by_time, (at, session))

    async def due(self, now: datetime, limit: int) -> list[str]:
        found = []
        for at, session in self._by_time[:limit]:
            if at > now:
                break
            found.append(session)
        return found

    async def earliest(self) -> datetime | None:
        return self._by_time[0][0] if self._by_time else None

    async def live(self) -> list[str]:
        return sorted(session for session in self._deadlines if session in self._events)

    async def sessions(self) -> list[str]:
        return sorted(session for session, events in self._events.items() if events)

    # Heartbeat

    async def alive(self, now: datetime) -> None:
        self._last_alive = now

    async def last_alive(self) -> datetime | None:
        return self._last_alive

    # Outbox

    async def take(self, now: datetime, limit: int) -> list[OutboxRow]:
        wall = self._wall()
        first = sorted((rows[0] for rows in self._waiting.values()), key=lambda row: row.n)
        ready = [row for row in first if row.not_before <= now and (row.leased_until or wall) <= wall]
        for row in ready[:limit]:
            row.leased_until = wall + LEASE
        return [OutboxRow(r.draft.id, r.session, r.draft.kind, r.draft.body, r.tries) for r in ready[:limit]]

    async def post(self, queue: str, draft: OutboxDraft) -> None:
        if draft.id not in self._rows:
            self._queue(queue, draft)

    def _queue(self, session: str, draft: OutboxDraft) -> None:
        row = _Row(len(self._rows), session, draft, draft.not_before)
        self._rows[draft.id] = row
        self._waiting.setdefault(session, []).append(row)

    async def done(self, row: str) -> None:
        self._finish(row)

    async def retry(self, row: str, at: datetime, why: str) -> None:
        found = self._rows.get(row)
        if found is not None and found.open:
            found.tries += 1
            found.not_before = at
            found.leased_until = None

    async def give_up(self, row: str, why: str) -> None:
        self._finish(row)

    def _finish(self, id: str) -> None:
        row = self._rows.get(id)
        if row is None or not row.open:
            return
        row.open = False
        waiting = self._waiting[row.session]
        waiting.remove(row)
        if not waiting:
            del self._waiting[row.session]
