"""A week that is partly booked: what is still wanted of it, and what each partner's minutes come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.domain.attendance.model import Kind
from server.domain.week.model import JOINT_KINDS, Need, Placement, Proposal, ReasonCode


@dataclass(frozen=True, slots=True)
class Booked:
    """A session that stands. `partners` are ids."""

    kind: Kind
    partners: frozenset[str]
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Minutes:
    """One partner's week."""

    joint: int = 0
    individual: int = 0
    group: int = 0


def still_wanted(needs: Sequence[Need], booked: Iterable[Booked]) -> tuple[Need, ...]:
    """The needs that no booked session meets; a session meets the weightiest one of its sort, for each partner."""
    left = sorted(needs, key=lambda need: -need.weight)
    for session in booked:
        who = [frozenset({one}) for one in session.partners] if session.kind is Kind.GROUP else [session.partners]
        for people in who:
            met = next((need for need in left if _meets(session.kind, people, need)), None)
            if met is not None:
                left.remove(met)
    return tuple(left)


def _meets(kind: Kind, people: frozenset[str], need: Need) -> bool:
    same = need.joint if kind in JOINT_KINDS else need.kind is kind
    return same and (need.joint or people.issuperset(need.partners))


def beside(proposal: Proposal, booked: Sequence[Booked]) -> Proposal:
    """The proposal for a week that has booked sessions too: `propose` doesn't know which of these are joint ones."""
    if not booked:
        return proposal
    placed = (
        replace(one, reasons=tuple(it for it in one.reasons if it.code is not ReasonCode.TWO_DAYS_AFTER_JOINT))
        for one in proposal.placed
    )
    return replace(proposal, placed=tuple(placed))


def minutes_of(partner: str, booked: Iterable[Booked], placed: Iterable[Placement] = ()) -> Minutes:
    """What is booked and what is proposed, for one partner."""
    sessions = [(one.kind, one.minutes) for one in booked if partner in one.partners]
    sessions += [
        (one.need.kind, int((one.slot.end - one.slot.start).total_seconds()) // 60)
        for one in placed
        if partner in one.need.partners
    ]
    return Minutes(
        joint=sum(minutes for kind, minutes in sessions if kind in JOINT_KINDS),
        individual=sum(minutes for kind, minutes in sessions if kind is Kind.INDIVIDUAL),
        group=sum(minutes for kind, minutes in sessions if kind is Kind.GROUP),
    )


def opened_by_intake(proposal: Proposal) -> Proposal:
    """The first joint session as the couple's first session: the intake (A12)."""
    first = next((one for one in proposal.placed if one.need.joint), None)
    if first is None:
        return proposal
    intake = replace(first, need=replace(first.need, kind=Kind.INTAKE))
    return replace(proposal, placed=tuple(intake if one is first else one for one in proposal.placed))
