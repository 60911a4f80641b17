"""What is said of a decision: in a sentence, and to those who are here (F5); and what a group comes to."""

from __future__ import annotations

from dataclasses import replace

from server.domain.attendance import (
    DEFAULT_POLICY,
    Kind,
    Notice,
    Outcome,
    PartnerState,
    Reason,
    SoloApproval,
    decide,
    group_outcomes_for,
)
from tests.domain.attendance.support import HERE, MISSING, asked, couple, declared, gone, later


def test_the_sentence_says_what_is_so() -> None:
    assert "has not arrived 10 min after the start" in decide(couple(10)).because
    assert "has not arrived 10 min after the start" in decide(couple(10.9)).because
    assert "can't come" in decide(couple(11, b=declared(Reason.OTHER))).because
    assert "an intake needs both" in decide(couple(11, kind=Kind.INTAKE)).because
    assert "not agreed to" in decide(couple(11, b=replace(MISSING, solo_consent=False))).because
    assert decide(couple(-5)).because == "The session has not begun."
    assert "9 min in" in decide(couple(9)).because


def test_those_who_are_here_are_told_what_happens_in_neutral_words() -> None:
    assert decide(couple(3)).notify == (Notice("a", "please_wait"),)
    assert decide(later(asked(couple(10)), 15)).notify == (Notice("a", "new_times_follow"),)
    assert decide(couple(10)).notify == ()
    assert decide(couple(1, b=HERE)).notify == (Notice("a", "session_starts"), Notice("b", "session_starts"))


def test_who_is_kept_apart_is_told_nothing_by_any_decision() -> None:
    apart = couple(10, b=HERE, keep_apart=True)
    assert decide(apart).notify == ()
    assert decide(later(asked(apart), 15)).notify == ()


def test_a_group_s_members_each_have_their_own_minutes() -> None:
    group = couple(60, HERE, gone(PartnerState.LEFT, 20), kind=Kind.GROUP, started=0, co_present_minutes=50)
    group = replace(group, partners={**group.partners, "c": MISSING, "d": MISSING})
    credit = DEFAULT_POLICY.credit_minutes
    said = group_outcomes_for(group, {"a": 5, "b": credit, "c": credit - 0.1}, DEFAULT_POLICY)
    assert said == {
        "a": Outcome.ATTENDED,
        "b": Outcome.ATTENDED,
        "c": Outcome.NO_SHOW,
        "d": Outcome.NO_SHOW,
    }
    unstayed = group_outcomes_for(group, {}, replace(DEFAULT_POLICY, credit_minutes=1))
    assert unstayed["b"] is Outcome.LEFT_EARLY
    assert group_outcomes_for(group, {}, replace(DEFAULT_POLICY, credit_minutes=0.5))["d"] is Outcome.NO_SHOW


def test_a_standing_approval_is_said_as_one() -> None:
    assert "has approved" in decide(couple(10, solo_approval=SoloApproval.STANDING)).because
