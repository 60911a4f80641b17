"""What the sessions so far came to, for the weeks to come."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Clock, Directory
from server.application.weeks import kind_of
from server.domain.hours import measured
from server.domain.programme import Couple, Programme
from server.domain.week import Missed
from server.domain.week.model import JOINT_KINDS

RECENT = timedelta(weeks=3)
MINUTE = timedelta(minutes=1)


class PastWeeks:
    def __init__(self, dispatcher: Dispatcher, directory: Directory, clock: Clock) -> None:
        self._dispatcher, self._directory, self._clock = dispatcher, directory, clock

    async def recent(self, person: str, now: datetime) -> tuple[int, int]:
        """This partner's minutes alone, and together, in the last three weeks."""
        solo = joint = timedelta(0)
        for appointment in await self._directory.appointments_of(person, now - RECENT, now):
            session = await self._dispatcher.session(appointment.id)
            minutes = measured(session, seat_in(appointment, person), now)
            solo, joint = solo + minutes.individual, joint + minutes.joint
        return solo // MINUTE, joint // MINUTE

    async def missed(self, couple: Couple, programme: Programme, week: int) -> list[Missed]:
        """What of a week of the programme was booked and not held, unless it was booked anew."""
        zone, monday = ZoneInfo(programme.zone), couple.starts_on + timedelta(weeks=week - 1)
        since, to = (
            datetime.combine(day, time(0), zone).astimezone(UTC) for day in (monday, monday + timedelta(weeks=1))
        )
        found: dict[str, Appointment] = {}
        for person in couple.partners.values():
            found |= {one.id: one for one in await self._directory.appointments_of(person, since, to)}
        return [missed for one in found.values() for missed in await self._not_held(couple, one)]

    async def _not_held(self, couple: Couple, appointment: Appointment) -> list[Missed]:
        session, kind, now = await self._dispatcher.session(appointment.id), kind_of(appointment), self._clock.now()
        booked_anew = session.rescheduling is not None and session.rescheduling.status == "booked"
        if not session.over or booked_anew:
            return []
        ours = {key: who for key, who in partners_of(appointment).items() if who in couple.partners.values()}
        if kind in JOINT_KINDS:
            held = any(measured(session, key, now).joint for key in ours)
            return [] if held else [Missed(kind, tuple(ours.values()))]
        return [Missed(kind, (who,)) for key, who in ours.items() if not measured(session, key, now).total]
