"""What a session's record gives one partner: minutes in the room with the therapist, together or alone (R5, R7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.attendance import Kind, Outcome
from server.domain.session.minutes import length, shared
from server.domain.session.state import THERAPIST, Session

NOT_THERE = (Outcome.NO_SHOW, Outcome.LATE_CANCEL, Outcome.EXCUSED, Outcome.PROVIDER_CANCELLED)


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one partner in one session: time with the therapist and all of the couple, and time without the other.

    `without` is time of the couple's session that the therapist had with the other one alone; it is not this
    partner's attendance and in no total.
    """

    joint: timedelta = timedelta(0)
    individual: timedelta = timedelta(0)
    group: timedelta = timedelta(0)
    without: timedelta = timedelta(0)

    @property
    def total(self) -> timedelta:
        return self.joint + self.individual + self.group

    def __add__(self, other: Measured) -> Measured:
        return Measured(
            self.joint + other.joint,
            self.individual + other.individual,
            self.group + other.group,
            self.without + other.without,
        )


def measured(session: Session, key: str, now: datetime) -> Measured:
    """Every figure is an intersection of the intervals of the record. An outcome that says "not there", given or
    corrected, takes them all away: then the record's presence was not this person's attendance (D5)."""
    there = {one for one in session.invited if session.outcomes.get(one) not in NOT_THERE}

    def together(*keys: str) -> timedelta:
        return length(shared(session.presence, (*keys, THERAPIST), now)) if there.issuperset(keys) else timedelta(0)

    if session.plan is None:
        return Measured()
    if session.plan.kind is Kind.GROUP:
        return Measured(group=together(key))
    others = [other for other in session.invited if other != key]
    joint = together(key, *others) if others else timedelta(0)
    without = together(*others) - joint if others else timedelta(0)
    return Measured(joint=joint, individual=together(key) - joint, without=without)
