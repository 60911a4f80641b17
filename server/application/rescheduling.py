"""New times: search what suits all, hold, and book the agreed one before the old is cancelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from server.application.calendars import Calendars
from server.application.dispatcher import Dispatcher
from server.application.planning import plan_of, those_needed
from server.application.ports import Appointment, Bookings, Clock, Directory, HeldSlot, NotSent
from server.domain.programme import Programme
from server.domain.schedule import Busy, Rules, find_slots, wished
from server.domain.session.commands import PlanSession, ProposeTimes, ReportBooked, ReportNoTimes, ReportTimeTaken
from server.domain.session.state import Rescheduling as Proposed

MINIMUM_NOTICE = timedelta(hours=12)
HORIZON = timedelta(days=28)
ANSWER_WITHIN = timedelta(hours=48)
CHOICES = 3
ATTEMPTS = 3


class Rescheduling:
    def __init__(
        self,
        dispatcher: Dispatcher,
        directory: Directory,
        bookings: Bookings,
        calendars: Calendars,
        clock: Clock,
        clinic: Callable[[], Awaitable[Programme | None]],
    ) -> None:
        """`clinic` tells of the programme, once there is one: its notice and its hours hold for every proposal."""
        self._dispatcher, self._directory, self._bookings = dispatcher, directory, bookings
        self._calendars, self._clock, self._clinic = calendars, clock, clinic

    async def free(self, session_id: str) -> None:
        """Nobody's time is taken by the session any more. Repeatable."""
        await self._bookings.cancel(session_id)

    async def search(self, session_id: str) -> None:
        """Propose up to three times to the session, held for everyone; or report that there are none. Repeatable."""
        session = await self._dispatcher.session(session_id)
        appointment = await self._directory.appointment(session_id)
        if appointment is None or session.rescheduling is None or session.rescheduling.status != "searching":
            return
        for _ in range(ATTEMPTS):
            starts = await self._find(appointment, session.rescheduling)
            expires = self._clock.now() + ANSWER_WITHIN
            held = tuple(HeldSlot(i, at, appointment.minutes) for i, at in enumerate(starts))
            if not held:
                await self._dispatcher.submit(session_id, ReportNoTimes())
                return
            if await self._bookings.hold(
                session_id, list(those_needed(appointment).values()), held, expires, self._clock.now()
            ):
                await self._dispatcher.submit(session_id, ProposeTimes(tuple(starts), expires))
                return
        raise NotSent("the times found were taken meanwhile", again=True)

    async def _find(self, appointment: Appointment, plan: Proposed) -> list[datetime]:
        now, programme = self._clock.now(), await self._clinic()
        notice = MINIMUM_NOTICE if programme is None else timedelta(hours=programme.notice_hours)
        rules = Rules() if programme is None else Rules(earliest=programme.earliest, latest=programme.latest)
        after, until = now + notice, now + HORIZON
        people = sorted(those_needed(appointment).items(), key=lambda item: item[0] != "therapist")
        length = timedelta(minutes=appointment.minutes)
        calendars = await self._calendars.of([id for _, id in people], now, until, now)
        if len(calendars) != len(people):
            return []
        slots = find_slots(
            [wished(one, plan.wishes.get(key, ())) for one, (key, _) in zip(calendars, people, strict=True)],
            minutes=appointment.minutes,
            after=after,
            until=until,
            count=CHOICES,
            near=appointment.starts_at,
            excluded=tuple(Busy(at, at + length) for at in (*plan.excluded, appointment.starts_at)),
            rules=rules,
        )
        return [slot.start for slot in slots]

    async def book(self, session_id: str, index: int) -> None:
        """The agreed time becomes an appointment and a session of its own. Repeatable."""
        session = await self._dispatcher.session(session_id)
        old = await self._directory.appointment(session_id)
        plan = session.rescheduling
        if old is None or plan is None or plan.status == "booked" or index >= len(plan.starts):
            return
        starts_at = plan.starts[index]
        id = f"{session_id}r{plan.round}"
        slot = HeldSlot(index, starts_at, old.minutes)
        people = await self._who_can(old, slot)
        new = Appointment(id, f"{id}@dyad", 0, starts_at, old.minutes, "booked", people, old.body)
        if not await self._bookings.book(session_id, slot, new, self._clock.now()):
            await self._dispatcher.submit(session_id, ReportTimeTaken())
            return
        await self._dispatcher.submit(id, PlanSession(await plan_of(new, self._directory)))
        await self._dispatcher.submit(session_id, ReportBooked(id, starts_at))

    async def _who_can(self, old: Appointment, slot: HeldSlot) -> dict[str, str]:
        """Those who are needed, and of the others whose time is free."""
        needed = those_needed(old)
        others = {key: person for key, person in old.people.items() if key not in needed}
        until = slot.starts_at + timedelta(minutes=slot.minutes)
        busy = await self._bookings.busy(list(others.values()), slot.starts_at, until, self._clock.now())
        return {**needed, **{key: person for key, person in others.items() if not busy.get(person)}}

    async def release(self, session_id: str) -> None:
        await self._bookings.release(session_id)
