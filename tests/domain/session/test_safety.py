"""What only the therapist may learn (V9, V10): where somebody is, a silent sign, being safe or not, a quick exit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.attendance import Action
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.view import placement_of
from server.domain.session.views import PartnerRow, Place, Status
from tests.domain.session.story import START, Story, on_time, one_missing

SIGNS: tuple[c.Command, ...] = (
    c.TellWhereabouts("a"),
    c.AskForHelp("a"),
    c.HearHelp("a"),
    c.AskSafety("a"),
    c.AnswerSafety("a", False),
    c.SettleSafety("a"),
    c.AnswerSafety("a", True),
)


def row(story: Story, who: str = "a") -> PartnerRow:
    return next(row for row in story.console().partners if row.key == who)


@pytest.mark.parametrize("story", [on_time, one_missing], ids=["in the room", "waiting"])
def test_no_sign_changes_what_anybody_else_sees_or_hears(story: object) -> None:
    told = story()  # type: ignore[operator]
    for command in SIGNS:
        views = told.sees("b"), placement_of(told.session)
        told.does(command)
        assert (told.sees("b"), placement_of(told.session)) == views, command
    assert told.session.card is None


def test_a_sign_changes_nothing_on_the_page_that_gave_it_and_stands_until_it_is_seen() -> None:
    story = on_time()
    before = story.sees("a")
    story.at(5).does(c.AskForHelp("a")).at(6).does(c.AskForHelp("a"))
    assert story.sees("a") == before
    assert row(story).help_at == START + timedelta(minutes=5)
    assert len(story.happened(e.HelpAsked)) == 1
    story.does(c.HearHelp("a"))
    assert row(story).help_at is None
    story.does(c.AskForHelp("a"))
    assert row(story).help_at == story.now


def test_who_is_not_safe_is_not_put_together_with_the_other_until_that_is_settled() -> None:
    story = Story().at(-3).arrives("a").arrives("b").does(c.AnswerSafety("a", False)).hosts().at(0)
    assert story.tries(c.AdmitAll()) == "not_safe"
    assert {seat.place for seat in story.session.partners.values()} == {Place.WAITING}
    assert story.status() is Status.PLANNED


def test_the_one_who_said_no_can_be_spoken_with_alone_first() -> None:
    story = Story().at(-3).arrives("a").arrives("b").does(c.AnswerSafety("a", False)).hosts().at(0).admits("a")
    assert story.tries(c.Admit("b")) == "not_safe"
    assert story.sees("b").place is Place.WAITING
    assert row(story).unsettled
    story.does(c.SettleSafety("a")).admits("b")
    assert story.status() is Status.UNDER_WAY


def test_nor_is_the_other_way_round() -> None:
    story = Story().at(-3).arrives("a").arrives("b").does(c.AnswerSafety("a", False)).hosts().at(0).admits("b")
    assert story.tries(c.Admit("a")) == "not_safe"
    story.does(c.AnswerSafety("a", True)).admits("a")
    assert story.status() is Status.UNDER_WAY


def test_nobody_late_joins_who_is_not_safe_even_after_a_yes() -> None:
    story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b").taps(Action.MERGE)
    story.does(c.AnswerSafety("b", False)).says("a", True)
    assert story.sees("b").place is Place.HELD
    assert story.status() is Status.SOLO
    story.at(21).does(c.SettleSafety("b"))
    assert story.status() is Status.UNDER_WAY
    assert story.sees("b").place is Place.ROOM


def test_joining_is_not_even_asked_for_while_somebody_is_not_safe() -> None:
    story = one_missing().at(11).taps(Action.PROCEED).at(20).arrives("b").does(c.AnswerSafety("a", False))
    assert story.tries(c.AnswerCard(story.card().id, Action.MERGE)) == "not_safe"
    assert story.sees("a").question is None


def test_a_no_in_the_room_tells_the_therapist_and_moves_nobody() -> None:
    story = on_time().at(5).does(c.AskSafety("a"))
    assert story.sees("a").safety == "asked"
    story.does(c.AnswerSafety("a", False))
    assert story.sees("a").safety == "answered"
    assert (row(story).safe, row(story).unsettled) == (False, True)
    assert story.sees("a").place is story.sees("b").place is Place.ROOM


def test_two_at_one_device_are_not_asked_what_the_other_would_read() -> None:
    story = Story().at(-3).arrives("a").at(-1).hosts().does(c.ShareDevice("a")).does(c.ConfirmSharedDevice("b"))
    story.admits("a").does(c.AttestSharedDevice("b", True))
    assert story.tries(c.AskSafety("a")) == "one_device"
    assert story.tries(c.AskSafety("b")) == "one_device"


def test_leaving_quickly_is_leaving_to_everybody_but_the_therapist() -> None:
    quickly, plainly = on_time().at(5), on_time().at(5)
    quickly.does(c.LeaveQuickly("a"))
    plainly.leaves("a")
    assert quickly.sees("b") == plainly.sees("b")
    assert quickly.sees("a") == plainly.sees("a")
    assert row(quickly).left_quickly
    assert not row(plainly).left_quickly
    assert quickly.card().clause == plainly.card().clause == "M3"
    assert [event.who for event in quickly.happened(e.Left)] == ["a"]
    quickly.does(c.LeaveQuickly("a"))
    assert len(quickly.happened(e.LeftQuickly)) == 1
    assert not row(quickly.arrives("a")).left_quickly


def test_who_had_not_come_yet_has_no_seat_to_free() -> None:
    assert one_missing().tries(c.LeaveQuickly("b")) == "not_connected"
