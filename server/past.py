"""A couple's weeks before today, for a demo: played through the same commands, at their own past instants."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.sql import SqlStore
from server.application.dispatcher import Dispatcher
from server.application.ledger import Ledger
from server.application.planning import plan_of
from server.application.policies import PolicyBook
from server.application.ports import Append, Appointment, StoredEvent
from server.domain.attendance import Focus, Reason
from server.domain.session import commands as c
from server.domain.session.state import THERAPIST

# Weeks ago, what it was about, and what the second partner did.
WEEKS = (
    (6, Focus.COMMUNICATION, "comes"),
    (5, Focus.COPING_SKILLS, "comes"),
    (4, Focus.COMMUNICATION, "is ill"),
    (3, Focus.INTIMACY, "comes"),
    (2, Focus.COMMUNICATION, "stays away"),
    (1, Focus.COPING_SKILLS, "stays away"),
)
MINUTE = timedelta(minutes=1)
AT_ONCE = 1_000_000.0  # policy seconds per second


class PastRecord:
    """The record, but of what is long over nothing is to be done outside any more, and nothing falls due."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    async def load(self, session: str, after: int = 0) -> list[StoredEvent]:
        return await self._store.load(session, after)

    async def append(self, entry: Append) -> None:
        await self._store.append(replace(entry, outbox=(), deadline=None))

    async def due(self, now: datetime, limit: int) -> list[str]:
        return await self._store.due(now, limit)

    async def earliest(self) -> datetime | None:
        return await self._store.earliest()

    async def live(self) -> list[str]:
        return await self._store.live()

    async def sessions(self) -> list[str]:
        return await self._store.sessions()


async def play_past(store: SqlStore, book: PolicyBook, today: Appointment) -> None:
    """Weekly sessions of the people of `today`, which is not planned yet, each held as `WEEKS` tells."""
    clock = VirtualClock(today.starts_at - timedelta(weeks=WEEKS[0][0], hours=1))
    clock.speed = AT_ONCE  # so that no jump is taken for time in which nobody watched
    dispatcher = Dispatcher(PastRecord(store), JsonCodec(), clock, book)
    ledger = Ledger(dispatcher, store, clock)
    for weeks, focus, what in WEEKS:
        id = f"{today.id}-{weeks}w"
        body = json.dumps({**json.loads(today.body), "focus": [focus]})
        begins = today.starts_at - timedelta(weeks=weeks)
        past = replace(today, id=id, uid=f"{id}@dyad", starts_at=begins, body=body)
        await store.add_appointment(past)
        clock.jump(begins - timedelta(minutes=30) - clock.now())
        await dispatcher.submit(id, c.PlanSession(await plan_of(past, store)))
        await ledger.recount(id)
        await Evening(dispatcher, clock, id, begins).goes(what)


class Evening:
    """One session, minute by minute on its own clock."""

    def __init__(self, dispatcher: Dispatcher, clock: VirtualClock, id: str, begins: datetime) -> None:
        self._dispatcher, self._clock, self._id, self._begins = dispatcher, clock, id, begins

    async def goes(self, what: str) -> None:
        if what == "is ill":
            await self.do(c.DeclareAbsence("b", Reason.ILLNESS))
        await self.at(-2)
        comes = {"comes": (THERAPIST, "a", "b")}.get(what, (THERAPIST, "a"))
        for who in comes:
            await self.do(c.Connect(who, 1))
            if who != THERAPIST:
                await self.do(c.Arrive(who))
        if what == "comes":
            await self.at(1)
            await self.do(c.AdmitAll())
            await self.at(49)
            await self.do(c.EndSession())
        await self.at(90)

    async def at(self, minute: int) -> None:
        """Let every minute until then pass, looking for what is due."""
        while self._clock.now() < self._begins + minute * MINUTE:
            self._clock.jump(MINUTE)
            await self.do(c.DeadlineReached())

    async def do(self, command: c.Command) -> None:
        await self._dispatcher.submit(self._id, command)
