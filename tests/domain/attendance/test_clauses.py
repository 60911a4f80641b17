"""Each clause of server/POLICY.md, told as something that happens to people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from server.domain.attendance import (
    Action,
    AttendanceClass,
    Facts,
    Focus,
    FollowUp,
    Kind,
    Outage,
    Outcome,
    PartnerState,
    Reason,
    SoloApproval,
    TherapistFacts,
    TherapistState,
    decide,
)
from tests.domain.attendance.support import (
    HERE,
    MISSING,
    START,
    asked,
    client,
    couple,
    declared,
    gone,
    later,
    minute,
    options,
)

AWAY = TherapistFacts(TherapistState.EXPECTED)
APPROVED: dict[str, Any] = {"solo_approval": SoloApproval.GRANTED}


def cited(facts: Facts) -> tuple[str, str]:
    decision = decide(facts)
    return decision.clause, str(decision.action)


def test_while_the_service_cannot_see_nobody_is_absent() -> None:
    """A1"""
    facts = couple(40, outages=(Outage(minute(5)),))
    assert cited(facts) == ("A1", "hold")
    assert decide(facts).outcomes == {}


def test_a_past_outage_moves_every_clock() -> None:
    """A1, J5"""
    facts = couple(18, outages=(Outage(minute(2), minute(12)),))
    assert cited(facts) == ("J5", "wait")
    assert decide(facts).wait_until == minute(20)


def test_an_answered_card_is_acted_on() -> None:
    """A2, J11"""
    facts = asked(couple(11, **APPROVED), Action.PROCEED)
    assert cited(facts) == ("J11", "proceed")


def test_an_answer_that_is_no_longer_offered_is_asked_again() -> None:
    """A2, J6"""
    facts = asked(couple(11, **APPROVED), Action.PROCEED)
    assert cited(replace(facts, solo_approval=SoloApproval.DENIED)) == ("J6", "ask")


def test_an_unanswered_card_falls_to_its_default() -> None:
    """A2, J12"""
    facts = asked(couple(10))
    assert cited(later(facts, 14.99)) == ("J12", "ask")
    assert cited(later(facts, 15)) == ("J12", "reschedule")


def test_waiting_on_lasts_five_minutes_and_is_asked_afresh() -> None:
    """A2, J12"""
    facts = asked(couple(12), Action.WAIT)
    assert decide(facts).wait_until == minute(17)
    again = decide(later(facts, 17))
    assert (again.clause, again.action) == ("J12", Action.ASK)


def test_a_partner_who_arrives_withdraws_the_card() -> None:
    """A2, J2"""
    facts = asked(couple(12))
    assert cited(replace(facts, partners={"a": HERE, "b": HERE})) == ("J2", "start")


def test_the_therapist_is_awaited_then_a_substitute_sought_then_everyone_is_excused() -> None:
    """A3"""
    early = couple(-5, therapist=AWAY)
    assert decide(early).wait_until == START
    assert FollowUp.FIND_SUBSTITUTE_HOST not in decide(couple(4, therapist=AWAY)).follow_ups
    assert FollowUp.FIND_SUBSTITUTE_HOST in decide(couple(5, therapist=AWAY)).follow_ups
    over = decide(couple(15, therapist=AWAY))
    assert over.action is Action.RESCHEDULE
    assert set(over.outcomes.values()) == {Outcome.PROVIDER_CANCELLED}


@pytest.mark.parametrize(("minutes", "action"), [(30, Action.END), (10, Action.RESCHEDULE)])
def test_a_therapist_who_is_lost_in_mid_session(minutes: float, action: Action) -> None:
    """A4"""
    lost = TherapistFacts(TherapistState.DROPPED, minute(30))
    facts = couple(31, HERE, HERE, started=0, therapist=lost, co_present_minutes=minutes)
    assert decide(facts).wait_until == minute(32)
    assert decide(later(facts, 33)).wait_until == minute(45)
    assert FollowUp.FIND_SUBSTITUTE_HOST in decide(later(facts, 36)).follow_ups
    over = decide(later(facts, 45))
    assert (over.clause, over.action) == ("A4", action)
    assert Outcome.NO_SHOW not in over.outcomes.values()


def test_a_client_alone() -> None:
    """I1, I2, I3, I4, I5, I6"""
    assert cited(client(20, HERE, started=0)) == ("I1", "continue")
    assert decide(client(20, gone(PartnerState.DROPPED, 19), started=0)).wait_until == minute(21)
    left = decide(client(20, gone(PartnerState.LEFT, 19), started=0))
    assert (left.clause, left.follow_ups) == ("I1", (FollowUp.OUTREACH_CALL,))
    assert cited(client(1, HERE)) == ("I2", "start")
    assert cited(client(-60, declared(Reason.ILLNESS))) == ("I3", "reschedule")
    assert decide(client(16, gone(PartnerState.ATTEMPTED, 3))).wait_until == minute(25)
    assert cited(client(16, gone(PartnerState.ATTEMPTED, 3))) == ("I4", "wait")
    assert decide(client(3, MISSING)).wait_until == minute(15)
    assert cited(client(15, MISSING)) == ("I6", "reschedule")
    assert cited(client(15, replace(MISSING, late_until=minute(18)))) == ("I5", "wait")


def test_a_group_begins_with_whoever_is_there() -> None:
    """G1, G2, G3"""
    group: dict[str, Any] = {"kind": Kind.GROUP}
    assert decide(couple(-1, **group)).wait_until == START
    assert cited(couple(0, **group)) == ("G3", "start")
    assert decide(couple(10, started=0, **group)).outcomes == {}
    assert decide(couple(15, started=0, **group)).outcomes == {"b": Outcome.NO_SHOW}
    assert cited(couple(15, started=0, **group)) == ("G1", "continue")


def test_a_late_partner_is_held_and_asked_about() -> None:
    """S1, S2"""
    assert cited(couple(18, solo=11)) == ("S2", "continue")
    decision = decide(couple(20, HERE, HERE, solo=11))
    assert (decision.clause, options(decision)) == ("S1", ["merge", "keep_solo"])
    assert decision.card is not None
    assert (decision.card.recommended, decision.card.default) == (Action.MERGE, Action.KEEP_SOLO)
    apart = decide(couple(20, HERE, HERE, solo=11, keep_apart=True))
    assert apart.card is not None
    assert apart.card.recommended is Action.KEEP_SOLO


def test_a_session_under_way() -> None:
    """M1, M2, M3"""
    assert cited(couple(20, HERE, HERE, started=0)) == ("M1", "continue")
    dropped = couple(21, HERE, gone(PartnerState.DROPPED, 20), started=0)
    assert decide(dropped).wait_until == minute(22)
    after = decide(later(dropped, 22))
    assert (after.clause, options(after)) == ("M3", ["wait", "end", "proceed"])
    left = decide(couple(20, HERE, gone(PartnerState.LEFT, 20), started=0))
    assert (left.clause, left.follow_ups) == ("M3", (FollowUp.OUTREACH_CALL,))


def test_a_couple_kept_apart_is_never_put_in_one_room() -> None:
    """J1"""
    decision = decide(couple(1, HERE, HERE, keep_apart=True))
    assert (decision.clause, options(decision), decision.notify) == ("J1", ["reschedule", "wait"], ())


def test_both_there() -> None:
    """J2"""
    assert cited(couple(-2, HERE, HERE)) == ("J2", "start")


def test_both_missing() -> None:
    """J3"""
    assert cited(couple(-60, declared(Reason.ILLNESS), declared(Reason.OTHER))) == ("J3", "reschedule")
    assert decide(couple(3, MISSING, MISSING)).wait_until == minute(15)
    assert cited(couple(16, MISSING, gone(PartnerState.ATTEMPTED, 9))) == ("J3", "wait")
    assert cited(couple(15, MISSING, MISSING)) == ("J3", "reschedule")


def test_a_failed_attempt_gets_more_time() -> None:
    """J4"""
    decision = decide(couple(12, HERE, gone(PartnerState.ATTEMPTED, 3)))
    assert (decision.clause, decision.wait_until) == ("J4", minute(25))
    assert FollowUp.OUTREACH_CALL in decision.follow_ups


def test_a_missing_partner_is_waited_for() -> None:
    """J5"""
    assert decide(couple(3)).wait_until == minute(10)
    assert decide(couple(9.5, HERE, gone(PartnerState.DROPPED, 9.5))).wait_until == minute(11.5)
    assert decide(couple(12, HERE, replace(MISSING, late_until=minute(14)))).wait_until == minute(14)
    endless = replace(MISSING, late_until=minute(90))
    assert decide(couple(12, HERE, endless)).wait_until == minute(20)


@pytest.mark.parametrize(
    "facts",
    [
        couple(10, kind=Kind.INTAKE),
        couple(10, HERE, replace(MISSING, solo_consent=False)),
        couple(10, replace(HERE, solo_consent=False)),
        couple(10, solo_approval=SoloApproval.DENIED),
    ],
    ids=["intake", "the absent one's no", "the attending one's no", "the therapist's no"],
)
def test_solo_is_impossible(facts: Facts) -> None:
    """J6"""
    decision = decide(facts)
    assert (decision.clause, options(decision)) == ("J6", ["reschedule", "wait"])


def test_joint_work_needs_both() -> None:
    """J7"""
    facts = couple(10, focus=(Focus.RELAPSE_PREVENTION_PLAN,), solo_approval=SoloApproval.STANDING)
    decision = decide(facts)
    assert (decision.clause, options(decision)) == ("J7", ["reschedule", "wait", "proceed"])
    assert cited(replace(facts, partners={"a": HERE, "b": declared(Reason.SPACE)})) == ("J7", "reschedule")


def test_nobody_is_seen_alone_without_the_interpreter_they_need() -> None:
    """J13"""
    approved = couple(3, b=declared(Reason.SPACE), **APPROVED)
    assert cited(approved) == ("J9", "proceed")
    waiting = decide(replace(approved, interpreter_missing=True))
    assert (waiting.clause, waiting.action, waiting.wait_until) == ("J13", Action.WAIT, minute(10))
    asked = decide(couple(10, interpreter_missing=True, **APPROVED))
    assert (asked.clause, options(asked)) == ("J13", ["reschedule", "wait"])
    assert asked.card is not None
    assert asked.card.default is Action.RESCHEDULE
    gone_since = couple(20, b=gone(PartnerState.DROPPED, 12), started=0, interpreter_missing=True)
    assert options(decide(gone_since)) == ["wait", "end"]


def test_an_awaited_interpreter_holds_nothing_up_before_the_session() -> None:
    """J13"""
    ahead = couple(-60, MISSING, declared(Reason.SPACE), interpreter_missing=True, **APPROVED)
    assert cited(ahead) == ("J9", "proceed")
    both_needed = couple(3, b=declared(Reason.SPACE), focus=(Focus.CONFLICT_RESOLUTION,), interpreter_missing=True)
    assert cited(both_needed) == ("J7", "reschedule")


def test_seen_alone_too_often_is_for_the_team() -> None:
    """J8"""
    decision = decide(couple(10, replace(HERE, consecutive_solo=2), **APPROVED))
    assert (decision.clause, decision.follow_ups) == ("J8", (FollowUp.TREATMENT_TEAM_REVIEW,))


def test_a_partner_who_gives_space_is_taken_at_their_word() -> None:
    """J9"""
    decision = decide(couple(-60, MISSING, declared(Reason.SPACE), **APPROVED))
    assert (decision.clause, decision.action, decision.converted_kind) == ("J9", Action.PROCEED, Kind.INDIVIDUAL)
    assert FollowUp.MAKE_UP_INDIVIDUAL_SESSION not in decision.follow_ups


def test_optional_attendance_goes_on() -> None:
    """J10"""
    decision = decide(couple(10, attendance=AttendanceClass.OPTIONAL))
    assert (decision.clause, decision.action) == ("J10", Action.PROCEED)
    assert decision.outcomes == {"a": Outcome.ATTENDED, "b": Outcome.NO_SHOW}


def test_partner_missing_at_ten_minutes_raises_the_card() -> None:
    """J11, J12"""
    approved = decide(couple(10, **APPROVED))
    assert (approved.clause, options(approved)[0]) == ("J11", "proceed")
    plain = decide(couple(10))
    assert plain.card is not None
    assert (plain.clause, plain.card.recommended, plain.card.default) == ("J12", Action.RESCHEDULE, Action.RESCHEDULE)
    assert plain.card.answer_by == minute(15)
    solo = decide(couple(-60, MISSING, declared(Reason.INDIVIDUAL_WORK)))
    assert solo.card is not None
    assert (solo.clause, solo.card.recommended, solo.card.default) == ("J12", Action.PROCEED, Action.RESCHEDULE)


@pytest.mark.parametrize(
    ("reason", "at", "outcome"),
    [
        (Reason.ILLNESS, -10, Outcome.EXCUSED),
        (Reason.EMERGENCY, 2, Outcome.EXCUSED),
        (Reason.SCHEDULING_CONFLICT, -24 * 60, Outcome.EXCUSED),
        (Reason.SCHEDULING_CONFLICT, -24 * 60 + 1, Outcome.LATE_CANCEL),
        (Reason.OTHER, -10, Outcome.LATE_CANCEL),
    ],
)
def test_what_a_declared_absence_counts_as(reason: Reason, at: float, outcome: Outcome) -> None:
    """F1, F2"""
    decision = decide(couple(5, HERE, declared(reason, at), kind=Kind.INTAKE))
    assert decision.outcomes == {"b": outcome}


def test_enough_time_together_counts_for_both() -> None:
    """F2"""
    facts = couple(40, HERE, gone(PartnerState.LEFT, 40), started=0, co_present_minutes=26)
    decision = decide(asked(facts, Action.END))
    assert decision.outcomes == {"a": Outcome.ATTENDED, "b": Outcome.ATTENDED}
    short = decide(asked(replace(facts, co_present_minutes=25), Action.END))
    assert short.outcomes["b"] is Outcome.LEFT_EARLY


@pytest.mark.parametrize(
    ("misses", "wanted"),
    [
        (0, set()),
        (1, {FollowUp.TREATMENT_TEAM_REVIEW}),
        (2, {FollowUp.TREATMENT_TEAM_REVIEW, FollowUp.RE_ENGAGEMENT_PLAN}),
    ],
)
def test_repeated_misses_reach_the_team(misses: int, wanted: set[FollowUp]) -> None:
    """F3"""
    facts = later(asked(couple(10, HERE, replace(MISSING, consecutive_misses=misses))), 15)
    assert set(decide(facts).follow_ups) == wanted | {FollowUp.RESCHEDULE_JOINT_SESSION}


def test_what_follows() -> None:
    """F4"""
    assert decide(client(15, MISSING)).follow_ups == (FollowUp.RESCHEDULE_SESSION,)
    solo = decide(couple(10, attendance=AttendanceClass.OPTIONAL))
    assert set(solo.follow_ups) == {FollowUp.RESCHEDULE_JOINT_SESSION, FollowUp.MAKE_UP_INDIVIDUAL_SESSION}


def test_nobody_is_told_of_the_other() -> None:
    """F5"""
    decision = decide(later(asked(couple(10)), 15))
    assert {notice.who for notice in decision.notify} <= {"a", "b", "therapist"}
    assert not any(name in notice.what for notice in decision.notify for name in ("absent", "partner", "programme"))
