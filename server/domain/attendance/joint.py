"""The clauses of joint sessions: solo under way (S), under way (M), not started (J)."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance.model import (
    Action,
    AttendanceClass,
    FollowUp,
    Kind,
    PartnerState,
    SoloApproval,
)
from server.domain.attendance.ruling import Case, Ruling, attendance_class
from server.domain.attendance.times import grace_end, late_end, starts_at_plus

_OUTREACH = (FollowUp.OUTREACH_CALL,)
_P, _R, _W = Action.PROCEED, Action.RESCHEDULE, Action.WAIT


def joint(case: Case) -> Ruling:
    if case.facts.session.solo_started_at is not None:
        return _solo(case)
    if case.facts.session.started_at is not None:
        return _under_way(case)
    return _not_started(case)


def _solo(case: Case) -> Ruling:
    if len(case.present) < len(case.partners):
        return Ruling(Action.CONTINUE, "S2", "One partner is being seen alone.")
    apart = case.facts.keep_apart
    better = Action.KEEP_SOLO if apart else Action.MERGE
    why = "The late partner has arrived and waits in private."
    return Ruling(Action.ASK, "S1", why, None, (Action.MERGE, Action.KEEP_SOLO), better, Action.KEEP_SOLO, tell=False)


def _under_way(case: Case) -> Ruling:
    if len(case.present) == len(case.partners):
        return Ruling(Action.CONTINUE, "M1", "Both partners are here.")
    left = case.any(PartnerState.LEFT)
    grace = _grace(case)
    if not left and grace is not None:
        return Ruling(_W, "M2", "A partner lost the connection.", grace)
    solo = len(case.present) == 1 and case.solo_possible and _class(case) is not AttendanceClass.REQUIRED
    options = (_W, Action.END, _P) if solo else (_W, Action.END)
    why = "A partner left on purpose." if left else "A partner has been gone for a while."
    return Ruling(Action.ASK, "M3", why, None, options, _W, Action.END, follow_ups=_OUTREACH if left else ())


def _class(case: Case) -> AttendanceClass:
    return attendance_class(case.facts.session)


def _grace(case: Case) -> datetime | None:
    """The latest end of a reconnect grace that still runs."""
    ends = [
        end
        for partner in case.partners.values()
        if partner.state is PartnerState.DROPPED
        and (end := grace_end(partner.since, case.policy)) is not None
        and case.now < end
    ]
    return max(ends, default=None)


def _late(case: Case) -> datetime | None:
    """The latest end of a partner's running late that still runs."""
    ends = [
        end
        for partner in case.partners.values()
        if (end := late_end(case.facts, partner, case.policy)) is not None and case.now < end
    ]
    return max(ends, default=None)


def _not_started(case: Case) -> Ruling:
    if case.facts.keep_apart:
        why = "These partners are kept apart; a joint session can't be held."
        return Ruling(Action.ASK, "J1", why, None, (_R, _W), _R, _R, tell=False)
    if len(case.present) == len(case.partners):
        return Ruling(Action.START, "J2", "Both partners are here.")
    if len(case.absent) == len(case.partners):
        return _nobody(case)
    return _waiting(case) or _one_missing(case)


def _nobody(case: Case) -> Ruling:
    policy = case.policy
    if all(state is PartnerState.DECLARED_ABSENT for state in case.states):
        return Ruling(_R, "J3", "Both partners said that they can't come.")
    late = _late(case)
    if case.elapsed < policy.no_show_after or late is not None:
        until = starts_at_plus(case.facts, policy.no_show_after)
        return Ruling(_W, "J3", "Neither partner has arrived yet.", max(until, late) if late else until)
    technical = policy.no_show_after + policy.technical_extra
    if case.any(PartnerState.ATTEMPTED) and case.elapsed < technical:
        until = starts_at_plus(case.facts, technical)
        return Ruling(_W, "J3", "A partner tried to join and something failed.", until, follow_ups=_OUTREACH)
    return Ruling(_R, "J3", f"Neither partner has arrived {case.minutes} min after the start.")


def _waiting(case: Case) -> Ruling | None:
    """J4 and J5."""
    policy = case.policy
    technical = policy.no_show_after + policy.technical_extra
    if case.any(PartnerState.ATTEMPTED) and case.elapsed < technical:
        until = starts_at_plus(case.facts, technical)
        return Ruling(_W, "J4", "A partner tried to join and something failed.", until, follow_ups=_OUTREACH)
    if case.declared:
        return None
    ends = [end for end in (_grace(case), _late(case)) if end is not None]
    card = starts_at_plus(case.facts, policy.card_after)
    if case.elapsed < policy.card_after or ends:
        why = (
            "The session has not begun." if case.before_start else f"One partner has not arrived {case.minutes} min in."
        )
        return Ruling(_W, "J5", why, max([card, *ends]))
    return None


def _one_missing(case: Case) -> Ruling:
    """J6 to J12: one partner is absent, and there is nothing left to wait for."""
    approval, declared = case.facts.solo_approval, case.declared
    lead = "One partner can't come" if declared else f"One partner has not arrived {case.minutes} min after the start"
    required = _class(case) is AttendanceClass.REQUIRED
    if not case.solo_possible:
        return _impossible(case, lead)
    if required and approval is not SoloApproval.GRANTED:
        why = f"{lead}; this session needs both."
        if declared:
            return Ruling(_R, "J7", why)
        return Ruling(Action.ASK, "J7", why, None, (_R, _W, _P), _R, _R)
    if any(case.partners[k].consecutive_solo >= case.policy.solo_streak_limit for k in case.attending):
        why = f"{lead}; the other has been seen alone several times in a row."
        review = (FollowUp.TREATMENT_TEAM_REVIEW,)
        return Ruling(Action.ASK, "J8", why, None, (_R, _W, _P), _R, _R, follow_ups=review)
    return _may_proceed(case, lead)


def _impossible(case: Case, lead: str) -> Ruling:
    intake = case.facts.session.kind is Kind.INTAKE
    why = f"{lead}; " + ("an intake needs both." if intake else "seeing one alone is not agreed to.")
    if case.declared:
        return Ruling(_R, "J6", why)
    return Ruling(Action.ASK, "J6", why, None, (_R, _W), _R, _R)


def _may_proceed(case: Case, lead: str) -> Ruling:
    approval = case.facts.solo_approval
    approved = approval in (SoloApproval.GRANTED, SoloApproval.STANDING)
    optional = _class(case) is AttendanceClass.OPTIONAL
    if case.declared and case.solo_reason and (approved or optional):
        return Ruling(_P, "J9", f"{lead}, for a reason that is agreed to.")
    if optional:
        return Ruling(_P, "J10", f"{lead}; attending together is optional here.")
    if approved:
        why = f"{lead}; the therapist has approved seeing one partner alone."
        return Ruling(Action.ASK, "J11", why, None, (_P, _W, _R), _P, _P)
    why = f"{lead}; consent is on file, the therapist has not approved seeing one partner alone."
    better = _P if case.solo_reason else _R
    return Ruling(Action.ASK, "J12", why, None, (_P, _R, _W), better, _R)
