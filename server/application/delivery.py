"""Delivers the outbox: at least once, in order for each queue, with growing pauses after a failure.

A queue is a session's, that of one addressee of its letters, or a webhook endpoint's: never are two rows of one out at
a time, so queues run side by side and one that hangs holds up nobody else.
"""

from __future__ import annotations

import asyncio
import contextlib

from server.application.accepting import Accepting
from server.application.dispatcher import Dispatcher
from server.application.hooks import Hooks
from server.application.ledger import Ledger
from server.application.letters import Letters
from server.application.links import LinkDesk
from server.application.pauses import pause_after
from server.application.ports import (
    CannotRead,
    Clock,
    Codec,
    NotSent,
    NotYet,
    Outbox,
    OutboxDraft,
    OutboxRow,
    RecordUnavailable,
)
from server.application.reminders import Reminders
from server.application.rescheduling import Rescheduling
from server.application.waitlist import Waitlist
from server.domain.session.effects import (
    Announce,
    AwaitTime,
    BookTime,
    CallHook,
    Effect,
    LetterOf,
    Mail,
    OfferMail,
    PlanAppointments,
    PromiseReminders,
    RecountStreaks,
    Refill,
    ReleaseTimes,
    Remind,
    RevokeLinks,
    SearchTimes,
    SettleOffer,
    WeekMail,
    Welcome,
)

IDLE = 1.0  # s of real time
MOST = 40  # rows out at a time
MOST_OWN = 8  # of them, those that are no webhook: mail servers want few connections at once


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
        hooks: Hooks,
        waitlist: Waitlist,
        reminders: Reminders,
    ) -> None:
        self._dispatcher, self._outbox, self._codec, self._clock = dispatcher, outbox, codec, clock
        self._letters, self._rescheduling, self._links, self._ledger = letters, rescheduling, links, ledger
        self._accepting, self._hooks, self._waitlist, self._reminders = accepting, hooks, waitlist, reminders
        self._out: set[asyncio.Task[None]] = set()
        self._own = asyncio.Semaphore(MOST_OWN)

    async def run(self) -> None:
        try:
            while True:
                try:
                    if not await self._start():
                        # `wait_for` may lose a cancellation where the event comes at the same time.
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(IDLE):
                                await self._dispatcher.outbox_written.wait()
                except RecordUnavailable:
                    await asyncio.sleep(IDLE)
                self._look_after()
        finally:
            for task in self._out:
                task.cancel()

    async def deliver(self) -> int:
        """Try every row that is due, once; how many were tried."""
        started, out = await self._start(), self._out
        self._out = set()
        await asyncio.gather(*out)
        return started

    async def _start(self) -> int:
        """Begin with what is due, as far as there is room."""
        self._dispatcher.outbox_written.clear()
        rows = await self._outbox.take(self._clock.now(), MOST - len(self._out)) if len(self._out) < MOST else []
        for row in rows:
            task = asyncio.create_task(self._try(row))
            # Its queue may have another.
            task.add_done_callback(lambda _: self._dispatcher.outbox_written.set())
            self._out.add(task)
        return len(rows)

    def _look_after(self) -> None:
        """Let go of what is through. Raises what a row failed with, other than that it could not be reported."""
        for task in [task for task in self._out if task.done()]:
            self._out.discard(task)
            task.result()

    async def _try(self, row: OutboxRow) -> None:
        # What can't be reported now is tried again once its lease has run out.
        with contextlib.suppress(RecordUnavailable):
            try:
                await self._act(row, self._effect(row))
            except NotYet as wait:
                await self._outbox.redate(row.id, wait.until)
            except NotSent as problem:
                pause = pause_after(row) if problem.again else None
                if pause is None:
                    await self._outbox.give_up(row.id, str(problem))
                else:
                    await self._outbox.retry(row.id, self._clock.now() + pause, str(problem))
            else:
                await self._outbox.done(row.id)

    def _effect(self, row: OutboxRow) -> Effect:
        try:
            return self._codec.effect(row.kind, row.body)
        except CannotRead:  # a node of another version may know it
            self._dispatcher.watch.unreadable()
            raise NotSent("this version of Dyad can't read it", again=True) from None

    async def _act(self, row: OutboxRow, effect: Effect) -> None:
        if isinstance(effect, CallHook):
            await self._hooks.call(row, effect)
            return
        async with self._own:
            await self._do(row, effect)

    async def _do(self, row: OutboxRow, effect: Effect) -> None:
        match effect:
            case Mail(kind, to):
                await self._hand_on(row, kind, to)
            case LetterOf(session, letter, kind, to):
                await self._letters.send(letter, session, kind, to)
            case PromiseReminders():
                await self._reminders.promise(row.session)
            case Remind():
                await self._reminders.send(row.id, effect)
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
            case Announce():
                await self._hooks.announce(row, effect)
            case Refill(starts_at):
                await self._waitlist.refill(row.session, starts_at)
            case AwaitTime():
                await self._waitlist.await_time(row.session)
            case OfferMail(session, person, starts_at):
                await self._letters.opened(row.id, session, person, starts_at)
            case SettleOffer(session, starts_at):
                await self._waitlist.settle(session, starts_at)
            case RevokeLinks(who):
                await self._links.revoke(row.session, who)

    async def _hand_on(self, row: OutboxRow, kind: str, to: str) -> None:
        """Into the addressee's own queue: nobody else waits for a mailbox that is full, or for a morning."""
        if kind == "cancelled":  # the time is free at once, whenever that is told
            await self._rescheduling.free(row.session)
        letter, now = LetterOf(row.session, row.id, kind, to), self._clock.now()
        draft = OutboxDraft(f"{row.id}-letter", *self._codec.encode(letter), now)
        await self._outbox.post(f"{row.session}/{to}", draft)
