"""A programme's own clauses: the words of the vocabulary, where a clause stands, and when two policies are one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.domain.attendance import (
    DEFAULT_POLICY,
    Action,
    AttendanceClass,
    Condition,
    Facts,
    Focus,
    FollowUp,
    Kind,
    OwnClause,
    PartnerState,
    Policy,
    Reason,
    SoloApproval,
    decide,
    fingerprint,
)
from server.domain.attendance.own import BEFORE, WORDS
from tests.domain.attendance.support import HERE, MISSING, asked, client, couple, declared, gone, minute

MIN = timedelta(minutes=1)
ALONE_BEFORE = replace(HERE, consecutive_solo=2)
MISSED_BEFORE = replace(MISSING, consecutive_misses=3)


def own(*when: Condition, before: str = "J1", **changes: Any) -> OwnClause:
    return replace(OwnClause("X1", before, when, Action.RESCHEDULE, "Our own rule."), **changes)


def under(facts: Facts, *clauses: OwnClause) -> str:
    return decide(facts, Policy(own=clauses)).clause


# word, value, facts for which it holds, facts for which it does not
EXAMPLES: list[tuple[str, Any, Facts, Facts]] = [
    ("kind", (Kind.INTAKE,), couple(11, kind=Kind.INTAKE), couple(11)),
    ("class", (AttendanceClass.OPTIONAL,), couple(11, attendance=AttendanceClass.OPTIONAL), couple(11)),
    ("class", (AttendanceClass.REQUIRED,), couple(11, focus=(Focus.CONFLICT_RESOLUTION,)), couple(11)),
    ("focus", (Focus.OPEN, Focus.COMMUNICATION), couple(11), couple(11, focus=(Focus.INTIMACY,))),
    ("approval", (SoloApproval.GRANTED,), couple(11, solo_approval=SoloApproval.GRANTED), couple(11)),
    ("state", (PartnerState.LEFT,), couple(11, b=gone(PartnerState.LEFT, 2)), couple(11)),
    ("reason", (Reason.SPACE,), couple(11, b=declared(Reason.SPACE)), couple(11, b=declared(Reason.ILLNESS))),
    (
        "reason",
        (Reason.SPACE,),
        couple(11, b=declared(Reason.SPACE)),
        couple(11, b=replace(MISSING, reason=Reason.SPACE)),
    ),
    ("present", 1, couple(11), couple(11, b=HERE)),
    ("declared", True, couple(11, b=declared(Reason.OTHER)), couple(11)),
    ("declared", False, couple(11), couple(11, b=declared(Reason.OTHER))),
    ("running_late", True, couple(11, b=replace(MISSING, late_until=minute(13))), couple(11)),
    ("consents", False, couple(11, b=replace(MISSING, solo_consent=False)), couple(11)),
    ("keep_apart", True, couple(11, keep_apart=True), couple(11)),
    ("interpreter_missing", True, couple(11, interpreter_missing=True), couple(-5, interpreter_missing=True)),
    ("elapsed_at_least", 11 * MIN, couple(11), couple(10.9)),
    ("elapsed_below", 11 * MIN, couple(10.9), couple(11)),
    ("solo_streak_at_least", 2, couple(11, ALONE_BEFORE), couple(11, replace(HERE, consecutive_solo=1))),
    ("solo_streak_at_least", 2, couple(11, ALONE_BEFORE), couple(11, b=replace(MISSING, consecutive_solo=5))),
    ("misses_at_least", 3, couple(11, b=MISSED_BEFORE), couple(11, b=replace(MISSING, consecutive_misses=2))),
    ("together_at_least", 20 * MIN, couple(11, co_present_minutes=20), couple(11, co_present_minutes=19.9)),
]


@pytest.mark.parametrize(("word", "value", "yes", "no"), EXAMPLES)
def test_a_word_holds_where_it_says(word: str, value: Any, yes: Facts, no: Facts) -> None:
    clause = own(Condition(word, value))
    assert under(yes, clause) == "X1"
    assert under(no, clause) != "X1"


def test_every_word_has_an_example() -> None:
    assert {word for word, *_ in EXAMPLES} == set(WORDS)


def test_all_of_when_must_hold() -> None:
    clause = own(Condition("present", 1), Condition("elapsed_at_least", 5 * MIN))
    assert under(couple(6), clause) == "X1"
    assert under(couple(4), clause) == "J5"
    assert under(couple(6, b=HERE), clause) == "J2"


def test_a_clause_stands_directly_before_the_one_it_names() -> None:
    clause = own(Condition("elapsed_at_least", 0 * MIN), before="J6")
    assert under(couple(9), clause) == "J5"
    assert under(couple(11), clause) == "X1"
    assert under(client(20, MISSING), clause) == "I6"


def test_of_two_clauses_at_one_place_the_first_comes_first() -> None:
    first, second = own(Condition("present", 1)), own(Condition("present", 1), id="X2")
    assert under(couple(11), first, second) == "X1"
    assert under(couple(11), second, first) == "X2"


def test_nothing_comes_before_the_clauses_above_everything() -> None:
    assert not [clause for clause in BEFORE if clause.startswith("A")]
    hold = couple(11, outages=couple(11).outages, therapist=couple(11).therapist)
    assert under(hold, own(Condition("present", 1))) == "X1"


def test_an_own_card_is_put_answered_and_left_unanswered_as_any_other() -> None:
    options = (Action.RESCHEDULE, Action.WAIT)
    more: dict[str, Any] = {"options": options, "recommended": Action.WAIT, "default": Action.RESCHEDULE}
    clause = own(Condition("present", 1), action=Action.ASK, follow_ups=(FollowUp.OUTREACH_CALL,), **more)
    policy = Policy(own=(clause,))
    decision = decide(couple(11), policy)
    assert decision.card is not None
    assert (decision.card.options, decision.card.recommended) == (options, Action.WAIT)
    assert (decision.because, decision.follow_ups) == ("Our own rule.", (FollowUp.OUTREACH_CALL,))
    question = asked(couple(11), Action.WAIT, 11)
    assert decide(question, policy).action is Action.WAIT
    assert decide(replace(question, now=minute(17)), policy).action is Action.ASK


def test_an_own_wait_ends_where_it_says_outages_included() -> None:
    clause = own(Condition("elapsed_below", 12 * MIN), action=Action.WAIT, until=12 * MIN)
    assert decide(couple(3), Policy(own=(clause,))).wait_until == minute(12)


def test_two_policies_are_the_same_when_they_say_the_same() -> None:
    policy = Policy("a@1", own=(own(Condition("present", 1)),))
    assert fingerprint(policy) == fingerprint(replace(policy, name="b@7"))
    others = [
        DEFAULT_POLICY,
        replace(policy, card_after=11 * MIN),
        replace(policy, own=(own(Condition("present", 2)),)),
        replace(policy, own=(own(Condition("present", 1), id="X2"),)),
        replace(policy, own=(own(Condition("present", 1), until=1 * MIN),)),
    ]
    assert len({fingerprint(each) for each in [policy, *others]}) == 6
