"""What is still to come of a week: planned minutes that nobody has given up on, and nothing of what the other said."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import Kind, Reason
from server.domain.hours import Measured, still_to_come
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from tests.domain.session.story import START, Story, on_time, planned

MINUTE = timedelta(minutes=1)
DAY_BEFORE = START - timedelta(days=1)


def test_a_planned_session_is_to_come_in_full_and_then_less_by_the_minute() -> None:
    session = Story().session
    assert still_to_come(session, "a", DAY_BEFORE) == Measured(joint=50 * MINUTE)
    assert still_to_come(session, "a", START + 20 * MINUTE) == Measured(joint=30 * MINUTE)
    assert still_to_come(session, "a", START + 80 * MINUTE) == Measured()


def test_each_kind_counts_as_what_it_is() -> None:
    alone = Story(planned(kind=Kind.INDIVIDUAL, partners={"a": Invitee("Alex", "UTC")})).session
    group = Story(planned(kind=Kind.GROUP, partners={key: Invitee(key, "UTC") for key in "abc"})).session
    assert still_to_come(alone, "a", DAY_BEFORE) == Measured(individual=50 * MINUTE)
    assert still_to_come(group, "c", DAY_BEFORE) == Measured(group=50 * MINUTE)
    assert still_to_come(group, "d", DAY_BEFORE) == Measured()


def test_what_is_over_is_not_to_come() -> None:
    ended = on_time().at(10).does(c.EndSession()).session
    assert still_to_come(ended, "a", START + 10 * MINUTE) == Measured()


def test_a_session_for_two_that_one_can_t_come_to_is_counted_for_neither() -> None:
    session = Story().does(c.DeclareAbsence("b", Reason.SPACE)).session
    assert [still_to_come(session, key, DAY_BEFORE) for key in "ab"] == [Measured(), Measured()]


def test_by_one_s_own_word_the_other_s_makes_no_difference() -> None:
    """What Alex sees is the same whatever Robin told us (A15)."""
    before = Story().session
    after = Story().does(c.DeclareAbsence("b", Reason.SPACE)).session
    seen = [still_to_come(one, "a", DAY_BEFORE, own_word_only=True) for one in (before, after)]
    assert seen[0] == seen[1] == Measured(joint=50 * MINUTE)
    assert still_to_come(after, "b", DAY_BEFORE, own_word_only=True) == Measured()


def test_in_a_group_only_one_s_own_word_counts() -> None:
    members = {key: Invitee(key, "UTC") for key in "ab"}
    story = Story(planned(kind=Kind.GROUP, partners=members)).does(c.DeclareAbsence("b", Reason.ILLNESS))
    assert still_to_come(story.session, "a", DAY_BEFORE) == Measured(group=50 * MINUTE)
    assert still_to_come(story.session, "b", DAY_BEFORE) == Measured()


def test_a_session_that_became_one_partner_s_is_theirs() -> None:
    """Decided a day before, when Robin couldn't come: the plan itself is for Alex alone then."""
    said = Story().approves().does(c.DeclareAbsence("b", Reason.SPACE)).session
    assert said.plan is not None
    assert list(said.plan.partners) == ["a"]
    assert still_to_come(said, "a", DAY_BEFORE) == Measured(individual=50 * MINUTE)
    assert still_to_come(said, "b", DAY_BEFORE) == Measured()
    assert still_to_come(said, "a", DAY_BEFORE, own_word_only=True) == Measured(joint=50 * MINUTE)
    assert still_to_come(said, "b", DAY_BEFORE, own_word_only=True) == Measured()
