"""What somebody says beforehand of coming: the therapist sees it, and it is no attendance."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import PartnerState, Reason
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import PromiseReminders
from tests.domain.session.story import START, Story, one_missing


def test_a_yes_is_on_the_therapist_s_screen_and_changes_nothing_else() -> None:
    story = Story().at(-20)
    before = story.session.seats["b"]
    story.does(c.ConfirmComing("b"))
    row = story.console().partners[1]
    assert (row.confirmed_at, row.state) == (START - timedelta(minutes=20), PartnerState.EXPECTED)
    assert story.session.seats["b"].state is before.state
    assert story.sees("a") == Story().at(-20).sees("a")
    assert one_missing().does(c.ConfirmComing("b")).at(15).session.outcomes == one_missing().at(15).session.outcomes


def test_saying_it_twice_is_saying_it_once() -> None:
    story = Story().does(c.ConfirmComing("a")).does(c.ConfirmComing("a"))
    assert story.happened(e.ComingConfirmed) == [e.ComingConfirmed("a")]
    story.does(c.RunLate("a", START + timedelta(minutes=9))).does(c.RunLate("a", START + timedelta(minutes=9)))
    assert len(story.happened(e.LateDeclared)) == 1


def test_a_yes_takes_back_a_no_and_a_no_a_yes() -> None:
    story = Story().approves().does(c.ConfirmComing("b")).declares("b", Reason.ILLNESS)
    assert story.console().partners[1].confirmed_at is None
    seat = story.does(c.ConfirmComing("b")).session.seats["b"]
    assert (seat.state, seat.reason, seat.confirmed_at) == (PartnerState.EXPECTED, None, story.now)


def test_the_last_word_on_being_late_counts() -> None:
    story = Story().does(c.ConfirmComing("b")).does(c.RunLate("b", START + timedelta(minutes=9)))
    assert story.does(c.ConfirmComing("b")).session.seats["b"].late_until is None


def test_who_is_here_needs_not_say_it() -> None:
    assert one_missing().tries(c.ConfirmComing("a")) == "here_already"
    assert one_missing().tries(c.ConfirmComing("therapist")) == "participant_unknown"


def test_a_planned_session_promises_its_reminders() -> None:
    assert PromiseReminders() in Story().effects
