"""What every decision needs, on SQLite, straight to the driver: reading a log, and writing many entries at once.

The time of SQLAlchemy would be most of the time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sqlalchemy import Connection

from server.adapters.sql.audit import chain_up, chained
from server.adapters.sql.heads import Heads
from server.adapters.sql.schema import from_micros, to_micros
from server.adapters.sql.sqlite.engine import driver
from server.application.ports import Append, Conflict, StoredEvent
from server.domain.chain import NOTHING, Line

_LOAD = "SELECT seq, at, kind, body, cmd FROM events WHERE session = ? AND seq > ? ORDER BY seq"
_HEAD = "SELECT seq, hash FROM events WHERE session = ? ORDER BY seq DESC LIMIT 1"
_EVENT = "INSERT INTO events (session, seq, at, kind, body, cmd, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"
_DEADLINE = "INSERT INTO deadlines (session, at) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET at = excluded.at"
_NO_DEADLINE = "DELETE FROM deadlines WHERE session = ?"
_OUTBOX = "INSERT INTO outbox (id, session, kind, body, not_before, tries, state) VALUES (?, ?, ?, ?, ?, 0, 'open')"


def load(connection: Connection, session: str, after: int) -> list[StoredEvent]:
    rows = driver(connection).execute(_LOAD, (session, after))
    return [StoredEvent(seq, from_micros(at), kind, body, cmd) for seq, at, kind, body, cmd in rows]


class Appends:
    """Writes many entries in a few statements: one by one, they would take longer than the disk.

    It keeps in mind the last line of each session that it wrote. A line never changes, and where another process has
    written the next one, its number is taken: then none of the entries is written, and each, given alone, is looked up,
    as is one that takes no number. Only what was never committed must be forgotten.
    """

    def __init__(self) -> None:
        self._known = Heads()

    def __call__(self, connection: Connection, entries: Sequence[Append]) -> list[Exception | None]:
        """Each entry is written, or refused with a `Conflict`; where one does not fit, `ValueError` is raised."""
        heads: dict[str, tuple[int, bytes]] = {}
        refusals: list[Exception | None] = []
        accepted: list[Append] = []
        lines: list[Line] = []
        for entry in entries:
            seq, hash = heads.get(entry.session) or self._head(connection, entry, len(entries))
            fits = seq == entry.expected
            refusals.append(None if fits else Conflict(entry.session))
            if fits:
                accepted.append(entry)
                more, hash = chained(entry, hash)
                lines += more
                seq += len(more)
            heads[entry.session] = seq, hash
        try:
            _write(driver(connection), accepted, lines)
        except sqlite3.IntegrityError as fault:
            self.forget()
            raise ValueError(
                "the entry does not fit: an outbox row of this id exists, or a value is missing"
            ) from fault
        for session, head in heads.items():
            self._known.note(session, *head)
        return refusals

    def forget(self) -> None:
        self._known.forget()

    def _head(self, connection: Connection, entry: Append, together: int) -> tuple[int, bytes]:
        known = self._known.get(entry.session)
        if known is not None and known[0] == entry.expected and together > 1 and entry.events:
            return known
        return _head(connection, entry.session)


def _head(connection: Connection, session: str) -> tuple[int, bytes]:
    row = driver(connection).execute(_HEAD, (session,)).fetchone()
    if row is None:
        return 0, NOTHING
    return row[0], row[1] or chain_up(connection, session)


def _write(database: sqlite3.Connection, entries: Sequence[Append], lines: Sequence[Line]) -> None:
    deadlines = {entry.session: entry.deadline for entry in entries}  # the last one of a session stands
    database.executemany(_EVENT, [(v.session, v.seq, v.at, v.kind, v.body, v.cmd, v.hash) for v in lines])
    database.executemany(_DEADLINE, [(session, to_micros(at)) for session, at in deadlines.items() if at is not None])
    database.executemany(_NO_DEADLINE, [(session,) for session, at in deadlines.items() if at is None])
    drafts = [(d.id, e.session, d.kind, d.body, to_micros(d.not_before)) for e in entries for d in e.outbox]
    if drafts:
        database.executemany(_OUTBOX, drafts)
