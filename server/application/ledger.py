"""What one session leaves to those that are to come: misses and solo sessions in a row, and standing approval."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Clock, Directory
from server.domain.attendance import SoloApproval
from server.domain.session.commands import CarryApproval, SetStreaks
from server.domain.session.state import Session
from server.domain.session.streaks import streak_of

BACK, AHEAD = timedelta(days=180), timedelta(days=180)
BEGUN = timedelta(days=1)  # so long after its time a session may still begin
MOST_TIMES = 5  # that one recount is made anew; whatever changed meanwhile has a recount of its own, too


@dataclass(slots=True)
class _Held:
    """An appointment of somebody's, and its session as it was last seen."""

    appointment: Appointment
    session: Session


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

    async def _tell(self, person: str) -> None:
        """Until nothing of what was counted has changed meanwhile: a count that is older must not be the last one."""
        for _ in range(MOST_TIMES):
            held = await self._held(person)
            for one in held:
                if one.appointment.status == "booked" and one.appointment.starts_at >= self._clock.now() - BEGUN:
                    await self._leave(
                        person, [past for past in held if _counts(past.appointment, one.appointment)], one
                    )
            if [one.session.seq for one in held] == [one.session.seq for one in await self._held(person)]:
                return

    async def _held(self, person: str) -> list[_Held]:
        """All that count or are counted for, by start; each session is read once."""
        now = self._clock.now()
        appointments = await self._directory.appointments_of(person, now - BEGUN - BACK, now + AHEAD)
        return [_Held(one, await self._dispatcher.session(one.id)) for one in appointments]

    async def _leave(self, person: str, past: list[_Held], one: _Held) -> None:
        streak = streak_of((before.session, seat_in(before.appointment, person)) for before in past)
        # A session that has begun refuses it: it goes on under what it began with.
        streaks = SetStreaks(seat_in(one.appointment, person), streak.misses, streak.solo)
        one.session = (await self._dispatcher.submit(one.appointment.id, streaks)).session
        standing = _standing(past, one.appointment)
        if standing is not None:
            one.session = (await self._dispatcher.submit(one.appointment.id, CarryApproval(standing))).session


def _counts(past: Appointment, for_this: Appointment) -> bool:
    return for_this.starts_at - BACK <= past.starts_at < for_this.starts_at


def _standing(past: list[_Held], appointment: Appointment) -> bool | None:
    """The couple's standing approval, as its therapists last gave it or took it back."""
    partners, standing = set(partners_of(appointment).values()), None
    for before in past:
        assessed = before.session.assessed
        if (
            partners == set(partners_of(before.appointment).values())
            and assessed is not None
            and assessed.approval is not SoloApproval.GRANTED
        ):
            standing = assessed.approval is SoloApproval.STANDING
    return standing
