"""A substitute holds the session (K22): one host at a time, and the couple is never blamed for the first one."""

from __future__ import annotations

from datetime import timedelta

from server.domain.session import commands as c
from server.domain.session.effects import TEAM, Mail
from server.domain.session.plan import Invitee
from server.domain.session.state import SUBSTITUTE, THERAPIST
from server.domain.session.views import Status
from tests.domain.session.story import Story, planned

MARSH = Invitee("Dr. Marsh", "America/New_York")
MIN = timedelta(minutes=1)


def couple_waits() -> Story:
    return Story(planned(substitute=MARSH)).at(-2).arrives("a").arrives("b")


def comes(story: Story, who: str) -> Story:
    """By this person's own link, into the host's seat."""
    return story.does(c.Connect(who, story.session.seats[THERAPIST].epoch + 1))


def test_the_substitute_is_asked_by_mail_with_a_link_of_their_own() -> None:
    story = couple_waits().at(5)
    assert Mail("stand_in", SUBSTITUTE) in story.effects
    assert Mail("substitute_wanted", TEAM) in story.effects
    alone = Story().at(-2).arrives("a").at(5)
    assert Mail("stand_in", SUBSTITUTE) not in alone.effects


def test_the_substitute_takes_over_and_the_session_is_held() -> None:
    story = couple_waits().at(6).does(c.TakeOver(SUBSTITUTE))
    assert story.sees("a").host.name == "Dr. Marsh"
    comes(story, SUBSTITUTE).does(c.AdmitAll())
    assert story.status() is Status.UNDER_WAY
    assert story.console().you.name == "Dr. Marsh"
    story.at(36)
    assert story.session.co_present(story.now) == 30 * MIN


def test_nobody_takes_a_session_from_a_host_who_is_there() -> None:
    story = couple_waits().hosts()
    assert story.tries(c.TakeOver(SUBSTITUTE)) == "host_here"
    assert story.tries(c.Connect(SUBSTITUTE, 9)) == "not_hosting"


def test_a_therapist_who_comes_late_finds_it_held_and_does_not_take_the_seat_by_coming() -> None:
    story = comes(couple_waits().at(6).does(c.TakeOver(SUBSTITUTE)), SUBSTITUTE)
    assert story.tries(c.Connect(THERAPIST, 9)) == "not_hosting"
    assert story.tries(c.TakeOver(THERAPIST)) == "host_here"
    story.drops(THERAPIST).does(c.TakeOver(THERAPIST))
    comes(story, THERAPIST)
    assert story.sees("a").host.name == "Dr. Rivera"


def test_a_substitute_who_takes_over_in_mid_session_goes_on_with_it() -> None:
    story = couple_waits().hosts().does(c.AdmitAll()).at(20).drops(THERAPIST).at(24)
    assert story.status() is Status.UNDER_WAY
    comes(story.does(c.TakeOver(SUBSTITUTE)), SUBSTITUTE).at(34)
    assert story.status() is Status.UNDER_WAY
    assert story.session.co_present(story.now) == 32 * MIN


def test_whoever_is_not_planned_as_a_host_cannot_take_over() -> None:
    assert couple_waits().tries(c.TakeOver("a")) == "participant_unknown"
    assert Story().tries(c.TakeOver(SUBSTITUTE)) == "participant_unknown"


def test_who_sits_in_the_first_host_s_office_does_not_come_along() -> None:
    story = Story(planned(substitute=MARSH)).at(-2).hosts().arrives("a").does(c.AttestInOffice("b", True)).at(1)
    story.drops(THERAPIST).at(2).does(c.TakeOver(SUBSTITUTE))
    comes(story, SUBSTITUTE)
    assert not story.session.seats["b"].present
