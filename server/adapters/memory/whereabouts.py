"""Where partners are during a session, in memory."""

from __future__ import annotations

from datetime import datetime

from server.application.whereabouts import Told


class MemoryWhereabouts:
    """KeptWhereabouts."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], Told] = {}

    async def keep_whereabouts(self, told: Told) -> None:
        self._told[told.session, told.who] = told

    async def whereabouts(self, session: str) -> list[Told]:
        return sorted((told for told in self._told.values() if told.session == session), key=lambda told: told.who)

    async def forget_whereabouts(self, now: datetime) -> int:
        gone = [key for key, told in self._told.items() if told.until <= now]
        for key in gone:
            del self._told[key]
        return len(gone)
