"""Fires deadlines: looks up what is due, asks each session to look again, sleeps until the next."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from server.application.dispatcher import Dispatcher
from server.application.ports import Clock, Record, RecordUnavailable
from server.domain.session.commands import DeadlineReached

LONGEST_SLEEP = 1.0  # s of real time: a missed hint costs no more than this
BATCH = 200


class Timekeeper:
    """Runs until cancelled. A deadline is fired at or after its instant, never before."""

    def __init__(self, dispatcher: Dispatcher, record: Record, clock: Clock) -> None:
        self._dispatcher, self._record, self._clock = dispatcher, record, clock

    async def run(self) -> None:
        while True:
            try:
                await self.fire()
                await self._sleep()
            except RecordUnavailable:
                await asyncio.sleep(LONGEST_SLEEP)

    async def fire(self) -> int:
        """Fire everything due now; how many sessions were asked to look again."""
        due = await self._record.due(self._clock.now(), BATCH)
        for session in due:
            await self._dispatcher.submit(session, DeadlineReached())
        return len(due)

    async def _sleep(self) -> None:
        self._dispatcher.deadline_written.clear()
        earliest = await self._record.earliest()
        timeout = LONGEST_SLEEP
        if earliest is not None:
            left = (earliest - self._clock.now()) / timedelta(seconds=1) / self._clock.speed
            timeout = min(timeout, max(left, 0.005))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._dispatcher.deadline_written.wait(), timeout)
