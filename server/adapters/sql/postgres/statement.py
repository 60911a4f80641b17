"""The one hot write, on PostgreSQL: many entries in one statement, which is its own transaction and one fsync.

Nearly every append follows the very line that its session's deadline was written with, and nobody holds that deadline:
`QUICK` writes those and passes over all others. It has few parts, since most of what a statement on sixteen sessions
costs is setting up its parts: measured, half of `WRITE`, which decides the rest.

There, whoever inserts a chain's first event has decided; the rest of the chain follows it or stays out. A deadline's
row is locked before that, so that whoever holds due rows never waits for who waits for them.

`(SELECT true …)` and not `EXISTS` beside an OR: for that PostgreSQL reads the whole table, to have it at hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from server.adapters.sql.audit import chained
from server.adapters.sql.schema import to_micros
from server.application.ports import Append
from server.domain.chain import NOTHING, Line

_CHAIN = "unnest($1::text[], $2::int[], $3::int[], $4::bigint[]) AS c(session, expected, head, at)"
_EVENT = """
unnest($5::text[], $6::int[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bytea[])
  AS e(session, seq, at, kind, body, cmd, hash)"""
_DRAFT = """
unnest($12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[])
  WITH ORDINALITY AS d(session, id, kind, body, not_before, n)"""

# A row that changed after the statement began is not found by where it lies now: it is passed over, like one that
# is held. Should an event of that number be there, whatever the deadline says, the statement fails.
QUICK = f"""
WITH free AS (
  SELECT ctid AS row, session, seq FROM deadlines WHERE session = ANY($1::text[]) FOR UPDATE SKIP LOCKED
), won AS (
  UPDATE deadlines d SET at = c.at, seq = c.head
  FROM free f JOIN {_CHAIN} ON c.session = f.session AND c.expected = f.seq
  WHERE d.ctid = f.row RETURNING d.session
), written AS (
  INSERT INTO events (session, seq, at, kind, body, cmd, hash)
  SELECT e.* FROM {_EVENT} JOIN won w ON w.session = e.session
), posted AS (
  INSERT INTO outbox (id, session, kind, body, not_before, tries, state)
  SELECT d.id, d.session, d.kind, d.body, d.not_before, 0, 'open' FROM {_DRAFT} JOIN won w ON w.session = d.session
  ORDER BY d.n
)
SELECT session, true FROM won
"""  # answers with (session, true) for each chain that is written

_APPEND = f"""
WITH chain AS (
  SELECT * FROM {_CHAIN}
), event AS (
  SELECT * FROM {_EVENT}
), draft AS (
  SELECT * FROM {_DRAFT}
), locked AS (
  SELECT session FROM deadlines WHERE session = ANY($1::text[]) ORDER BY session FOR UPDATE {{wait}}
), free AS (
  SELECT c.* FROM chain c LEFT JOIN locked l ON l.session = c.session
  WHERE l.session IS NOT NULL OR (SELECT true FROM deadlines d WHERE d.session = c.session) IS NULL
), fits AS (
  SELECT * FROM free f
  WHERE f.expected = 0 OR (SELECT true FROM events e WHERE e.session = f.session AND e.seq = f.expected)
), first AS (
  INSERT INTO events (session, seq, at, kind, body, cmd, hash)
  SELECT e.* FROM event e JOIN fits f ON e.session = f.session AND e.seq = f.expected + 1
  ORDER BY e.session
  ON CONFLICT DO NOTHING RETURNING session, seq
), quiet AS (
  SELECT session FROM fits f WHERE f.head = f.expected
    AND NOT EXISTS (SELECT FROM events e WHERE e.session = f.session AND e.seq = f.expected + 1)
), rest AS (
  INSERT INTO events (session, seq, at, kind, body, cmd, hash)
  SELECT e.* FROM event e JOIN first f ON e.session = f.session AND e.seq > f.seq
), won AS (
  INSERT INTO deadlines (session, at, seq)
  SELECT c.session, c.at, c.head FROM chain c
  WHERE c.session IN (SELECT session FROM first UNION ALL SELECT session FROM quiet)
  ORDER BY c.session
  ON CONFLICT (session) DO UPDATE SET at = excluded.at, seq = excluded.seq WHERE deadlines.seq <= excluded.seq
  RETURNING session
), posted AS (
  INSERT INTO outbox (id, session, kind, body, not_before, tries, state)
  SELECT d.id, d.session, d.kind, d.body, d.not_before, 0, 'open' FROM draft d JOIN won w ON w.session = d.session
  ORDER BY d.n
)
SELECT session, true FROM won
UNION ALL
SELECT session, false FROM chain WHERE session NOT IN (SELECT session FROM free)
"""
# Answers with (session, true) for each chain that is written and (session, false) for each that another holds now.
WRITE = _APPEND.format(wait="SKIP LOCKED")
WRITE_IN_TURN = _APPEND.format(wait="")


@dataclass(slots=True)
class Chain:
    """Entries of one session, each of which begins where the one before ends; `before` is the hash of the line that the
    first one follows."""

    entries: list[Append]
    before: bytes
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        hash = self.before
        for entry in self.entries:
            more, hash = chained(entry, hash)
            self.lines += more

    @property
    def session(self) -> str:
        return self.entries[0].session

    @property
    def head(self) -> int:
        last = self.entries[-1]
        return last.expected + len(last.events)

    @property
    def hash(self) -> bytes:
        """Of the last line."""
        return self.lines[-1].hash or NOTHING if self.lines else self.before


def arguments(chains: Iterable[Chain]) -> tuple[list[Any], ...]:
    """The statement's, as one array for each column."""
    heads, events, drafts = [], [], []
    for chain in chains:
        deadline = chain.entries[-1].deadline  # the last one of a session stands
        at = None if deadline is None else to_micros(deadline)
        heads.append((chain.session, chain.entries[0].expected, chain.head, at))
        events += [(v.session, v.seq, v.at, v.kind, v.body, v.cmd, v.hash) for v in chain.lines]
        for entry in chain.entries:
            drafts += [(entry.session, d.id, d.kind, d.body, to_micros(d.not_before)) for d in entry.outbox]
    return *_columns(heads, 4), *_columns(events, 7), *_columns(drafts, 5)


def _columns(rows: list[Any], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
