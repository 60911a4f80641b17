"""One mailbox per session: commands are decided one after another, written, and only then told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from server.application.policies import PolicyBook
from server.application.ports import Append, Clock, Codec, Conflict, OutboxDraft, Record, StoredEvent
from server.application.uptime import Uptime
from server.domain.attendance import Policy
from server.domain.session.commands import Command
from server.domain.session.effects import Effect
from server.domain.session.events import Event
from server.domain.session.evolve import evolve
from server.domain.session.refusals import Refusal
from server.domain.session.state import Session
from server.domain.session.step import next_deadline, step

MAX_QUEUED = 256  # commands waiting for one session
MAX_RETRIES = 8
MAX_CACHED = 2_000

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


class _Mailbox:
    def __init__(self, session: str) -> None:
        self.lock = asyncio.Lock()
        self.session = Session(session)
        self.loaded = False
        self.commands: set[str] = set()
        self.deadline: datetime | None = None
        self.queued = 0


class Dispatcher:
    """Decides commands. What it acknowledges is durable; what it tells its listeners is written."""

    def __init__(self, record: Record, codec: Codec, clock: Clock, book: PolicyBook) -> None:
        self.uptime = Uptime(clock)
        self._record, self._codec, self._clock, self._book = record, codec, clock, book
        self._boxes: dict[str, _Mailbox] = {}
        self._listeners: list[Listener] = []
        self.deadline_written = asyncio.Event()
        self.outbox_written = asyncio.Event()

    def subscribe(self, listener: Listener) -> None:
        """`listener` is awaited after each commit, in order, before the session's next command."""
        self._listeners.append(listener)

    async def session(self, id: str) -> Session:
        """The session as it stands; an unknown one has no plan."""
        box = self._box(id)
        async with box.lock:
            await self._load(box)
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

    async def _decide(self, box: _Mailbox, command: Command, cmd: str | None) -> Reply:
        self.uptime.beat()
        await self._load(box)
        for lapse in self.uptime.missed(box.session):
            await self._take(box, lapse, None)
        return await self._take(box, command, cmd)

    async def _take(self, box: _Mailbox, command: Command, cmd: str | None) -> Reply:
        for _ in range(MAX_RETRIES):
            await self._load(box)
            if cmd is not None and cmd in box.commands:
                return Reply(box.session, repeated=True)
            before, now = box.session, self._clock.now()
            outcome = step(before, self._book.of(before), command, now)
            if outcome.refusal is not None:
                return Reply(before, outcome.refusal)
            deadline = next_deadline(outcome.session, self._book.of(outcome.session))
            if not outcome.events and deadline == box.deadline:
                return Reply(before)
            try:
                await self._record.append(
                    self._entry(box, outcome.session, outcome.events, outcome.effects, deadline, cmd)
                )
            except Conflict:
                box.loaded = False
                continue
            box.session, box.deadline = outcome.session, deadline
            if cmd is not None:
                box.commands.add(cmd)
            await self._tell(Change(before, outcome.session, outcome.events), deadline, bool(outcome.effects))
            return Reply(outcome.session)
        return Reply(box.session, BUSY)

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

    async def _tell(self, change: Change, deadline: datetime | None, posted: bool) -> None:
        if deadline is not None:
            self.deadline_written.set()
        if posted:
            self.outbox_written.set()
        if change.events:
            for listener in self._listeners:
                await listener(change)

    async def _load(self, box: _Mailbox) -> None:
        if box.loaded:
            return
        session, commands = Session(box.session.id), set()
        for line in await self._record.load(session.id):
            session = evolve(session, self._codec.event(line.kind, line.body), line.at)
            if line.cmd is not None:
                commands.add(line.cmd)
        box.session, box.commands, box.loaded = session, commands, True
        box.deadline = None

    def _box(self, id: str) -> _Mailbox:
        box = self._boxes.get(id)
        if box is None:
            if len(self._boxes) >= MAX_CACHED:
                self._forget()
            box = self._boxes[id] = _Mailbox(id)
        return box

    def _forget(self) -> None:
        """Make room: idle sessions are read again when they are needed."""
        for id in [id for id, box in self._boxes.items() if not box.queued and not box.lock.locked()][
            : MAX_CACHED // 4
        ]:
            del self._boxes[id]
