"""The programme holds a session at another time: before it begins, told to all, and planned afresh."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import Kind, PartnerState
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import Mail
from server.domain.session.state import THERAPIST
from tests.domain.session.story import START, Story, one_missing, planned

LATER = START + timedelta(days=1)


def test_everybody_is_told_and_the_policy_runs_by_the_new_time() -> None:
    story = Story().at(-10).does(c.ChangeTime(LATER))
    told = [effect.to for effect in story.effects if isinstance(effect, Mail) and effect.kind == "moved"]
    assert told == ["a", "b", THERAPIST]
    assert story.sees("a").session.starts_at == LATER
    story.at(60)
    assert story.session.outcomes == {}, "nobody is missed at the old time"
    assert story.happened(e.Nudged) == []
    story.at(24 * 60 - 3).arrives("a").hosts().at(24 * 60 + 10)
    assert story.console().card is not None


def test_who_could_not_come_then_is_expected_at_the_new_time() -> None:
    story = Story().at(-20).does(c.RunLate("a", START + timedelta(minutes=20))).opens("a")
    story.does(c.ChangeTime(LATER))
    seat = story.session.seats["a"]
    assert (seat.state, seat.late_until, seat.connected) == (PartnerState.EXPECTED, None, True)


def test_it_can_be_moved_to_an_earlier_time_too() -> None:
    story = Story().at(-29).does(c.ChangeTime(START - timedelta(minutes=10))).at(1)
    assert story.happened(e.SubstituteSought), "the therapist is late by the new time"


def test_what_has_begun_is_not_moved_nor_is_a_group_or_anything_into_the_past() -> None:
    assert Story().at(-10).tries(c.ChangeTime(START - timedelta(minutes=11))) == "time_past"
    assert Story().at(-3).arrives("a").tries(c.ChangeTime(LATER)) == "session_under_way"
    assert one_missing().at(1).tries(c.ChangeTime(LATER)) == "session_under_way"
    assert Story().at(-10).does(c.Cancel()).tries(c.ChangeTime(LATER)) == "session_over"
    group = Story(planned(kind=Kind.GROUP)).at(-10)
    assert group.tries(c.ChangeTime(LATER)) == "group_fixed"


def test_the_same_time_again_says_nothing() -> None:
    story = Story().at(-10).does(c.ChangeTime(START))
    assert story.happened(e.TimeChanged) == []
