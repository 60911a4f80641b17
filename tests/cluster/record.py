"""What the record tells of a session, read beside the running nodes."""

from __future__ import annotations

from server.adapters.codec import JsonCodec
from server.adapters.sql import open_store
from server.domain.session.events import Event


async def told(database: str, session: str) -> list[Event]:
    store, codec = await open_store(database), JsonCodec()
    try:
        return [codec.event(line.kind, line.body) for line in await store.load(session)]
    finally:
        await store.close()
