"""Keeps everybody's misses and solo sessions in a row right in the sessions that are to come, corrections included."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.application.dispatcher import Dispatcher
from server.application.ports import Clock, Directory
from server.domain.session.commands import SetStreaks
from server.domain.session.state import THERAPIST
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
        for participant, person in appointment.people.items():
            if participant != THERAPIST:
                await self._tell(person)

    async def streak(self, person: str, before: datetime) -> Streak:
        """This person's streaks from the sessions that were planned to begin before `before`."""
        past = await self._directory.appointments_of(person, before - BACK, before)
        sessions = []
        for appointment in past:
            key = next(key for key, who in appointment.people.items() if who == person)
            sessions.append((await self._dispatcher.session(appointment.id), key))
        return streak_of(sessions)

    async def _tell(self, person: str) -> None:
        now = self._clock.now()
        for appointment in await self._directory.appointments_of(person, now - timedelta(days=1), now + AHEAD):
            if appointment.status != "booked":
                continue
            key = next(key for key, who in appointment.people.items() if who == person)
            streak = await self.streak(person, appointment.starts_at)
            # A session that has begun refuses it: it goes on under what it began with.
            await self._dispatcher.submit(appointment.id, SetStreaks(key, streak.misses, streak.solo))
