"""The treatment team's queue: what is to be looked at together, with the evidence, and what was said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.application.dispatcher import Dispatcher
from server.application.planning import partners_of, seat_in
from server.application.ports import Appointment, Clock, Directory
from server.application.strands import Knot, Strands, knot, planned_kind
from server.domain.session.review import ASKED_BY, Review
from server.domain.session.state import Session
from server.domain.session.streaks import streak_of

BACK = timedelta(weeks=12)  # how far the queue looks back
PROGRAMME = timedelta(days=180)  # how far the record of one couple does
MOST = 50  # items of each kind
STRAND = 8  # sessions of a picture


@dataclass(frozen=True, slots=True)
class Reason:
    """`what`: "misses" or "solo", so many in a row, as the record had it after this session."""

    name: str
    what: str
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    session: str
    starts_at: datetime
    minutes: int
    kind: str
    focus: tuple[str, ...]
    names: tuple[str, ...]
    week: int  # of the couple's time here, from 1
    reasons: tuple[Reason, ...]
    knots: tuple[Knot, ...]
    reviews: tuple[Review, ...]


class ReviewQueue:
    def __init__(self, dispatcher: Dispatcher, directory: Directory, clock: Clock) -> None:
        self._dispatcher, self._directory, self._clock = dispatcher, directory, clock
        self._strands = Strands(dispatcher, directory)

    async def items(self, host: str) -> list[Item]:
        """Of this therapist's sessions: the open ones first, longest waiting first; then the latest assessed."""
        now = self._clock.now()
        found = []
        for appointment in await self._directory.appointments_of(host, now - BACK, now + BACK):
            session = await self._dispatcher.session(appointment.id)
            if set(ASKED_BY) & set(session.follow_ups):
                found.append((appointment, session))
        waiting = [pair for pair in found if not pair[1].reviews][:MOST]
        assessed = sorted((pair for pair in found if pair[1].reviews), key=lambda pair: pair[1].reviews[-1].at)
        return [await self._item(*pair) for pair in (*waiting, *reversed(assessed[-MOST:]))]

    async def one(self, session_id: str) -> Item | None:
        appointment = await self._directory.appointment(session_id)
        session = await self._dispatcher.session(session_id)
        return None if appointment is None or session.plan is None else await self._item(appointment, session)

    async def _item(self, appointment: Appointment, session: Session) -> Item:
        assert session.plan is not None
        people, at = partners_of(appointment), appointment.starts_at
        history = await self._strands.history(people, at - PROGRAMME, at + BACK)
        reasons = []
        for key, person in people.items():
            past = [(other, seat_in(theirs, person)) for theirs, other in history if _until(theirs, appointment)]
            reasons += _reasons(session.invitees[key].name, past)
        shown = [pair for pair in history if session.plan.kind != "group" or pair[0].id == appointment.id]
        first = history[0][0].starts_at if history else appointment.starts_at
        return Item(
            session=appointment.id,
            starts_at=appointment.starts_at,
            minutes=appointment.minutes,
            kind=planned_kind(session),
            focus=session.plan.focus,
            names=tuple(session.invitees[key].name for key in people),
            week=1 + (appointment.starts_at - first) // timedelta(weeks=1),
            reasons=tuple(reasons),
            knots=tuple(knot(theirs, other, people, appointment.id) for theirs, other in _around(shown, appointment)),
            reviews=session.reviews,
        )


def _until(other: Appointment, reviewed: Appointment) -> bool:
    """Up to and with the session that is reviewed."""
    return (other.starts_at, other.id) <= (reviewed.starts_at, reviewed.id)


def _reasons(name: str, past: Sequence[tuple[Session, str]]) -> list[Reason]:
    streak = streak_of(past)
    counts = (("misses", streak.misses), ("solo", streak.solo))
    return [Reason(name, what, count) for what, count in counts if count > 0]


def _around(
    history: Sequence[tuple[Appointment, Session]], reviewed: Appointment
) -> Iterable[tuple[Appointment, Session]]:
    """So many sessions as a picture holds: up to the reviewed one and the one after it, the latest of these."""
    past = [pair for pair in history if _until(pair[0], reviewed)]
    return [*past, *history[len(past) : len(past) + 1]][-STRAND:]
