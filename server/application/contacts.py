"""How and when somebody may be written to, by what they said themselves behind their own wall."""

from __future__ import annotations

from server.application.chart import Reader, Wall
from server.application.ports import Person
from server.application.records import Kept, Records
from server.application.roles import TEAM
from server.domain.programme import Client
from server.domain.reminders import ALWAYS, ReminderWish, SafeHours

SERVICE = Reader(TEAM, TEAM)  # reads everything, and tells nobody


class Contacts:
    def __init__(self, records: Records, *, leaves: bool) -> None:
        """`leaves`: mail leaves this machine. What is only kept here wakes nobody, and doesn't wait for a morning."""
        self._records, self._leaves = records, leaves

    async def hours(self, person: Person) -> SafeHours:
        """A client's safe hours on the wall of their own zone; of whoever never said any, all of them."""
        client = await self._records.get(SERVICE, Client, person.id)
        return ALWAYS if client is None else SafeHours(person.zone, client.value.safe_from, client.value.safe_until)

    async def quiet(self, person: Person) -> SafeHours:
        """The hours in which a letter may go out now."""
        return await self.hours(person) if self._leaves and person.role == "partner" else ALWAYS

    async def wish(self, person: str) -> ReminderWish:
        kept = await self._records.get(SERVICE, ReminderWish, person)
        return ReminderWish() if kept is None else kept.value

    async def own_wish(self, reader: Reader) -> tuple[ReminderWish, int]:
        """A client's own wish and its revision, 0 while it is what everybody begins with."""
        kept: Kept[ReminderWish] | None = await self._records.get(reader, ReminderWish, reader.person)
        return (ReminderWish(), 0) if kept is None else (kept.value, kept.revision)

    async def set_own_wish(self, reader: Reader, wish: ReminderWish, seen: int) -> None:
        """Raises `Outdated`."""
        await self._records.put(reader, wish, reader.person, reader.person, Wall.CLIENT, seen)
