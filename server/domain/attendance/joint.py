"""The clauses of joint sessions: solo under way (S), under way (M), not started (J)."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance.case import Case
from server.domain.attendance.model import Action, AttendanceClass, FollowUp, Kind, SoloApproval
from server.domain.attendance.rows import Row, View, always, asks

_OUTREACH = (FollowUp.OUTREACH_CALL,)
_REVIEW = (FollowUp.TREATMENT_TEAM_REVIEW,)
_P, _R, _W, _END = Action.PROCEED, Action.RESCHEDULE, Action.WAIT, Action.END
_OPTIONAL = AttendanceClass.OPTIONAL
_MERGE, _KEEP = Action.MERGE, Action.KEEP_SOLO
_LATE = "The late partner has arrived and waits in private."
_LEFT, _GONE = "A partner left on purpose.", "A partner has been gone for a while."
_TRIED = "A partner tried to join and something failed."


def _absence(case: Case) -> str:
    if case.declared:
        return "One partner can't come"
    return f"One partner has not arrived {case.minutes} min after the start"


def _impossible(case: Case) -> str:
    intake = case.kind_is(Kind.INTAKE)
    return f"{_absence(case)}; " + ("an intake needs both." if intake else "seeing one alone is not agreed to.")


def _uninterpreted(case: Case) -> str:
    return f"{_absence(case)}; the interpreter is not here, and nobody is seen alone without."


def _needs_both(case: Case) -> str:
    return f"{_absence(case)}; this session needs both."


def _unapproved(case: Case) -> str:
    return f"{_absence(case)}; consent is on file, the therapist has not approved seeing one partner alone."


def _awaited(case: Case) -> str:
    return "The session has not begun." if case.before_start else f"One partner has not arrived {case.minutes} min in."


def _alone_often(case: Case) -> str:
    return f"{_absence(case)}; the other has been seen alone several times in a row."


def _agreed(case: Case) -> str:
    return f"{_absence(case)}, for a reason that is agreed to."


def _optional(case: Case) -> str:
    return f"{_absence(case)}; attending together is optional here."


def _approved(case: Case) -> str:
    return f"{_absence(case)}; the therapist has approved seeing one partner alone."


SOLO = (
    asks("S1", lambda v: v.everyone_here & v.keep_apart, _LATE, (_MERGE, _KEEP), _KEEP, _KEEP, tell=False),
    asks("S1", lambda v: v.everyone_here, _LATE, (_MERGE, _KEEP), _MERGE, _KEEP, tell=False),
    Row("S2", always, Action.CONTINUE, "One partner is being seen alone."),
)


def _can_be_alone(v: View) -> bool:
    return (v.here == 1) & v.solo_possible & v.not_required & v.interpreter_here


UNDER_WAY = (
    Row("M1", lambda v: v.everyone_here, Action.CONTINUE, "Both partners are here."),
    Row(
        "M2",
        lambda v: v.nobody_left & v.in_grace,
        _W,
        "A partner lost the connection.",
        until=lambda case: case.last_of(case.now, case.grace),
    ),
    asks("M3", lambda v: _can_be_alone(v) & v.left, _LEFT, (_W, _END, _P), _W, _END, _OUTREACH),
    asks("M3", _can_be_alone, _GONE, (_W, _END, _P), _W, _END),
    asks("M3", lambda v: v.left, _LEFT, (_W, _END), _W, _END, _OUTREACH),
    asks("M3", always, _GONE, (_W, _END), _W, _END),
)

_APART = "These partners are kept apart; a joint session can't be held."
_NOBODY_YET = "Neither partner has arrived yet."


def _tried_lately(v: View) -> bool:
    return v.attempted & (v.elapsed < v.policy.no_show_after + v.policy.technical_extra)


def _to_technical_end(case: Case) -> datetime:
    return case.at(case.policy.no_show_after + case.policy.technical_extra)


def _nobody(case: Case) -> str:
    return f"Neither partner has arrived {case.minutes} min after the start."


def _waits(v: View) -> bool:
    return v.undeclared & ((v.elapsed < v.policy.card_after) | v.in_grace | v.running_late)


def _lacks_interpreter(v: View) -> bool:
    """Nothing but the interpreter stands in the way; a declared absence from a session that needs both is J7's."""
    return v.interpreter_missing & (v.undeclared | v.not_required | v.approval_is(SoloApproval.GRANTED))


GATHERING = (
    asks("J1", lambda v: v.keep_apart, _APART, (_R, _W), _R, _R, tell=False),
    Row("J2", lambda v: v.everyone_here, Action.START, "Both partners are here."),
)

NOBODY_HERE = (
    Row("J3", lambda v: v.everyone_declared, _R, "Both partners said that they can't come."),
    Row(
        "J3",
        lambda v: (v.elapsed < v.policy.no_show_after) | v.running_late,
        _W,
        _NOBODY_YET,
        until=lambda case: case.last_of(case.at(case.policy.no_show_after), case.late),
    ),
    Row("J3", _tried_lately, _W, _TRIED, until=_to_technical_end, follow_ups=_OUTREACH),
    Row("J3", always, _R, _nobody),
)

ONE_MISSING = (
    Row("J4", _tried_lately, _W, _TRIED, until=_to_technical_end, follow_ups=_OUTREACH),
    Row(
        "J5",
        _waits,
        _W,
        _awaited,
        until=lambda case: case.last_of(case.at(case.policy.card_after), case.grace, case.late),
    ),
    Row("J6", lambda v: v.solo_impossible & v.declared, _R, _impossible),
    asks("J6", lambda v: v.solo_impossible, _impossible, (_R, _W), _R, _R),
    Row(
        "J13",
        lambda v: _lacks_interpreter(v) & (v.elapsed < v.policy.card_after),
        _W,
        _uninterpreted,
        until=lambda case: case.at(case.policy.card_after),
    ),
    asks("J13", _lacks_interpreter, _uninterpreted, (_R, _W), _R, _R),
    Row("J7", lambda v: v.required & v.not_granted & v.declared, _R, _needs_both),
    asks("J7", lambda v: v.required & v.not_granted, _needs_both, (_R, _W, _P), _R, _R),
    asks("J8", lambda v: v.streak_of(v.policy.solo_streak_limit), _alone_often, (_R, _W, _P), _R, _R, _REVIEW),
    Row("J9", lambda v: v.solo_reason & (v.approved | v.class_is(_OPTIONAL)), _P, _agreed),
    Row("J10", lambda v: v.class_is(_OPTIONAL), _P, _optional),
    asks("J11", lambda v: v.approved, _approved, (_P, _W, _R), _P, _P),
    asks("J12", lambda v: v.solo_reason, _unapproved, (_P, _R, _W), _P, _R),
    asks("J12", always, _unapproved, (_P, _R, _W), _R, _R),
)
