"""Logs, deadlines, outbox and heartbeat in memory."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from server.application.dead_letters import DeadLetter, OutboxState
from server.application.ports import Append, Conflict, OutboxDraft, OutboxRow, StoredEvent
from server.application.reads import Read
from server.domain.chain import NO_HEAD, NOTHING, READS, Head, Line, Seal, line_hash, sealed

LEASE = timedelta(seconds=30)
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


@dataclass(slots=True, eq=False)
class _Row:
    n: int
    session: str
    draft: OutboxDraft
    not_before: datetime
    tries: int = 0
    leased_until: datetime | None = None
    state: str = "open"  # as in the table: "open" | "done" | "given up" | "discarded"
    why: str = ""


def _line(session: str, event: StoredEvent) -> Line:
    return Line(session, event.seq, (event.at - EPOCH) // MICROSECOND, event.kind, event.body, event.cmd)


class MemoryLog:
    """Record, Chain, Outbox, DeadLetters and Heartbeat."""

    def __init__(self, wall: Callable[[], datetime]) -> None:
        self._wall = wall
        self._events: dict[str, list[StoredEvent]] = {}
        self._deadlines: dict[str, datetime] = {}
        self._by_time: list[tuple[datetime, str]] = []
        self._rows: dict[str, _Row] = {}
        self._waiting: dict[str, list[_Row]] = {}
        self._last_alive: datetime | None = None
        self._lines: dict[str, list[Line]] = {}
        self._seals: list[Seal] = []
        self._sealed: dict[str, int] = {}

    # Record

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return self._events.get(session, [])[max(after, 0) :]

    async def append(self, entry: Append) -> None:
        if len(self._events.get(entry.session, ())) != entry.expected:
            raise Conflict(entry.session)
        ids = [draft.id for draft in entry.outbox]
        if len(set(ids)) < len(ids) or any(id in self._rows for id in ids):
            raise ValueError("an outbox row of this id exists")
        for event in entry.events:
            self._events.setdefault(entry.session, []).append(event)
            self._chain(entry.session, _line(entry.session, event))
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

    # Chain

    def _chain(self, log: str, line: Line) -> None:
        kept = self._lines.setdefault(log, [])
        hash = line_hash(kept[-1].hash or NOTHING if kept else NOTHING, line)
        kept.append(Line(line.session, line.seq, line.at, line.kind, line.body, line.cmd, hash))

    async def unsealed(self) -> list[str]:
        return [log for log, lines in self._lines.items() if lines[-1].seq > self._sealed.get(log, 0)]

    async def seal(self, logs: Sequence[str]) -> bool:
        for log in logs:
            last = self._lines[log][-1] if log in self._lines else None
            if last is not None and last.hash is not None and last.seq > self._sealed.get(log, 0):
                self._seals.append(sealed(await self.head(), log, last.seq, last.hash))
                self._sealed[log] = last.seq
        return True

    async def note_reads(self, reads: Sequence[Read]) -> None:
        for read in reads:
            seq = len(self._lines.get(READS, ())) + 1
            self._chain(READS, Line(READS, seq, (read.at - EPOCH) // MICROSECOND, "Read", read.body, None))

    async def head(self) -> Head:
        return Head(len(self._seals), self._seals[-1].chain) if self._seals else NO_HEAD

    async def lines(self, after: tuple[str, int], limit: int) -> list[Line]:
        later = (line for log in sorted(self._lines) if log >= after[0] for line in self._lines[log])
        return list(islice((line for line in later if (line.session, line.seq) > after), limit))

    async def seals(self, after: int, limit: int) -> list[Seal]:
        return self._seals[after : after + limit]

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
        self._finish(row, "done")

    async def retry(self, row: str, at: datetime, why: str) -> None:
        found = self._rows.get(row)
        if found is not None and found.state == "open":
            found.tries += 1
            found.not_before = at
            found.leased_until = None
            found.why = why

    async def redate(self, row: str, at: datetime) -> None:
        found = self._rows.get(row)
        if found is not None and found.state == "open":
            found.not_before = at
            found.leased_until = None

    async def give_up(self, row: str, why: str) -> None:
        self._finish(row, "given up", why)

    def _finish(self, id: str, state: str, why: str = "") -> None:
        row = self._rows.get(id)
        if row is None or row.state != "open":
            return
        row.state, row.why, row.leased_until = state, why, None
        waiting = self._waiting[row.session]
        waiting.remove(row)
        if not waiting:
            del self._waiting[row.session]

    # DeadLetters

    async def dead(self, limit: int = 200) -> list[DeadLetter]:
        given_up = [row for row in self._rows.values() if row.state == "given up"][:limit]
        return [DeadLetter(r.draft.id, r.session, r.draft.kind, r.draft.body, r.tries, r.why) for r in given_up]

    async def replay(self, row: str, now: datetime) -> bool:
        found = self._rows.get(row)
        if found is None or found.state != "given up":
            return False
        found.state, found.tries, found.not_before = "open", 0, now
        insort(self._waiting.setdefault(found.session, []), found, key=lambda one: one.n)
        return True

    async def discard(self, row: str) -> bool:
        found = self._rows.get(row)
        if found is None or found.state != "given up":
            return False
        found.state = "discarded"
        return True

    async def outbox_state(self) -> OutboxState:
        open_rows = [row.not_before for row in self._rows.values() if row.state == "open"]
        dead = sum(row.state == "given up" for row in self._rows.values())
        return OutboxState(len(open_rows), min(open_rows, default=None), dead)
