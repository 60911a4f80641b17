"""The team moves or cancels a booked session: the same entry of everybody's calendar, told to all it is for (R3)."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.application.accepting import Accepting
from server.application.chart import Outdated, Reader, Unknown
from server.application.clinic import Clinic
from server.application.dispatcher import Dispatcher
from server.application.ports import Appointment, Bookings, Clock, Directory
from server.application.roles import demand
from server.application.weeks import kind_of
from server.domain.attendance import Kind
from server.domain.programme import ProgrammeError
from server.domain.session.commands import Cancel, ChangeTime
from server.domain.session.refusals import GROUP_FIXED, TIME_PAST, UNDER_WAY, Refusal
from server.domain.session.views import Status

FURTHEST = timedelta(days=366)
TAKEN = Refusal("time_taken", "Somebody in this session has something else then. Nothing was changed.")


class Changing:
    """`seen` is the sequence of the appointment that was looked at."""

    def __init__(
        self,
        clinic: Clinic,
        directory: Directory,
        bookings: Bookings,
        dispatcher: Dispatcher,
        accepting: Accepting,
        clock: Clock,
    ) -> None:
        self._clinic, self._directory, self._bookings = clinic, directory, bookings
        self._dispatcher, self._accepting, self._clock = dispatcher, accepting, clock

    async def move(self, reader: Reader, couple: str, session: str, starts_at: datetime, seen: int) -> None:
        """Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`; then nothing was changed."""
        old = await self._theirs(reader, couple, session, seen)
        now = self._clock.now()
        if starts_at.utcoffset() is None or starts_at > now + FURTHEST:
            raise ProgrammeError("time_unfit", "Say the time with its zone, at most a year from now.")
        if starts_at <= now:
            raise _no(TIME_PAST)
        if (await self._dispatcher.session(session)).status is not Status.PLANNED or old.starts_at <= now:
            raise _no(UNDER_WAY)
        # Whatever a crash leaves undone after the store has moved it, this does.
        await self._accepting.promise_plans(f"{session}.{old.sequence}", (session,))
        if await self._bookings.move(session, starts_at, now) is None:
            raise _no(TAKEN)
        reply = await self._dispatcher.submit(session, ChangeTime(starts_at))
        if reply.refusal is not None:  # it began in this very moment
            await self._bookings.move(session, old.starts_at, now)
            raise _no(reply.refusal)

    async def cancel(self, reader: Reader, couple: str, session: str, seen: int) -> None:
        """Raises `NotAllowed`, `Unknown`, `Outdated` and `ProgrammeError`; then nothing was changed."""
        await self._theirs(reader, couple, session, seen)
        reply = await self._dispatcher.submit(session, Cancel())
        if reply.refusal is not None:
            raise _no(reply.refusal)
        await self._bookings.cancel(session)

    async def _theirs(self, reader: Reader, couple: str, session: str, seen: int) -> Appointment:
        demand(reader, "care for couples")
        partners = (await self._clinic.couple(reader, couple)).value.partners.values()
        known = await self._directory.appointment(session)
        if known is None or not set(partners) & set(known.people.values()):
            raise Unknown
        if kind_of(known) is Kind.GROUP:
            raise _no(GROUP_FIXED)
        if known.sequence != seen or known.status != "booked":
            raise Outdated
        return known


def _no(refusal: Refusal) -> ProgrammeError:
    return ProgrammeError(refusal.code, refusal.message)
