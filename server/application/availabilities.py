"""Everybody's own availability in the chart, behind the wall that is right for them."""

from __future__ import annotations

from collections.abc import Callable

from server.application.chart import Outdated, Reader, Wall
from server.application.records import Records
from server.application.roles import CLIENT, TEAM
from server.domain.programme import Availability

TRIES = 5  # a person's page and the reading of their calendars may write at the same time


class Availabilities:
    """A client's is behind `Wall.CLIENT`: not for the partner. A member of the staff's is for nobody but them."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def of(self, reader: Reader) -> Availability:
        """The reader's own."""
        kept = await self._records.get(acting(reader), Availability, reader.person)
        return Availability() if kept is None else kept.value

    async def change(self, reader: Reader, change: Callable[[Availability], Availability]) -> Availability:
        """Change the reader's own, from whatever it is now. Raises what `change` raises, and `Outdated`."""
        person, wall = reader.person, Wall.CLIENT if reader.role == CLIENT else Wall.CARE
        writer = acting(reader)
        for _ in range(TRIES):
            kept = await self._records.get(writer, Availability, person)
            before = Availability() if kept is None else kept.value
            after = change(before)
            if after == before:
                return before
            try:
                if kept is not None:
                    return (await self._records.change(writer, after, kept)).value
                return (await self._records.put(writer, after, person, person, wall, 0)).value
            except Outdated:
                continue
        raise Outdated


def acting(reader: Reader) -> Reader:
    """Who writes it. No wall lets staff alone see what is theirs, so they keep their own with the team's eyes."""
    return reader if reader.role == CLIENT else Reader(reader.person, TEAM)
