"""A side room (V7): the therapist speaks with one alone, the other waits apart, and everybody lands somewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from server.domain.attendance import Action, Kind, SoloApproval
from server.domain.hours import measured
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from server.domain.session.state import THERAPIST
from server.domain.session.view import placement_of
from server.domain.session.views import Place, Status
from tests.domain.session.story import START, Story, on_time, one_missing, planned

MIN = timedelta(minutes=1)


def aside() -> Story:
    return on_time().at(10).does(c.TakeAside("a"))


def together(story: Story) -> bool:
    rooms = {placement_of(story.session).get(key) for key in ("a", "b", THERAPIST)}
    return len(rooms) == 1 and None not in rooms and story.session.aside is None


def names(story: Story, who: str) -> list[str]:
    return [person.key for person in story.sees(who).people]


def test_one_is_with_the_therapist_and_the_other_in_no_media_room_at_all() -> None:
    story = aside()
    rooms = placement_of(story.session)
    assert rooms["a"] == rooms[THERAPIST] is not None
    assert rooms["b"] is None
    assert names(story, "a") == [THERAPIST]
    assert names(story, "b") == []
    told = story.sees("b").aside
    assert told is not None
    assert (told.since, told.yours) == (START + 10 * MIN, False)
    assert story.sees("b").place is Place.ROOM
    assert [person.key for person in story.console().people] == ["a"]
    assert together(story.does(c.EndAside()))


def test_who_waits_is_not_absent_and_nothing_is_decided_about_it() -> None:
    story = aside()
    before = len(story.clauses())
    story.at(40)
    assert story.session.card is None
    assert story.clauses()[before:] == []


def test_minutes_aside_are_alone_for_the_one_and_none_for_the_other() -> None:
    story = aside().at(22).does(c.EndAside()).at(30)
    a, b = (measured(story.session, key, story.now) for key in "ab")
    assert (a.joint, a.individual, a.without) == (18 * MIN, 12 * MIN, 0 * MIN)
    assert (b.joint, b.individual, b.without) == (18 * MIN, 0 * MIN, 12 * MIN)


def test_a_lost_connection_ends_nothing_and_who_comes_back_is_where_they_were() -> None:
    story = aside().at(11).drops("a").at(12).opens("a")
    assert placement_of(story.session)["a"] == placement_of(story.session)[THERAPIST]
    story.drops("b").at(13).opens("b")
    assert placement_of(story.session)["b"] is None
    story.does(c.Drop(THERAPIST, story.session.seats[THERAPIST].epoch, story.now)).at(14)
    assert names(story, "b") == []
    story.hosts()
    assert names(story, "a") == [THERAPIST]
    assert placement_of(story.session)["b"] is None


@pytest.mark.parametrize(
    "ends",
    [
        lambda story: story.leaves("a"),
        lambda story: story.does(c.SendBack("a")),
        lambda story: story.does(c.Remove("a")),
        lambda story: story.does(c.LeaveQuickly("a")),
    ],
    ids=["leaves", "sent back", "removed", "leaves quickly"],
)
def test_it_ends_with_the_one_it_was_for(ends: Callable[[Story], Story]) -> None:
    story = ends(aside())
    rooms = placement_of(story.session)
    assert story.session.aside is None
    assert rooms["b"] == rooms[THERAPIST] is not None


def test_it_ends_with_the_session_and_both_read_the_same_closing() -> None:
    story = aside().at(30).does(c.EndSession())
    assert story.session.aside is None
    assert placement_of(story.session) == {}
    assert story.sees("a").closing == story.sees("b").closing == "ended"


def test_a_host_who_stays_away_leaves_nobody_waiting_for_ever() -> None:
    story = aside().does(c.Drop(THERAPIST, on_time().session.seats[THERAPIST].epoch, START + 10 * MIN)).at(60)
    assert story.session.over
    assert story.sees("b").closing == story.sees("a").closing is not None


def test_the_other_may_be_taken_aside_next_without_meeting_in_between() -> None:
    story = aside().at(15).does(c.TakeAside("b"))
    assert placement_of(story.session)["a"] is None
    assert names(story, "b") == [THERAPIST]


def test_seeing_the_one_who_waits_alone_after_the_other_is_lost_ends_it() -> None:
    story = aside().does(c.ApproveSolo(SoloApproval.GRANTED)).at(11).drops("a").at(14)
    story.taps(Action.PROCEED)
    assert story.status() is Status.SOLO
    assert story.session.aside is None
    assert names(story, "b") == [THERAPIST]


def test_the_interpreter_who_is_needed_comes_along_and_everybody_else_waits() -> None:
    helpers = {"interpreter": Invitee("Noor", "UTC"), "support": Invitee("Jo", "UTC")}
    story = Story(planned(helpers=helpers, needs_interpreter=True)).at(-3)
    for who in ("a", "b", "interpreter", "support"):
        story.arrives(who)
    story.hosts().at(0).admits("a", "b", "interpreter", "support").at(5).does(c.TakeAside("a"))
    rooms = placement_of(story.session)
    assert rooms["interpreter"] == rooms["a"] == rooms[THERAPIST] is not None
    assert rooms["support"] is rooms["b"] is None


def test_in_a_group_each_of_the_others_waits_alone() -> None:
    plan = planned(kind=Kind.GROUP)
    plan = replace(plan, partners={**plan.partners, "c": Invitee("Kim", "UTC")})
    story = Story(plan).at(-3).arrives("a").arrives("b").arrives("c").hosts().at(0).admits("a", "b", "c")
    story.does(c.TakeAside("b"))
    rooms = placement_of(story.session)
    assert rooms["a"] is rooms["c"] is None
    assert names(story, "a") == names(story, "c") == []


def test_it_is_refused_where_it_cannot_be() -> None:
    assert one_missing().tries(c.TakeAside("a")) == "session_not_under_way"
    assert on_time().tries(c.EndAside()) == "nobody_aside"
    assert on_time().drops("a").tries(c.TakeAside("a")) == "not_in_room"
    assert on_time().tries(c.TakeAside(THERAPIST)) == "participant_unknown"
    office = Story().at(-3).arrives("a").at(-1).hosts().admits("a").does(c.AttestInOffice("b", True)).at(1)
    assert office.tries(c.TakeAside("a")) == "in_office"


def test_a_session_is_extended_for_all_to_see_and_never_for_ever() -> None:
    story = on_time().at(45).does(c.Extend(10)).does(c.Extend(15))
    assert story.sees("a").session.extended == story.console().session.extended == 25
    assert story.session.ends_at == START + 75 * MIN
    assert story.does(c.SendBack("b")).sees("b").session.extended == 0, "outside it isn't told that it goes on"
    assert story.tries(c.Extend(96)) == "too_long"
    assert story.tries(c.Extend(0)) == "too_long"
    assert one_missing().tries(c.Extend(5)) == "session_not_under_way"
    assert story.at(200).status() is Status.UNDER_WAY, "over its time, a session goes on until somebody ends it"
