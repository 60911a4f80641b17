"""The treatment team's assessment (A10, D7): asked for by misses, given by a person, kept with what was said before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.attendance import FollowUp
from server.domain.session import commands as c
from server.domain.session.review import Hinders, Measure
from tests.domain.session.story import COUPLE, Story, one_missing, planned

LAKE = "p-lake"


def missed_again() -> Story:
    """Robin missed the last session, and misses this one."""
    robin = replace(COUPLE.partners["b"], consecutive_misses=1)
    return Story(planned(partners={**COUPLE.partners, "b": robin})).at(-1).hosts().arrives("a").at(15)


def says(*measures: Measure, hinders: Hinders = Hinders.WATCH, note: str = "", seen: int = 0) -> c.AssessReview:
    return c.AssessReview(LAKE, hinders, measures, note, seen)


def test_two_misses_in_a_row_are_for_the_team_to_look_at() -> None:
    story = missed_again()
    assert FollowUp.TREATMENT_TEAM_REVIEW in story.session.follow_ups
    story.does(says(Measure.OUTREACH, Measure.PLAN_CHANGE, note=" They moved house. "))
    (review,) = story.session.reviews
    assert (review.by, review.at, review.hinders) == (LAKE, story.now, Hinders.WATCH)
    assert review.measures == (Measure.OUTREACH, Measure.PLAN_CHANGE)
    assert review.note == "They moved house."


def test_a_later_assessment_stands_and_the_earlier_one_stays_readable() -> None:
    story = missed_again().does(says(Measure.OUTREACH)).at(3000)
    story.does(says(Measure.NOTHING, hinders=Hinders.NO, seen=1))
    assert [review.hinders for review in story.session.reviews] == [Hinders.WATCH, Hinders.NO]


def test_two_of_the_team_do_not_write_over_one_another() -> None:
    story = missed_again().does(says(Measure.OUTREACH))
    assert story.tries(says(Measure.NOTHING)) == "review_changed"
    assert len(story.session.reviews) == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (says(), "measure_needed"),
        (says(Measure.NOTHING, Measure.OUTREACH), "measure_needed"),
        (says(Measure.OUTREACH, note="x" * 501), "note_too_long"),
    ],
)
def test_what_is_not_an_assessment_is_refused(command: c.AssessReview, code: str) -> None:
    assert missed_again().tries(command) == code


def test_a_session_that_is_not_before_the_team_is_not_assessed() -> None:
    assert one_missing().at(15).tries(says(Measure.OUTREACH)) == "not_for_review"
    assert Story().tries(says(Measure.OUTREACH)) == "not_for_review"


def test_a_partner_sees_nothing_of_it() -> None:
    story = missed_again()
    before = story.sees("a"), story.sees("b")
    story.does(says(Measure.RE_ENGAGEMENT, hinders=Hinders.YES, note="A hard week."))
    assert (story.sees("a"), story.sees("b")) == before
