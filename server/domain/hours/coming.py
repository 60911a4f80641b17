"""What of a session is still to come for one partner, as long as there is time to do something about it (R5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.attendance import Kind, PartnerState
from server.domain.hours.measured import NOT_THERE, Measured
from server.domain.session.state import Session


def still_to_come(session: Session, key: str, now: datetime, *, own_word_only: bool = False) -> Measured:
    """The planned minutes that are left of it.

    A session for two that one of them can't come to is not counted for either: whether it is held is the therapist's
    decision. With `own_word_only` it is counted as it was planned, unless this partner said so: what the other said,
    and what the therapist made of it, is not for them to learn from their minutes (A15).
    """
    plan = session.plan
    if plan is None or session.over or session.outcomes.get(key) in NOT_THERE:
        return Measured()
    people = session.invited if own_word_only else tuple(plan.partners)
    asked = {key} if own_word_only or plan.kind is Kind.GROUP else people
    if key not in people or any(session.seats[one].state is PartnerState.DECLARED_ABSENT for one in asked):
        return Measured()
    length = timedelta(minutes=plan.minutes)
    left = max(min(length, plan.starts_at + length - now), timedelta(0))
    if plan.kind is Kind.GROUP:
        return Measured(group=left)
    return Measured(joint=left) if len(people) > 1 else Measured(individual=left)
