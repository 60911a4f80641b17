"""Two people, one device (K11): one connection, two attendances, and no minute lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from server.domain.session import commands as c
from server.domain.session.state import THERAPIST
from server.domain.session.view import placement_of
from server.domain.session.views import Place, Status
from tests.domain.session.story import Story, on_time, planned

MIN = timedelta(minutes=1)


def at_one_device() -> Story:
    """Alex is in the room; Robin sits beside; both have said so, and the therapist saw it at minute 2."""
    story = Story().at(-1).opens(THERAPIST).arrives("a").opens("b").at(1).does(c.Admit("a"))
    story.does(c.ShareDevice("a")).does(c.ConfirmSharedDevice("b")).at(2)
    return story.does(c.AttestSharedDevice("b", True))


def here(story: Story, who: str) -> bool:
    return story.session.seats[who].present


def test_both_are_present_and_the_session_starts() -> None:
    story = at_one_device()
    assert story.status() is Status.UNDER_WAY
    assert story.session.seats["b"].place is Place.ROOM
    story.at(32)
    assert story.session.attended("a", story.now) == story.session.attended("b", story.now) == 30 * MIN
    assert story.session.co_present(story.now) == 30 * MIN


def test_one_connection_carries_both_on_the_therapist_s_screen() -> None:
    story = at_one_device()
    assert [person.name for person in story.console().people] == ["Alex & Robin"]
    assert placement_of(story.session)["b"] is None
    assert (story.sees("a").sharing, story.sees("b").sharing) == ("host", "guest")


def test_all_three_have_to_say_so() -> None:
    story = Story().at(-1).opens(THERAPIST).arrives("a").opens("b").at(1).does(c.Admit("a"))
    assert story.tries(c.AttestSharedDevice("b", True)) == "nothing_to_attest"
    story.does(c.ShareDevice("a"))
    assert story.tries(c.AttestSharedDevice("b", True)) == "nothing_to_attest"
    story.does(c.ConfirmSharedDevice("b"))
    assert not here(story, "b")
    story.does(c.AttestSharedDevice("b", False))
    assert not here(story, "b")
    assert story.tries(c.AttestSharedDevice("b", True)) == "nothing_to_attest"


def test_a_lost_connection_is_lost_for_both_and_comes_back_for_both() -> None:
    story = at_one_device().at(10).drops("a")
    assert not here(story, "b")
    story.at(11).opens("a")
    assert here(story, "b")
    assert story.session.seats["b"].place is Place.ROOM
    story.at(20)
    assert story.session.attended("b", story.now) == 17 * MIN


def test_they_split_to_two_devices_and_join_again_without_losing_a_minute() -> None:
    story = at_one_device().at(10).opens("b").does(c.Arrive("b")).at(20)
    assert story.sees("b").sharing == "no"
    assert placement_of(story.session)["b"] == placement_of(story.session)["a"]
    assert [person.name for person in story.console().people] == ["Alex", "Robin"]
    story.does(c.ShareDevice("a")).does(c.ConfirmSharedDevice("b")).does(c.AttestSharedDevice("b", True)).at(32)
    assert story.sees("b").sharing == "guest"
    assert story.session.attended("b", story.now) == story.session.co_present(story.now) == 30 * MIN


def test_the_page_that_confirmed_may_be_closed() -> None:
    story = at_one_device().at(5).drops("b").at(10)
    assert story.session.seats["b"].present
    assert story.session.attended("b", story.now) == 8 * MIN


def test_who_leaves_with_the_device_takes_both_away_and_the_therapist_is_asked() -> None:
    story = at_one_device().at(10).leaves("a")
    assert story.card().clause == "M3"


def test_a_couple_kept_apart_is_not_told_why_it_is_not_possible() -> None:
    story = Story(planned(keep_apart=True)).at(-1).opens(THERAPIST).arrives("a").opens("b")
    assert story.tries(c.ShareDevice("a")) == story.tries(c.ConfirmSharedDevice("b")) == "not_shared"


def test_confirming_tells_nothing_of_whether_the_other_has_come() -> None:
    absent = Story().at(-1).opens("b").does(c.ConfirmSharedDevice("b"))
    present = Story().at(-1).arrives("a").opens("b").does(c.ConfirmSharedDevice("b"))
    views = [replace(story.sees("b"), arrived_at=None) for story in (absent, present)]
    assert views[0] == views[1]
    assert on_time().tries(c.ConfirmSharedDevice("b")) is None
