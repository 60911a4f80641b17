"""Delivers the outbox: at least once, in order for one session, with growing pauses after a failure."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

from server.application.accepting import Accepting
from server.application.dispatcher import Dispatcher
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.ports import Clock, Codec, NotSent, Outbox, OutboxRow, RecordUnavailable
from server.application.rescheduling import Rescheduling
from server.domain.session.effects import (
    BookTime,
    Effect,
    Mail,
    PlanAppointments,
    RecountStreaks,
    ReleaseTimes,
    RevokeLinks,
    SearchTimes,
    WeekMail,
    Welcome,
)

BATCH = 50
IDLE = 1.0  # s of real time
MAX_TRIES = 12
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=6)


class Delivery:
    """Runs until cancelled."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        outbox: Outbox,
        codec: Codec,
        clock: Clock,
        letters: Letters,
        rescheduling: Rescheduling,
        links: LinkDesk,
        ledger: Ledger,
        accepting: Accepting,
    ) -> None:
        self._dispatcher, self._outbox, self._codec, self._clock = dispatcher, outbox, codec, clock
        self._letters, self._rescheduling, self._links, self._ledger = letters, rescheduling, links, ledger
        self._accepting = accepting

    async def run(self) -> None:
        while True:
            try:
                if not await self.deliver():
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._dispatcher.outbox_written.wait(), IDLE)
            except RecordUnavailable:
                await asyncio.sleep(IDLE)

    async def deliver(self) -> int:
        """Try every row that is due, once; how many were tried."""
        self._dispatcher.outbox_written.clear()
        rows = await self._outbox.take(self._clock.now(), BATCH)
        for row in rows:
            await self._try(row)
        return len(rows)

    async def _try(self, row: OutboxRow) -> None:
        try:
            await self._act(row, self._codec.effect(row.kind, row.body))
        except NotSent as problem:
            if not problem.again or row.tries + 1 >= MAX_TRIES:
                await self._outbox.give_up(row.id, str(problem))
            else:
                pause = min(FIRST_PAUSE * 2**row.tries, LONGEST_PAUSE)
                await self._outbox.retry(row.id, self._clock.now() + pause, str(problem))
        else:
            await self._outbox.done(row.id)

    async def _act(self, row: OutboxRow, effect: Effect) -> None:
        match effect:
            case Mail(kind, to):
                await self._letters.send(row.id, row.session, kind, to)
            case SearchTimes():
                await self._rescheduling.search(row.session)
            case BookTime(index):
                await self._rescheduling.book(row.session, index)
            case ReleaseTimes():
                await self._rescheduling.release(row.session)
            case RecountStreaks():
                await self._ledger.recount(row.session)
            case Welcome(person):
                await self._letters.welcome(row.id, person)
            case PlanAppointments(appointments):
                await self._accepting.plan(appointments)
            case WeekMail(person, appointments):
                await self._letters.week(row.id, person, appointments)
            case RevokeLinks(who):
                await self._links.revoke(row.session, who)
