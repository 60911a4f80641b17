"""What one session leaves to those that are to come: misses and solo sessions in a row, and standing approval."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Clock, Directory
from server.domain.attendance import SoloApproval
from server.domain.session.commands import CarryApproval, SetStreaks
from server.domain.session.streaks import Streak, streak_of

BACK, AHEAD = timedelta(days=180), timedelta(days=180)


class Ledger:
    def __init__(self, dispatcher: Dispatcher, directory: Directory, clock: Clock) -> None:
        self._dispatcher, self._directory, self._clock = dispatcher, directory, clock

    async def recount(self, session_id: str) -> None:
        """After this session, for all its partners and every session of theirs that has not begun. Repeatable."""
        appointment = await self._directory.appointment(session_id)
        if appointment is None:
            return
        for person in partners_of(appointment).values():
            await self._tell(person)

    async def streak(self, person: str, before: datetime) -> Streak:
        """This person's streaks from the sessions that were planned to begin before `before`."""
        past = await self._directory.appointments_of(person, before - BACK, before)
        sessions = []
        for appointment in past:
            key = seat_in(appointment, person)
            sessions.append((await self._dispatcher.session(appointment.id), key))
        return streak_of(sessions)

    async def _tell(self, person: str) -> None:
        now = self._clock.now()
        for appointment in await self._directory.appointments_of(person, now - timedelta(days=1), now + AHEAD):
            if appointment.status != "booked":
                continue
            key = seat_in(appointment, person)
            streak = await self.streak(person, appointment.starts_at)
            # A session that has begun refuses it: it goes on under what it began with.
            await self._dispatcher.submit(appointment.id, SetStreaks(key, streak.misses, streak.solo))
            await self._carry(appointment)

    async def _carry(self, appointment: Appointment) -> None:
        """The couple's standing approval, as its therapists last gave it or took it back."""
        partners = set(partners_of(appointment).values())
        person, standing = min(partners), None
        for past in await self._directory.appointments_of(person, appointment.starts_at - BACK, appointment.starts_at):
            assessed = (await self._dispatcher.session(past.id)).assessed
            if (
                partners == set(partners_of(past).values())
                and assessed is not None
                and assessed.approval is not SoloApproval.GRANTED
            ):
                standing = assessed.approval is SoloApproval.STANDING
        if standing is not None:
            await self._dispatcher.submit(appointment.id, CarryApproval(standing))
