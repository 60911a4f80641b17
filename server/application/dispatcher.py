"""One mailbox per session: commands are decided one after another, written, and only then told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from server.application.policies import PolicyBook
from server.application.ports import Append, Clock, Codec, Conflict, OutboxDraft, Record, StoredEvent, Taken
from server.application.uptime import Uptime
from server.domain.attendance import Policy
from server.domain.session.commands import Command, DeadlineReached
from server.domain.session.effects import Effect
from server.domain.session.events import Decided, Event
from server.domain.session.evolve import evolve
from server.domain.session.refusals import Refusal
from server.domain.session.state import Session
from server.domain.session.step import next_deadline, step
from server.telemetry.watch import Watch

MAX_QUEUED = 256  # commands waiting for one session
MAX_RETRIES = 8
MAX_CACHED = 2_000
LOOK_AGAIN = timedelta(hours=1)  # at an open session in which nothing is to be decided

BUSY = Refusal("busy", "Too much is happening at once. Please try again in a moment.")


@dataclass(frozen=True, slots=True)
class Change:
    """A session before and after a command that was accepted and written."""

    before: Session
    after: Session
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    session: Session
    refusal: Refusal | None = None
    repeated: bool = False


Listener = Callable[[Change], Awaitable[None]]
Writing = Callable[[Append], Awaitable[None]]
Written = Callable[[str, int, datetime | None, bool], None]  # session, its seq and deadline now, whether effects


def _nobody_to_tell(session: str, seq: int, deadline: datetime | None, posted: bool) -> None:
    """There is no other node."""


class _Mailbox:
    def __init__(self, session: str, write: Writing) -> None:
        self.lock = asyncio.Lock()
        self.write = write
        self.session = Session(session)
        self.loaded = False
        self.commands: set[str] = set()
        self.deadline: datetime | None = None
        self.queued = 0


class Dispatcher:
    """Decides commands. What it acknowledges is durable; what it tells its listeners is written."""

    def __init__(self, record: Record, codec: Codec, clock: Clock, book: PolicyBook) -> None:
        self.uptime = Uptime(clock)
        self.watch = Watch()
        self._record, self._codec, self._clock, self._book = record, codec, clock, book
        self._boxes: dict[str, _Mailbox] = {}
        self._listeners: list[Listener] = []
        self.awake_at: datetime | None = (
            None  # when the timekeeper looks again by itself; None: it wants to hear of all
        )
        self.written: Written = _nobody_to_tell
        self.deadline_written = asyncio.Event()
        self.outbox_written = asyncio.Event()

    def subscribe(self, listener: Listener) -> None:
        """`listener` is awaited after each commit, in order, before the session's next command."""
        self._listeners.append(listener)

    async def session(self, id: str) -> Session:
        """The session as the record has it, whichever node wrote last; an unknown one has no plan.

        Raises `RecordUnavailable`.
        """
        box = self._box(id)
        async with box.lock:
            await self._catch_up(box)
            return box.session

    def policy_of(self, session: Session) -> Policy:
        """The policy that decides for this session now."""
        return self._book.of(session)

    async def submit(self, id: str, command: Command, cmd: str | None = None) -> Reply:
        """Decide `command`. `cmd` names it: the same name is decided once, however often it is sent.

        Raises `RecordUnavailable` when it cannot be written; then nothing has changed.
        """
        box = self._box(id)
        if box.queued >= MAX_QUEUED:
            return Reply(box.session, BUSY)
        box.queued += 1
        try:
            async with box.lock:
                return await asyncio.shield(self._decide(box, command, cmd))
        finally:
            box.queued -= 1

    async def fire(self, id: str, taken: Taken) -> None:
        """Let a session that was taken look again. Where somebody is deciding about it here, that is left to them.

        Whoever waits for this shields it: what is begun is written and told. Raises `RecordUnavailable`.
        """
        box = self._box(id)
        try:
            if not box.queued:
                box.queued += 1
                try:
                    async with box.lock:
                        box.write = taken.append
                        await self._decide(box, DeadlineReached(), None)
                finally:
                    box.write = self._record.append
                    box.queued -= 1
        finally:
            taken.leave(id)

    async def _decide(self, box: _Mailbox, command: Command, cmd: str | None) -> Reply:
        self.uptime.beat()
        if not box.loaded:
            await self._catch_up(box)
        for lapse in self.uptime.missed(box.session):
            await self._take(box, lapse, None)
        return await self._take(box, command, cmd)

    async def _take(self, box: _Mailbox, command: Command, cmd: str | None) -> Reply:
        for _ in range(MAX_RETRIES):
            if cmd is not None and cmd in box.commands:
                return Reply(box.session, repeated=True)
            before, now = box.session, self._clock.now()
            outcome = step(before, self._book.of(before), command, now)
            deadline = self._deadline(box, outcome.session, now)
            if outcome.refusal is not None or (not outcome.events and deadline == box.deadline):
                # Nothing will be written, so nothing tells us that another node wrote meanwhile: look.
                if await self._catch_up(box):
                    continue
                return Reply(before, outcome.refusal)
            try:
                entry = self._entry(box, outcome.session, outcome.events, outcome.effects, deadline, cmd)
                began = perf_counter()  # the loop's own time counts whole milliseconds
                await box.write(entry)
                self._count(before, command, outcome.events, began, now)
            except Conflict:
                await self._catch_up(box)
                continue
            box.session, box.deadline = outcome.session, deadline
            if cmd is not None:
                box.commands.add(cmd)
            self.written(box.session.id, box.session.seq, deadline, bool(outcome.effects))
            await self._tell(Change(before, outcome.session, outcome.events), deadline, bool(outcome.effects))
            return Reply(outcome.session)
        return Reply(box.session, BUSY)

    def known(self) -> list[Session]:
        """The sessions that this node has looked at and that are not over."""
        return [box.session for box in self._boxes.values() if box.session.plan is not None and not box.session.over]

    def _count(self, before: Session, command: Command, events: tuple[Event, ...], began: float, now: datetime) -> None:
        self.watch.appended(perf_counter() - began)
        for event in events:
            if isinstance(event, Decided):
                self.watch.decided(event.clause)
        if isinstance(command, DeadlineReached):
            due = next_deadline(before, self._book.of(before))
            if due is not None and due <= now:
                self.watch.late((now - due) / timedelta(seconds=1) / self._clock.speed)

    def _deadline(self, box: _Mailbox, after: Session, now: datetime) -> datetime | None:
        """When this session is looked at again. One that is open always is: by its deadline it is found (`live`)."""
        due = next_deadline(after, self._book.of(after))
        if due is not None or after.plan is None or after.over:
            return due
        return box.deadline if box.deadline is not None and box.deadline > now else now + LOOK_AGAIN

    def _entry(
        self,
        box: _Mailbox,
        after: Session,
        events: tuple[Event, ...],
        effects: tuple[Effect, ...],
        deadline: datetime | None,
        cmd: str | None,
    ) -> Append:
        seq, at = box.session.seq, after.at or self._clock.now()
        lines = []
        for n, event in enumerate(events, start=1):
            kind, body = self._codec.encode(event)
            lines.append(StoredEvent(seq + n, at, kind, body, cmd if n == 1 else None))
        drafts = []
        for n, effect in enumerate(effects):
            kind, body = self._codec.encode(effect)
            drafts.append(OutboxDraft(f"{after.id}-{seq}-{n}", kind, body, at))
        return Append(after.id, seq, tuple(lines), deadline, tuple(drafts))

    def hear(self, deadline: datetime | None, posted: bool) -> None:
        """Something was written, here or elsewhere: wake who waits for it."""
        if deadline is not None and (self.awake_at is None or deadline < self.awake_at):
            self.deadline_written.set()
        if posted:
            self.outbox_written.set()

    async def _tell(self, change: Change, deadline: datetime | None, posted: bool) -> None:
        self.hear(deadline, posted)
        if change.events:
            for listener in self._listeners:
                await listener(change)

    async def _catch_up(self, box: _Mailbox) -> bool:
        """Read what was written since; whether there was anything. Our listeners hear of what other nodes wrote."""
        before, known, events = box.session, box.loaded, []
        for line in await self._record.load(before.id, before.seq):
            event = self._codec.event(line.kind, line.body)
            box.session = evolve(box.session, event, line.at)
            events.append(event)
            if line.cmd is not None:
                box.commands.add(line.cmd)
        box.loaded = True
        if not events:
            return False
        box.deadline = None
        if known:
            await self._tell(Change(before, box.session, tuple(events)), None, False)
        return True

    def _box(self, id: str) -> _Mailbox:
        box = self._boxes.get(id)
        if box is None:
            if len(self._boxes) >= MAX_CACHED:
                self._forget()
            box = self._boxes[id] = _Mailbox(id, self._record.append)
        return box

    def _forget(self) -> None:
        """Make room: idle sessions are read again when they are needed."""
        for id in [id for id, box in self._boxes.items() if not box.queued and not box.lock.locked()][
            : MAX_CACHED // 4
        ]:
            del self._boxes[id]
