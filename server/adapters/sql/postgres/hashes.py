"""The hash of the line that an append follows. A line never changes, so what is known of it stays true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import asyncpg

from server.adapters.sql.heads import Heads
from server.adapters.sql.postgres.engine import SECONDS
from server.adapters.sql.postgres.statement import Chain
from server.application.ports import Append
from server.domain.chain import NOTHING, Line, line_hash

KNOWN = """
SELECT w.session, w.seq, e.hash FROM unnest($1::text[], $2::int[]) AS w(session, seq)
CROSS JOIN LATERAL (SELECT e.hash FROM events e WHERE e.session = w.session AND e.seq = w.seq LIMIT 1) e
"""  # by the index, as in `reads.LOAD`
_LINES = "SELECT session, seq, at, kind, body, cmd, hash FROM events WHERE session = $1 AND seq <= $2 ORDER BY seq"


class Hashes:
    """Of the last line of each session, as far as we wrote or read it: a hash by `(session, number)`."""

    def __init__(self) -> None:
        self._heads = Heads()

    def note_written(self, chains: Iterable[Chain], written: Mapping[str, bool]) -> None:
        """Of what is durable by now."""
        for chain in chains:
            if written.get(chain.session):
                self._heads.note(chain.session, chain.head, chain.hash)

    def note_read(self, session: str, seq: int, hash: bytes | None) -> None:
        """Of a line that was read, in order: a decision most often follows the last."""
        if hash is not None:
            self._heads.note(session, seq, hash)

    async def before(self, connection: asyncpg.Connection, entries: Sequence[Append]) -> list[bytes]:
        """For each entry, of different sessions, the hash of its line `expected`.

        Where there is no such line, nothing can follow it either.
        """
        # Kept here: while we read, whatever is known may be forgotten to make room.
        found = {entry.session: self._heads.get(entry.session) or (0, NOTHING) for entry in entries}
        missing = [entry for entry in entries if entry.expected > 0 and found[entry.session][0] != entry.expected]
        if missing:
            wanted = [entry.session for entry in missing], [entry.expected for entry in missing]
            for session, seq, hash in await connection.fetch(KNOWN, *wanted, timeout=SECONDS):
                found[session] = seq, hash or await _worked_out(connection, session, seq)
                self._heads.note(session, *found[session])
        heads = [found[entry.session] for entry in entries]
        return [hash if seq == entry.expected else NOTHING for entry, (seq, hash) in zip(entries, heads, strict=True)]


async def _worked_out(connection: asyncpg.Connection, session: str, seq: int) -> bytes:
    """Of a line that a version from before the chain wrote: what it will get once the session is sealed."""
    hash = NOTHING
    for row in await connection.fetch(_LINES, session, seq, timeout=SECONDS):
        line = Line(*row)
        hash = line.hash or line_hash(hash, line)
    return hash
