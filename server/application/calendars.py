"""When people can be booked: their weekly hours, what they said beside them, and what they are booked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from server.application.chart import Reader
from server.application.planning import weekly_hours
from server.application.ports import Bookings, Directory
from server.application.records import Records
from server.application.roles import TEAM
from server.domain.programme import Availability, Client, Elsewhere, Staff
from server.domain.schedule import Busy, Calendar, Slot, Stay, Stays, unlicensed

SYSTEM = Reader(TEAM, TEAM)  # the service looks at everybody's calendar, and shows nobody another's


class Calendars:
    def __init__(self, records: Records, directory: Directory, bookings: Bookings) -> None:
        self._records, self._directory, self._bookings = records, directory, bookings

    async def of(self, people: Sequence[str], after: datetime, until: datetime, now: datetime) -> list[Calendar]:
        """The calendars of people in the directory, in their order; who is unknown is left out.

        The first is the host: where they hold no licence for where somebody is, that somebody can't be booked.
        """
        busy = await self._bookings.busy(people, after - timedelta(days=1), until + timedelta(days=1), now)
        host = await self._records.get(SYSTEM, Staff, people[0]) if people else None
        found = []
        for id in people:
            person = await self._directory.person(id)
            if person is None:
                continue
            said = await self._records.get(SYSTEM, Availability, id)
            away: tuple[Busy, ...] = () if said is None else said.value.away_spans
            extra: tuple[Slot, ...] = () if said is None else said.value.extra_spans
            elsewhere = () if said is None else said.value.elsewhere
            barred = await self._barred(id, host.value if host else None, elsewhere, after, until)
            booked = tuple(Slot(start, end) for start, end in busy.get(id, []))
            found.append(Calendar(weekly_hours(person), busy=(*away, *barred), extra=extra, sessions=booked))
        return found

    async def _barred(
        self, id: str, host: Staff | None, elsewhere: Sequence[Elsewhere], after: datetime, until: datetime
    ) -> tuple[Busy, ...]:
        client = await self._records.get(SYSTEM, Client, id)
        if client is None or host is None or not host.licences:
            return ()
        stays = tuple(Stay(one.start, one.end, one.place.casefold()) for one in elsewhere)
        licences = {place.casefold() for place in host.licences}
        return unlicensed(Stays(client.value.place.casefold(), stays), licences, after, until)
