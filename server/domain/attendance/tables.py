"""Every clause of the policy, in the order in which they are tried (server/POLICY.md)."""

from __future__ import annotations

from server.domain.attendance.case import Case
from server.domain.attendance.joint import GATHERING, NOBODY_HERE, ONE_MISSING, SOLO, UNDER_WAY
from server.domain.attendance.model import Action, FollowUp, Kind
from server.domain.attendance.rows import Family, Row, always, asks
from server.domain.attendance.times import ZERO

SUBSTITUTE = (FollowUp.FIND_SUBSTITUTE_HOST,)
OUTREACH = (FollowUp.OUTREACH_CALL,)


def _host_late(case: Case) -> str:
    return f"The therapist is not here {case.minutes} min after the start."


ABOVE = (
    Row(
        "A1",
        lambda v: v.outage,
        Action.HOLD,
        "Dyad can't see who is here right now; all clocks are stopped.",
        tell=False,
    ),
    Row(
        "A3",
        lambda v: v.idle & v.before_start & v.undeclared,
        Action.WAIT,
        "The session has not begun; the therapist is not here yet.",
        until=lambda case: case.at(ZERO),
    ),
    Row(
        "A3",
        lambda v: v.idle & v.begun & (v.elapsed < v.policy.therapist_no_show) & (v.elapsed < v.policy.therapist_notice),
        Action.WAIT,
        _host_late,
        until=lambda case: case.at(case.policy.therapist_no_show),
    ),
    Row(
        "A3",
        lambda v: v.idle & v.begun & (v.elapsed < v.policy.therapist_no_show),
        Action.WAIT,
        _host_late,
        until=lambda case: case.at(case.policy.therapist_no_show),
        follow_ups=SUBSTITUTE,
    ),
    Row(
        "A3",
        lambda v: v.idle & v.begun,
        Action.RESCHEDULE,
        lambda case: f"The therapist did not come within {case.minutes} min; nobody else missed anything.",
        host_missing=True,
    ),
    Row(
        "A4",
        lambda v: v.under_way & (v.host_gone < v.policy.reconnect_grace),
        Action.WAIT,
        "The therapist lost the connection.",
        until=lambda case: case.host_lost_at + case.policy.reconnect_grace,
    ),
    Row(
        "A4",
        lambda v: v.under_way & (v.host_gone < v.policy.therapist_no_show) & (v.host_gone < v.policy.therapist_notice),
        Action.WAIT,
        "The therapist has been gone for a while.",
        until=lambda case: case.host_lost_at + case.policy.therapist_no_show,
    ),
    Row(
        "A4",
        lambda v: v.under_way & (v.host_gone < v.policy.therapist_no_show),
        Action.WAIT,
        "The therapist has been gone for a while.",
        until=lambda case: case.host_lost_at + case.policy.therapist_no_show,
        follow_ups=SUBSTITUTE,
    ),
    Row(
        "A4",
        lambda v: v.under_way & v.credited,
        Action.END,
        "The therapist did not come back; the time together counts as a session.",
    ),
    Row(
        "A4",
        lambda v: v.under_way,
        Action.RESCHEDULE,
        "The therapist did not come back, and too little of the session took place.",
        host_missing=True,
    ),
)

INDIVIDUAL = (
    Row("I1", lambda v: v.under_way & v.everyone_here, Action.CONTINUE, "The client is here."),
    Row(
        "I1",
        lambda v: v.under_way & v.in_grace,
        Action.WAIT,
        "The client lost the connection.",
        until=lambda case: case.last_of(case.now, case.grace),
    ),
    asks(
        "I1",
        lambda v: v.under_way & v.left,
        "The client left on purpose.",
        (Action.WAIT, Action.END),
        Action.WAIT,
        Action.END,
        OUTREACH,
    ),
    asks(
        "I1",
        lambda v: v.under_way,
        "The client has been gone for a while.",
        (Action.WAIT, Action.END),
        Action.WAIT,
        Action.END,
    ),
    Row("I2", lambda v: v.everyone_here, Action.START, "The client is here."),
    Row("I3", lambda v: v.declared, Action.RESCHEDULE, "The client said that they can't come."),
    Row(
        "I4",
        lambda v: v.attempted & (v.elapsed < v.policy.no_show_after + v.policy.technical_extra),
        Action.WAIT,
        "The client tried to join and something failed.",
        until=lambda case: case.at(case.policy.no_show_after + case.policy.technical_extra),
        follow_ups=OUTREACH,
    ),
    Row(
        "I5",
        lambda v: (v.elapsed < v.policy.no_show_after) | v.running_late,
        Action.WAIT,
        "The client has not arrived yet.",
        until=lambda case: case.last_of(case.at(case.policy.no_show_after), case.late),
    ),
    Row(
        "I6",
        always,
        Action.RESCHEDULE,
        lambda case: f"The client has not arrived {case.minutes} min after the start.",
    ),
)

GROUP = (
    Row("G1", lambda v: v.under_way, Action.CONTINUE, "The group is under way."),
    Row("G2", lambda v: v.before_start, Action.WAIT, "The group has not begun.", until=lambda case: case.at(ZERO)),
    Row("G3", always, Action.START, "It is time; the group starts with whoever is here."),
)

FAMILIES = (
    Family(lambda v: v.outage | v.host_away, ABOVE),
    Family(lambda v: v.joint & v.solo, SOLO),
    Family(lambda v: v.joint & v.started, UNDER_WAY),
    Family(lambda v: v.joint, GATHERING),
    Family(lambda v: v.joint & v.everyone_absent, NOBODY_HERE),
    Family(lambda v: v.joint, ONE_MISSING),
    Family(lambda v: v.kind_is(Kind.INDIVIDUAL), INDIVIDUAL),
    Family(always, GROUP),
)

CLAUSES = tuple(dict.fromkeys(row.clause for family in FAMILIES for row in family.rows))
