"""The hashes of the record's lines, and its seals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, tuple_, update

from server.adapters.sql.schema import events, reads, seals, to_micros
from server.application.ports import Append
from server.application.reads import Read
from server.domain.chain import NO_HEAD, NOTHING, READS, Head, Line, Seal, line_hash, sealed

READ = "Read"  # the kind of a line of the reads
_COLUMNS = [events.c[name] for name in ("session", "seq", "at", "kind", "body", "cmd", "hash")]


def chained(entry: Append, hash: bytes) -> tuple[list[Line], bytes]:
    """The lines of an append, after the line that had this hash; and the hash of the last one."""
    written = []
    for event in entry.events:
        line = Line(entry.session, event.seq, to_micros(event.at), event.kind, event.body, event.cmd)
        line.hash = hash = line_hash(hash, line)
        written.append(line)
    return written, hash


def lines(connection: Connection, after: tuple[str, int], limit: int) -> list[Line]:
    """The next ones by log and number; the log of reads comes first."""
    (log, seq), found = after, list[Line]()
    if log == READS:
        r = reads.c
        chosen = select(r.seq, r.at, r.body, r.hash).where(r.seq > seq).order_by(r.seq).limit(limit)
        for row in connection.execute(chosen):
            found.append(Line(READS, row.seq, to_micros(row.at), READ, row.body, None, row.hash))
        log, seq = (READS, 0)
    if len(found) < limit:
        e = events.c
        further = select(*_COLUMNS).where(tuple_(e.session, e.seq) > tuple_(log, seq))
        found += _lines(connection, further.order_by(e.session, e.seq).limit(limit - len(found)))
    return found


def _lines(connection: Connection, chosen: Select[Any]) -> list[Line]:
    return [Line(session, seq, to_micros(at), *more) for session, seq, at, *more in connection.execute(chosen)]


def some_seals(connection: Connection, after: int, limit: int) -> list[Seal]:
    s = seals.c
    chosen = select(s.n, s.session, s.seq, s.hash, s.chain).where(s.n > after).order_by(s.n).limit(limit)
    return [Seal(*row) for row in connection.execute(chosen)]


def head(connection: Connection) -> Head:
    row = connection.execute(select(seals.c.n, seals.c.chain).order_by(seals.c.n.desc()).limit(1)).one_or_none()
    return NO_HEAD if row is None else Head(row.n, row.chain)


def unsealed(connection: Connection) -> list[str]:
    e, r, s = events.c, reads.c, seals.c
    reached = {name: seq for name, seq in connection.execute(select(s.session, func.max(s.seq)).group_by(s.session))}
    stood = {name: seq for name, seq in connection.execute(select(e.session, func.max(e.seq)).group_by(e.session))}
    stood[READS] = connection.scalar(select(func.max(r.seq))) or 0
    return [name for name, seq in stood.items() if seq > reached.get(name, 0)]


def seal(connection: Connection, logs: Sequence[str]) -> None:
    last, written = head(connection), []
    for name in logs:
        seq, hash = stand(connection, name)
        before = select(seals.c.seq).where(seals.c.session == name).order_by(seals.c.n.desc()).limit(1)
        if seq > (connection.scalar(before) or 0):
            one = sealed(last, name, seq, hash)
            written.append({"n": one.n, "session": name, "seq": seq, "hash": hash, "chain": one.chain})
            last = Head(one.n, one.chain)
    if written:
        connection.execute(insert(seals), written)


def note_reads(connection: Connection, noted: Sequence[Read]) -> None:
    seq, hash = stand(connection, READS)
    rows = []
    for read in noted:
        seq += 1
        hash = line_hash(hash, Line(READS, seq, to_micros(read.at), READ, read.body, None))
        rows.append({"seq": seq, "at": read.at, "body": read.body, "hash": hash})
    connection.execute(insert(reads), rows)


def stand(connection: Connection, name: str) -> tuple[int, bytes]:
    """Number and hash of a log's last line; lines without a hash get theirs."""
    table = reads if name == READS else events
    chosen = select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)
    row = connection.execute(chosen if name == READS else chosen.where(events.c.session == name)).one_or_none()
    if row is None:
        return 0, NOTHING
    return row.seq, row.hash if row.hash is not None else chain_up(connection, name)


def chain_up(connection: Connection, session: str) -> bytes:
    """Give the lines of a session that were written without a hash theirs; the last one."""
    before, missing = NOTHING, list[tuple[int, bytes]]()
    e = events.c
    for line in _lines(connection, select(*_COLUMNS).where(e.session == session).order_by(e.seq)):
        before = line.hash if line.hash is not None and not missing else line_hash(before, line)
        if line.hash is None or missing:
            missing.append((line.seq, before))
    for seq, hash in missing:
        connection.execute(update(events).where(e.session == session, e.seq == seq).values(hash=hash))
    return before
