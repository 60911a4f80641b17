"""A process that appends until it is killed, and says what it was told: `python -m tests.adapters.sql.appender`.

Arguments: the record's URL, a name for what it writes, how many sessions, how many appends to each. It says `ready`
once it knows where each session ends, and begins at a line on standard input. A line `session seq` comes only after the
store acknowledged the append; `session seq lost` where another was first.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

from server.adapters.sql import SqlStore, open_store
from server.application.ports import Append, Conflict, OutboxDraft, StoredEvent

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def deadline_of(seq: int) -> datetime:
    return AT + timedelta(seconds=seq)


async def _append(store: SqlStore, writer: str, session: str, seq: int, appends: int) -> None:
    for _ in range(appends):
        events = (
            StoredEvent(seq + 1, AT, "noted", writer, f"c{seq}"),
            StoredEvent(seq + 2, AT, "noted", writer, None),
        )
        drafts = (OutboxDraft(f"{session}-{seq}", "mail", "{}", AT),)
        try:
            await store.append(Append(session, seq, events, deadline_of(seq + 2), drafts))
            os.write(1, f"{session} {seq}\n".encode())
        except Conflict:
            os.write(1, f"{session} {seq} lost\n".encode())
        seq += 2


async def main(url: str, writer: str, sessions: str, appends: str) -> None:
    store = await open_store(url)
    heads = {f"s{n}": len(await store.load(f"s{n}")) for n in range(int(sessions))}
    os.write(1, b"ready\n")
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(_append(store, writer, session, seq, int(appends)) for session, seq in heads.items()))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
