"""The hash of the line that an append follows. A line never changes, so what is known of it stays true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import asyncpg

from server.adapters.sql.postgres.engine import SECONDS
from server.adapters.sql.postgres.statement import Chain
from server.application.ports import Append
from server.domain.chain import NOTHING, Line, line_hash

MOST = 10_000  # sessions known at once

KNOWN = """
SELECT w.session, w.seq, e.hash FROM unnest($1::text[], $2::int[]) AS w(session, seq)
CROSS JOIN LATERAL (SELECT e.hash FROM events e WHERE e.session = w.session AND e.seq = w.seq LIMIT 1) e
"""  # by the index, as in `reads.LOAD`
_LINES = "SELECT session, seq, at, kind, body, cmd, hash FROM events WHERE session = $1 AND seq <= $2 ORDER BY seq"


class Hashes:
    """Of the last line of each session, as far as we wrote or read it: a hash by `(session, number)`."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, bytes]] = {}

    def note_written(self, chains: Iterable[Chain], written: Mapping[str, bool]) -> None:
        """Of what is durable by now."""
        for chain in chains:
            if written.get(chain.session):
                self._note(chain.session, chain.head, chain.hash)

    def _note(self, session: str, seq: int, hash: bytes) -> None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[session] = seq, hash

    async def before(self, connection: asyncpg.Connection, entries: Sequence[Append]) -> list[bytes]:
        """For each entry the hash of its line `expected`; where there is no such line, nothing can follow it either."""
        unknown = [e for e in entries if e.expected > 0 and self._known.get(e.session, (0,))[0] != e.expected]
        if unknown:
            wanted = [e.session for e in unknown], [e.expected for e in unknown]
            for session, seq, hash in await connection.fetch(KNOWN, *wanted, timeout=SECONDS):
                self._note(session, seq, hash or await _worked_out(connection, session, seq))
        found = [self._known.get(entry.session, (0, NOTHING)) for entry in entries]
        return [hash if seq == entry.expected else NOTHING for entry, (seq, hash) in zip(entries, found, strict=True)]


async def _worked_out(connection: asyncpg.Connection, session: str, seq: int) -> bytes:
    """Of a line that a version from before the chain wrote: what it will get once the session is sealed."""
    hash = NOTHING
    for row in await connection.fetch(_LINES, session, seq, timeout=SECONDS):
        line = Line(*row)
        hash = line.hash or line_hash(hash, line)
    return hash
