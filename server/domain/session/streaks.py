"""Misses and solo sessions in a row, as one session after the other leaves them (F3, J8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from server.domain.attendance import Kind, Outcome
from server.domain.session.state import Session
from server.domain.session.views import Status

MISSES = (Outcome.NO_SHOW, Outcome.LATE_CANCEL)


@dataclass(frozen=True, slots=True)
class Streak:
    misses: int = 0
    solo: int = 0


def streak_of(sessions: Iterable[tuple[Session, str]]) -> Streak:
    """Of one person: their sessions in order of time, each with their key in it. What is not over does not count."""
    misses = solo = 0
    for session, key in sessions:
        outcome = session.outcomes.get(key)
        if outcome in MISSES:
            misses += 1
        elif outcome is Outcome.ATTENDED:
            misses = 0
        if outcome is Outcome.ATTENDED and held_alone(session, key):
            solo += 1
        elif held_together(session):
            solo = 0
    return Streak(misses, solo)


def held_alone(session: Session, key: str) -> bool:
    """Whether a session for two was held with this partner alone."""
    if len(session.invited) != 2:
        return False
    converted = session.plan is not None and session.plan.kind is Kind.INDIVIDUAL and key in session.plan.partners
    return session.attending == key or converted


def held_together(session: Session) -> bool:
    joint = session.plan is not None and session.plan.kind in (Kind.COUPLES, Kind.INTAKE)
    return joint and session.status is Status.ENDED and session.attending is None and session.started_at is not None
