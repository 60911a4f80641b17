"""Attendance over time, session by session: what the picture of two strands is drawn from (A14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Directory
from server.domain.attendance import Outcome
from server.domain.session.state import Session
from server.domain.session.streaks import MISSES, held_alone, held_together


@dataclass(frozen=True, slots=True)
class Knot:
    """One session in the picture of attendance over time.

    `marks` has for each person of the item, in its order, what the session was for them: "together", "alone",
    "attended", "away" (a miss), "excused", "technical", "left_early", "provider", "came" (and it was
    not held), "none" or "to_come".
    """

    session: str
    starts_at: datetime
    kind: str
    focus: tuple[str, ...]
    marks: tuple[str, ...]
    reviewed: bool


class Strands:
    def __init__(self, dispatcher: Dispatcher, directory: Directory) -> None:
        self._dispatcher, self._directory = dispatcher, directory

    async def history(
        self, people: Mapping[str, str], after: datetime, until: datetime
    ) -> list[tuple[Appointment, Session]]:
        """The sessions of exactly these people, by time."""
        wanted = set(people.values())
        if not wanted:
            return []
        listed = await self._directory.appointments_of(min(wanted), after, until)
        same = [one for one in listed if set(partners_of(one).values()) == wanted and one.status == "booked"]
        return [(one, await self._dispatcher.session(one.id)) for one in same]


def planned_kind(session: Session) -> str:
    """What it was planned as: a couple's session that became one partner's is still the couple's."""
    assert session.plan is not None
    return "couples" if session.plan.kind == "individual" and len(session.invited) == 2 else session.plan.kind


def knot(appointment: Appointment, session: Session, people: Mapping[str, str], reviewed: str = "") -> Knot:
    """`people` in the order of the strands; `reviewed` is the id of the session that is looked at."""
    keys = [seat_in(appointment, person) for person in people.values()]
    focus = session.plan.focus if session.plan is not None else ()
    marks = tuple(mark_of(session, key) for key in keys)
    kind = planned_kind(session) if session.plan is not None else ""
    return Knot(appointment.id, appointment.starts_at, kind, focus, marks, appointment.id == reviewed)


_MARKS = {
    Outcome.EXCUSED: "excused",
    Outcome.TECHNICAL: "technical",
    Outcome.LEFT_EARLY: "left_early",
    Outcome.PROVIDER_CANCELLED: "provider",
}


def mark_of(session: Session, key: str) -> str:
    """What this session was for this person."""
    outcome = session.outcomes.get(key)
    if not session.over and outcome is None:
        return "to_come"
    if outcome in MISSES:
        return "away"
    if outcome is Outcome.ATTENDED:
        return "alone" if held_alone(session, key) else "together" if held_together(session) else "attended"
    if outcome is not None:
        return _MARKS[outcome]
    return "came" if session.seats[key].arrived_at is not None else "none"
