"""Corrections (D5): what was recorded is set right with a reason; the earlier lines stay, and streaks follow."""

from __future__ import annotations

from server.domain.attendance import Action, Outcome, SoloApproval
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import RecountStreaks
from server.domain.session.streaks import Streak, streak_of
from tests.domain.session.story import Story, on_time, one_missing


def missed() -> Story:
    return one_missing().at(16)


def test_a_miss_is_taken_back_with_a_reason_and_the_earlier_decision_stays() -> None:
    story = missed()
    assert story.session.outcomes == {"b": Outcome.NO_SHOW}
    decided = story.happened(e.Decided)
    story.does(c.CorrectOutcome("b", Outcome.EXCUSED, "Robin was in hospital."))
    assert story.session.outcomes == {"b": Outcome.EXCUSED}
    assert story.happened(e.Decided) == decided
    assert story.happened(e.OutcomeCorrected)[-1].reason == "Robin was in hospital."
    assert RecountStreaks() in story.effects
    story.does(c.CorrectOutcome("b", None, "Not ours to judge."))
    assert story.session.outcomes == {}


def test_a_correction_needs_a_reason_and_a_session_that_is_over() -> None:
    assert missed().tries(c.CorrectOutcome("b", Outcome.EXCUSED, "  ")) == "reason_needed"
    assert missed().tries(c.CorrectOutcome("b", Outcome.EXCUSED, "x" * 201)) == "reason_needed"
    assert missed().tries(c.CorrectOutcome("therapist", Outcome.EXCUSED, "No.")) == "participant_unknown"
    assert on_time().tries(c.CorrectOutcome("b", Outcome.EXCUSED, "Too early.")) == "session_not_over"


def test_a_miss_stays_one_when_the_other_was_seen_alone_to_the_end() -> None:
    """Their minutes are not those of who never came."""
    story = one_missing().approves().at(10).taps(Action.PROCEED).at(48).does(c.EndSession())
    assert story.session.outcomes == {"a": Outcome.ATTENDED, "b": Outcome.NO_SHOW}
    assert streak_of([(story.session, "b")]) == Streak(misses=1)
    assert streak_of([(story.session, "a")]) == Streak(solo=1)


def test_a_correction_is_kept_with_what_stood_there_before() -> None:
    story = missed().does(c.CorrectOutcome("b", Outcome.TECHNICAL, "Our line."))
    story.does(c.CorrectOutcome("b", None, "Nobody knows."))
    assert [(one.before, one.after, one.reason) for one in story.session.corrections] == [
        (Outcome.NO_SHOW, Outcome.TECHNICAL, "Our line."),
        (Outcome.TECHNICAL, None, "Nobody knows."),
    ]


def test_misses_in_a_row_are_counted_and_end_with_attending() -> None:
    together = on_time().at(40).does(c.EndSession()).session
    miss = missed().session
    assert streak_of([(miss, "b"), (miss, "b")]) == Streak(misses=2)
    assert streak_of([(miss, "b"), (together, "b")]) == Streak()
    assert streak_of([(miss, "a")]) == Streak(), "who came did not miss"
    corrected = missed().does(c.CorrectOutcome("b", Outcome.EXCUSED, "Flooded road.")).session
    assert streak_of([(miss, "b"), (corrected, "b")]) == Streak(misses=1)


def test_solo_sessions_in_a_row_are_counted_and_end_with_one_together() -> None:
    solo = one_missing().approves(SoloApproval.GRANTED).at(11).taps(Action.PROCEED).at(45).does(c.EndSession()).session
    together = on_time().at(40).does(c.EndSession()).session
    assert streak_of([(solo, "a"), (solo, "a")]) == Streak(solo=2)
    assert streak_of([(solo, "a"), (together, "a")]) == Streak()
    assert streak_of([(solo, "b")]).solo == 0


def test_streaks_come_into_a_session_until_it_begins() -> None:
    story = Story().at(-10).does(c.SetStreaks("b", 2, 0))
    assert story.session.plan is not None
    assert story.session.plan.partners["b"].consecutive_misses == 2
    story.at(-1).arrives("a")
    assert story.tries(c.SetStreaks("b", 0, 0)) == "session_under_way"
