"""The plan while people have it open: who is there, who may write, and each change to all the others (A13)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from server.application.chart import Outdated, Reader
from server.application.ports import RecordUnavailable
from server.application.relapse_plan import RelapsePlans
from server.application.shared_text import SharedText

PAUSE = 3.0  # s of real time without a change after which a version is kept
MOST_GUESTS = 12  # open pages of one plan

Tell = Callable[[dict[str, Any]], Awaitable[None]]


class PlanClosed(Exception):
    """Nobody may write now; `code` is stable."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(eq=False, slots=True)
class Guest:
    """One open page. `key` is the partner's key, or "staff"."""

    reader: Reader
    couple: str
    key: str
    tell: Tell


@dataclass(eq=False, slots=True)
class _Room:
    document: SharedText
    partners: frozenset[str]
    guests: list[Guest] = field(default_factory=list)
    changed: bool = False
    timer: asyncio.TimerHandle | None = None
    keeping: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def here(self) -> set[str]:
        return {guest.key for guest in self.guests}

    @property
    def open(self) -> bool:
        """To change what both own, both are here."""
        return self.here >= self.partners


class PlanRooms:
    """Rooms live as long as somebody has the plan open; what is written is kept whenever they pause, sign or go."""

    def __init__(self, plans: RelapsePlans) -> None:
        self._plans = plans
        self._rooms: dict[str, _Room] = {}
        self._entering = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def enter(self, reader: Reader, couple: str | None, tell: Tell) -> Guest:
        """Raises `Unknown` and `PlanClosed`."""
        kept = await self._plans.couple(reader, couple)
        keys = {person: key for key, person in kept.value.partners.items()}
        guest = Guest(reader, kept.id, keys.get(reader.person, "staff"), tell)
        async with self._entering:
            room = self._rooms.get(kept.id)
            if room is None:
                document = await self._plans.document(reader, kept.id)
                room = self._rooms[kept.id] = _Room(document, frozenset(kept.value.partners))
        if len(room.guests) >= MOST_GUESTS:
            raise PlanClosed("too_many")
        room.guests.append(guest)
        await self._presence(room)
        return guest

    def answer(self, guest: Guest, vector: bytes) -> dict[str, Any]:
        """What this page lacks, and what we know. Raises `UpdateRefused`."""
        room = self._rooms[guest.couple]
        return {"update": room.document.since(vector), "vector": room.document.vector()}

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
        """Everybody who has it open is told to look again."""
        room = self._rooms.get(couple)
        if room is not None:
            await self._tell(room, {"t": "version"})

    async def leave(self, guest: Guest) -> None:
        room = self._rooms[guest.couple]
        room.guests.remove(guest)
        await self._keep(room, guest.reader, guest.couple)
        if room.guests:
            await self._presence(room)

    def _soon(self, room: _Room, reader: Reader, couple: str) -> None:
        if room.timer is not None:
            room.timer.cancel()
        room.timer = asyncio.get_running_loop().call_later(PAUSE, self._now, room, reader, couple)

    def _now(self, room: _Room, reader: Reader, couple: str) -> None:
        task = asyncio.create_task(self._keep(room, reader, couple))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep(self, room: _Room, reader: Reader, couple: str) -> None:
        kept = False
        async with room.keeping:
            if room.changed:
                room.changed = False
                try:
                    kept = await self._plans.keep(reader, couple, room.document)
                except (
                    RecordUnavailable,
                    Outdated,
                ):  # the words stay here, with or without anybody, until they are kept
                    room.changed = True
                    self._soon(room, reader, couple)
        if kept:
            await self._tell(room, {"t": "version"})
        if not room.guests and not room.changed and self._rooms.get(couple) is room:
            del self._rooms[couple]

    async def _presence(self, room: _Room) -> None:
        await self._tell(room, {"t": "presence", "here": sorted(room.here), "open": room.open})

    async def _tell(self, room: _Room, message: dict[str, Any]) -> None:
        await asyncio.gather(*(guest.tell(message) for guest in list(room.guests)))
