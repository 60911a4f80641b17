"""Reminders: nudges to those who are expected, and the search for a substitute host."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance import Action, PartnerState, Policy, reached
from server.domain.session import events as e
from server.domain.session.log import Log
from server.domain.session.plan import role_of
from server.domain.session.state import Seat, Session
from server.domain.session.views import Status


def remind(log: Log) -> None:
    """What is due now; nothing while Dyad cannot see."""
    session = log.session
    if session.over or session.stance is None or session.stance.action is Action.HOLD:
        return
    wanted = substitute_due(session, log.policy)
    if wanted is not None and log.now >= wanted:
        log.add(e.SubstituteSought())
    for key, times in _nudges(session, log.policy).items():
        passed = sum(log.now >= at for at in times)
        if passed > session.seats[key].nudges:
            log.add(e.Nudged(key, passed))


def _nudges(session: Session, policy: Policy) -> dict[str, tuple[datetime, ...]]:
    """When each who is expected is due a nudge; only before the start, while the therapist is here."""
    plan = session.plan
    if plan is None or session.status is not Status.PLANNED or plan.keep_apart or not session.therapist.connected:
        return {}
    start = plan.starts_at
    times = tuple(reached(start, session.outages, start, after) for after in (policy.first_nudge, policy.second_nudge))
    return {
        key: times
        for key, seat in (session.partners | _needed(session)).items()
        if seat.state is PartnerState.EXPECTED and seat.late_until is None
    }


def _needed(session: Session) -> dict[str, Seat]:
    """The interpreters, where one is needed and none is here."""
    if not session.interpreter_missing:
        return {}
    return {key: seat for key, seat in session.helpers.items() if role_of(key) == "interpreter"}


def nudge_due(session: Session, policy: Policy) -> datetime | None:
    """When the next nudge is due, or None."""
    due = [
        times[session.seats[key].nudges]
        for key, times in _nudges(session, policy).items()
        if session.seats[key].nudges < len(times)
    ]
    return min(due, default=None)


def substitute_due(session: Session, policy: Policy) -> datetime | None:
    """When the programme is asked for a substitute host, or None."""
    if session.plan is None or session.over or session.substitute_sought or session.therapist.connected:
        return None
    if session.started_at is None and session.solo_started_at is None:
        start = session.plan.starts_at
        return reached(start, session.outages, start, policy.therapist_notice)
    since = session.therapist.since
    return None if since is None else since + policy.therapist_notice
