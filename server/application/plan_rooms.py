"""The plan while people have it open: who is there, who may write, and each change to all the others (A13)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from server.application.chart import Outdated, Reader
from server.application.ports import RecordUnavailable
from server.application.relapse_plan import RelapsePlans
from server.application.shared_text import SharedText, UpdateRefused

PAUSE = 3.0  # s of real time without a change after which a version is kept
GRACE = 15.0  # s of real time for which whoever lost their connection is taken to be here still
MOST_GUESTS = 12  # open pages of one plan

Tell = Callable[[dict[str, Any]], Awaitable[None]]


class PlanElsewhere(Exception):
    """Another node has this plan's room, at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class PlanClosed(Exception):
    """Nobody may write now; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False, slots=True)
class Guest:
    """One open page. `key` is the partner's key, or "staff"; `session` is whose room it is open in, if any."""

    reader: Reader
    couple: str
    key: str
    session: str | None
    tell: Tell


@dataclass(eq=False, slots=True)
class _Room:
    document: SharedText
    partners: frozenset[str]
    guests: list[Guest] = field(default_factory=list)
    lost: dict[Guest, asyncio.TimerHandle] = field(default_factory=dict)
    changed: bool = False
    timer: asyncio.TimerHandle | None = None
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def here(self) -> set[str]:
        return {guest.key for guest in (*self.guests, *self.lost)}

    @property
    def open(self) -> bool:
        """To change what both own, both are here, in one session."""
        rooms: dict[str, set[str]] = {}
        for guest in (*self.guests, *self.lost):
            if guest.session is not None:
                rooms.setdefault(guest.session, set()).add(guest.key)
        return any(keys >= self.partners for keys in rooms.values())


class PlanRooms:
    """Rooms live as long as somebody has the plan open; what is written is kept whenever they pause, sign or go.

    All who have one plan open meet on its home node, as in a session. Where two nodes take themselves for its home for
    a moment, each keeps what the other has kept as well.
    """

    def __init__(self, plans: RelapsePlans, elsewhere: Callable[[str], str | None]) -> None:
        """`elsewhere` is the address of the node that a couple's plan lives on; None where that is this one."""
        self._plans, self._elsewhere = plans, elsewhere
        self._rooms: dict[str, _Room] = {}
        self._entering = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def enter(self, reader: Reader, couple: str | None, session: str | None, tell: Tell) -> Guest:
        """Raises `Unknown`, `PlanClosed` and `PlanElsewhere`."""
        kept = await self._plans.couple(reader, couple)
        if (address := self._elsewhere(kept.id)) is not None:
            raise PlanElsewhere(address)
        keys = {person: key for key, person in kept.value.partners.items()}
        guest = Guest(reader, kept.id, keys.get(reader.person, "staff"), session, tell)
        async with self._entering:
            room = self._rooms.get(kept.id)
            if room is None:
                document = await self._plans.document(reader, kept.id)
                room = self._rooms[kept.id] = _Room(document, frozenset(kept.value.partners))
        if len(room.guests) >= MOST_GUESTS:
            raise PlanClosed("too_many")
        room.guests.append(guest)
        for other in [one for one in room.lost if one.key == guest.key]:
            room.lost.pop(other).cancel()
        await self._presence(room)
        return guest

    def answer(self, guest: Guest, vector: bytes) -> dict[str, Any]:
        """What this page lacks, and what we know, to be told. Raises `UpdateRefused`."""
        return _state(self._rooms[guest.couple].document, vector)

    async def change(self, guest: Guest, update: bytes) -> None:
        """Raises `PlanClosed` and `UpdateRefused`; then nothing has changed."""
        room = self._rooms[guest.couple]
        if not room.open:
            raise PlanClosed("alone")
        room.document.merge(update)
        room.changed = True
        self._soon(room, guest.reader, guest.couple)
        others = [other for other in room.guests if other is not guest]
        await asyncio.gather(*(other.tell({"t": "update", "update": update, "by": guest.key}) for other in others))

    async def settle(self, reader: Reader, couple: str) -> None:
        """Keep what was written so far, so that it can be signed."""
        room = self._rooms.get(couple)
        if room is not None:
            await self._keep(room, reader, couple)

    async def signed(self, couple: str) -> None:
        """Everybody who has it open here is told to look again."""
        room = self._rooms.get(couple)
        if room is not None:
            await self._tell(room, {"t": "version"})

    def send_on(self) -> None:
        """The nodes have changed: whoever has a plan open that lives elsewhere now is told where."""
        for couple, room in self._rooms.items():
            if (address := self._elsewhere(couple)) is not None:
                self._later(self._tell(room, {"t": "elsewhere", "address": address}))

    async def leave(self, guest: Guest, *, lost: bool = False) -> None:
        """`lost`: the connection ended without a goodbye, so that they may be back in a moment."""
        room = self._rooms[guest.couple]
        if lost and room.open:
            room.lost[guest] = asyncio.get_running_loop().call_later(GRACE, self._give_up, room, guest)
        room.guests.remove(guest)
        await self._keep(room, guest.reader, guest.couple)
        if room.guests:
            await self._presence(room)

    def _soon(self, room: _Room, reader: Reader, couple: str) -> None:
        if room.timer is not None:
            room.timer.cancel()
        room.timer = asyncio.get_running_loop().call_later(PAUSE, self._now, room, reader, couple)

    def _now(self, room: _Room, reader: Reader, couple: str) -> None:
        self._later(self._keep(room, reader, couple))

    def _give_up(self, room: _Room, guest: Guest) -> None:
        del room.lost[guest]
        self._later(self._presence(room))

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, room: _Room, reader: Reader, couple: str) -> None:
        kept = False
        async with room.keeping:
            if room.changed:
                room.changed = False
                before = room.document.vector()
                try:
                    kept = await self._plans.keep(reader, couple, room.document)
                except (RecordUnavailable, Outdated, UpdateRefused):
                    room.changed = True  # the words stay here, with or without anybody, until they are kept
                    self._soon(room, reader, couple)
                if room.document.vector() != before:
                    await self._tell(room, _state(room.document, b""))
        if kept:
            await self._tell(room, {"t": "version"})
        if not room.guests and not room.changed and self._rooms.get(couple) is room:
            del self._rooms[couple]
            while room.lost:
                room.lost.popitem()[1].cancel()

    async def _presence(self, room: _Room) -> None:
        await self._tell(room, {"t": "presence", "here": sorted(room.here), "open": room.open})

    async def _tell(self, room: _Room, message: dict[str, Any]) -> None:
        await asyncio.gather(*(guest.tell(message) for guest in list(room.guests)))


def _state(document: SharedText, vector: bytes) -> dict[str, Any]:
    return {"t": "state", "update": document.since(vector), "vector": document.vector()}
