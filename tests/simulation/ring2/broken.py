"""The application with one fault in it, each of a kind that was once somebody's night: the oracle has to find them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.application.delivery import Delivery
from server.application.dispatcher import Reply
from server.application.ports import OutboxRow
from server.domain.attendance import DEFAULT_POLICY
from server.domain.session.commands import Command
from server.domain.session.effects import LetterOf
from server.domain.session.state import Session
from tests.simulation.ring2.node import NodeClock, Parts, Told
from tests.simulation.ring2.pages import Gateway
from tests.simulation.ring2.shared import Connection, at_once
from tests.simulation.ring2.told import HOST


class OwnWall(NodeClock):
    """Policy time by the node's own clock on the wall."""

    def now(self) -> datetime:
        return super().now() + self._node.wall


class Overwriting(Connection):
    """Appends after whatever is there, without asking whether anybody was first."""

    async def _call(self, name: str, work: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name != "append":
            return await super()._call(name, work, args)
        store, sent = self._world.store, [args[0]]

        def write() -> None:
            entry, head = sent[0], len(store._events.get(args[0].session, ()))
            events = tuple(replace(line, seq=head + n) for n, line in enumerate(entry.events, start=1))
            drafts = tuple(replace(draft, id=f"{entry.session}-{head}-{n}") for n, draft in enumerate(entry.outbox))
            sent[0] = replace(entry, expected=head, events=events, outbox=drafts)
            at_once(store.append(sent[0]))

        return await super()._call(name, write, sent)  # type: ignore[arg-type]


class Forgetful(Connection):
    """Writes a decision without its deadline."""

    async def _call(self, name: str, work: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name == "append":
            entry = replace(args[0], deadline=None)
            return await super()._call(name, lambda: at_once(self._world.store.append(entry)), (entry,))
        return await super()._call(name, work, args)


class Silent(Connection):
    """Writes a decision without what is to be done outside."""

    async def _call(self, name: str, work: Callable[[], Any], args: tuple[Any, ...]) -> Any:
        if name == "append":
            entry = replace(args[0], outbox=())
            return await super()._call(name, lambda: at_once(self._world.store.append(entry)), (entry,))
        return await super()._call(name, work, args)


class DoneFirst(Delivery):
    """Crosses a row off before it acts."""

    async def _try(self, row: OutboxRow) -> None:
        await self._outbox.done(row.id)
        await super()._try(row)


class AnotherName(Delivery):
    """Sends the same letter by another id on each try."""

    async def _try(self, row: OutboxRow) -> None:
        effect = self._codec.effect(row.kind, row.body)
        if isinstance(effect, LetterOf) and row.tries:
            await self._letters.send(f"{effect.letter}.{row.tries}", effect.session, effect.kind, effect.to)
            await self._outbox.done(row.id)
        else:
            await super()._try(row)


class Hasty(Told):
    """Says yes before it is written."""

    async def submit(self, id: str, command: Command, cmd: str | None = None) -> Reply:
        if type(command).__name__ != "AnswerCard":
            return await super().submit(id, command, cmd)
        return Reply(await self.session(id))


class Remembering(Told):
    """Believes what it once read, unless a conflict tells otherwise."""

    async def session(self, id: str) -> Session:
        box = self._box(id)
        if box.loaded:
            return box.session
        return await super().session(id)


class Twice(Told):
    """Decides a repeated command again."""

    async def _take(self, box: Any, command: Command, cmd: str | None) -> Reply:
        box.commands.clear()
        return await super()._take(box, command, cmd)


class Mute(Gateway):
    """Tells the therapist's page nothing after its snapshot."""

    async def _emit(self, sid: str, event: str, body: Any) -> None:
        if not sid.startswith(HOST):
            await super()._emit(sid, event, body)


BROKEN = {
    "each node trusts its own wall": Parts(clock=OwnWall),
    "an append asks nobody who was first": Parts(connection=Overwriting),
    "a decision is written without its deadline": Parts(connection=Forgetful),
    "a decision is written without its outbox": Parts(connection=Silent),
    "a row is done before it is acted on": Parts(delivery=DoneFirst),
    "each try of a letter has another id": Parts(delivery=AnotherName),
    "a yes is said before it is written": Parts(dispatcher=Hasty),
    "letters are written from what a node remembers": Parts(dispatcher=Remembering),
    "a repeated command is decided again": Parts(dispatcher=Twice),
    "a page is not told what changed": Parts(gateway=Mute),
    "nobody waits before somebody is a no-show": Parts(
        policy=replace(DEFAULT_POLICY, no_show_after=timedelta(minutes=4))
    ),
    "nobody waits for a lost connection": Parts(policy=replace(DEFAULT_POLICY, reconnect_grace=timedelta(0))),
}
