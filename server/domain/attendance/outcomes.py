"""F1 to F4: what a settled meeting means for each partner, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.domain.attendance.model import (
    Action,
    Facts,
    FollowUp,
    Kind,
    Outcome,
    PartnerFacts,
    PartnerState,
    Policy,
    Reason,
)
from server.domain.attendance.times import under_way

JOINT = frozenset({Kind.COUPLES, Kind.INTAKE})
_MISSES = frozenset({Outcome.NO_SHOW, Outcome.LATE_CANCEL})

# By name in the module: see `case`.
_PROCEED, _RESCHEDULE, _END = Action.PROCEED, Action.RESCHEDULE, Action.END
SETTLING = frozenset({_PROCEED, _RESCHEDULE, _END})  # what decides a meeting's fate (F1)
_PRESENT, _DECLARED = PartnerState.PRESENT, PartnerState.DECLARED_ABSENT
_ATTENDED = Outcome.ATTENDED


def absence_outcome(facts: Facts, partner: PartnerFacts, policy: Policy) -> Outcome:
    """F2 for a partner who is not present."""
    match partner.state:
        case PartnerState.DECLARED_ABSENT:
            return _declared(facts, partner, policy)
        case PartnerState.ATTEMPTED | PartnerState.DROPPED:
            return Outcome.TECHNICAL
        case PartnerState.LEFT if under_way(facts):
            return Outcome.LEFT_EARLY
    return Outcome.NO_SHOW


def _declared(facts: Facts, partner: PartnerFacts, policy: Policy) -> Outcome:
    if partner.reason in (Reason.ILLNESS, Reason.EMERGENCY):
        return Outcome.EXCUSED
    at = partner.declared_at
    in_time = at is not None and facts.session.starts_at - at >= policy.excused_notice
    return Outcome.EXCUSED if in_time else Outcome.LATE_CANCEL


def outcomes_for(facts: Facts, action: Action, policy: Policy) -> dict[str, Outcome]:
    """F2: each partner's outcome when the meeting's fate is `proceed`, `reschedule` or `end`; else none (F1)."""
    if action not in SETTLING:
        return {}
    if action is _END and facts.co_present_minutes >= policy.credit_minutes:
        return dict.fromkeys(facts.partners, _ATTENDED)
    begun = facts.now >= facts.session.starts_at or under_way(facts)
    outcomes: dict[str, Outcome] = {}
    for key, partner in facts.partners.items():
        if partner.state is _PRESENT:
            if action is not _RESCHEDULE and begun:
                outcomes[key] = _ATTENDED
        elif begun or partner.state is _DECLARED:
            outcomes[key] = absence_outcome(facts, partner, policy)
    return outcomes


def group_outcomes_for(facts: Facts, attended: Mapping[str, float], policy: Policy) -> dict[str, Outcome]:
    """F2 for a group that ends: each member by their own minutes, since a group takes place whoever is missing."""
    alone = outcomes_for(replace(facts, co_present_minutes=0), _END, policy)
    stayed = {key for key in facts.partners if attended.get(key, 0) >= policy.credit_minutes}
    return {key: _ATTENDED if key in stayed else outcome for key, outcome in alone.items()}


def settled_before(facts: Facts, alone: str | None, outcomes: Mapping[str, Outcome]) -> frozenset[str]:
    """Whose outcome stands when the session of who was seen `alone` ends: the other's, unless they have come.

    It was settled when that began; the minutes since then are not theirs.
    """
    others = facts.partners.keys() - {alone} if alone is not None else set()
    return frozenset(key for key in others if key in outcomes and facts.partners[key].state is not _PRESENT)


def follow_ups_for(
    facts: Facts, action: Action, outcomes: Mapping[str, Outcome], policy: Policy
) -> tuple[FollowUp, ...]:
    """F3 and F4, sorted: what a settled meeting obliges the programme to do."""
    wanted: set[FollowUp] = set()
    for key, outcome in outcomes.items():
        if outcome in _MISSES:
            misses = facts.partners[key].consecutive_misses + 1
            if misses >= policy.review_after_misses:
                wanted.add(FollowUp.TREATMENT_TEAM_REVIEW)
            if misses >= policy.reengage_after_misses:
                wanted.add(FollowUp.RE_ENGAGEMENT_PLAN)
    joint = facts.session.kind in JOINT
    again = FollowUp.RESCHEDULE_JOINT_SESSION if joint else FollowUp.RESCHEDULE_SESSION
    if action is _RESCHEDULE or (action is _END and facts.co_present_minutes < policy.credit_minutes):
        wanted.add(again)
    if action is _PROCEED:
        wanted.add(FollowUp.RESCHEDULE_JOINT_SESSION)
        space = any(p.state is _DECLARED and p.reason is Reason.SPACE for p in facts.partners.values())
        if not space:
            wanted.add(FollowUp.MAKE_UP_INDIVIDUAL_SESSION)
    return tuple(sorted(wanted))
