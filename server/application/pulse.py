"""Whether the record can be written, known from what was written last: a probe's question costs no write."""

from __future__ import annotations

import asyncio

from server.application.ports import Clock, Heartbeat, Record, RecordUnavailable

EVERY = 1.0  # s of real time
WEAK = 3.0  # s of real time without a beat from which on the record counts as gone


class Pulse:
    """Beats by writing; a beat that fails or takes too long shows at once, and the next good one heals it."""

    def __init__(self, heartbeat: Heartbeat, record: Record, clock: Clock) -> None:
        self._heartbeat, self._record, self._clock = heartbeat, record, clock
        self._last = -WEAK

    async def beat(self) -> None:
        began = asyncio.get_running_loop().time()
        try:
            await self._heartbeat.alive(self._clock.now())
        except RecordUnavailable:
            self._last = -WEAK
        else:
            self._last = began

    async def strong(self) -> bool:
        """Whether the record can be read and written."""
        try:
            async with asyncio.timeout(WEAK):
                await self._record.earliest()
        except (RecordUnavailable, TimeoutError):
            return False
        return asyncio.get_running_loop().time() - self._last < WEAK
