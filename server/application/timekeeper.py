"""Fires deadlines: takes what is due, asks each session to look again, sleeps until the next."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

from server.application.dispatcher import Dispatcher
from server.application.ports import CannotRead, Clock, Deadlines, Record, RecordUnavailable
from server.application.taking import ReadDue

LONGEST_SLEEP = 1.0  # s of real time: a missed hint costs no more than this
ASIDE = 60.0  # s of real time until a session that can't be read is looked at again
IDLE_ASIDE = 0.25  # s of real time between two turns while there is one: what is due stays due
COALESCING = 0.01  # s of real time from one turn to the next: what falls due within it is one turn, and one commit
BATCH = 100


class Timekeeper:
    """Runs until cancelled. A deadline is fired at or after its instant, never before."""

    def __init__(
        self, dispatcher: Dispatcher, record: Record, clock: Clock, deadlines: Deadlines | None = None
    ) -> None:
        self._dispatcher, self._record, self._clock = dispatcher, record, clock
        self._deadlines = deadlines or ReadDue(record)
        self._looked = asyncio.get_running_loop().time()
        self._aside: dict[str, float] = {}  # until when

    def behind(self) -> float:
        """Seconds of real time since what is due was last fired: about `LONGEST_SLEEP` at most, if all is well."""
        return asyncio.get_running_loop().time() - self._looked

    async def run(self) -> None:
        while True:
            try:
                began = asyncio.get_running_loop().time()
                if await self.fire() < BATCH:
                    await self._sleep(began + COALESCING)
            except RecordUnavailable:
                await asyncio.sleep(LONGEST_SLEEP)

    async def fire(self) -> int:
        """Fire everything due now; how many sessions were asked to look again. Raises `RecordUnavailable`.

        One that can't be read is left to other nodes, perhaps of another version, and keeps nobody else waiting.
        """
        now = asyncio.get_running_loop().time()
        async with self._deadlines.taking(self._clock.now(), BATCH + len(self._aside)) as taken:
            asked = [session for session in taken.sessions if self._aside.get(session, now) <= now]
            for session in set(taken.sessions).difference(asked):
                taken.leave(session)
            fired = [self._dispatcher.fire(session, taken) for session in asked]
            outcomes = await asyncio.shield(asyncio.gather(*fired, return_exceptions=True))
        faults = [fault for fault in outcomes if fault is not None and not isinstance(fault, CannotRead)]
        if faults:
            raise next((fault for fault in faults if not isinstance(fault, RecordUnavailable)), faults[0])
        self._put_aside([session for session, fault in zip(asked, outcomes, strict=True) if fault is not None])
        self._looked = asyncio.get_running_loop().time()
        return len(asked)

    def _put_aside(self, sessions: Sequence[str]) -> None:
        now = asyncio.get_running_loop().time()
        self._aside = {session: until for session, until in self._aside.items() if until > now}
        self._aside |= dict.fromkeys(sessions, now + ASIDE)
        for _ in sessions:
            self._dispatcher.watch.unreadable()

    async def _sleep(self, earliest_wake: float) -> None:
        """Until the next deadline, or until an earlier one is written; never for longer than `LONGEST_SLEEP`."""
        loop, dispatcher = asyncio.get_running_loop(), self._dispatcher
        await asyncio.sleep(earliest_wake - loop.time())
        dispatcher.deadline_written.clear()
        dispatcher.awake_at = None  # whatever is written while we ask
        earliest = await self._record.earliest()
        wait = LONGEST_SLEEP
        if earliest is not None:
            left = (earliest - self._clock.now()) / timedelta(seconds=1) / self._clock.speed
            wait = min(wait, max(left, IDLE_ASIDE if self._aside else 0.0))
        dispatcher.awake_at = earliest
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):  # `wait_for` may lose a cancellation that comes with the event
                await dispatcher.deadline_written.wait()
