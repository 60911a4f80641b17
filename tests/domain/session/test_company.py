"""Interpreter, captioner and support person (K23): let in by the therapist, never in the way, never told too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.attendance import Action, Outcome, Reason
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.effects import Mail
from server.domain.session.plan import Invitee, Plan
from server.domain.session.state import THERAPIST
from server.domain.session.view import placement_of
from server.domain.session.views import OptionWhy, Place, Status
from tests.domain.session.story import Story, planned

NOOR = Invitee("Noor", "America/Chicago")
JO = Invitee("Jo", "America/Denver")


def accompanied(**changes: object) -> Plan:
    return planned(helpers={"interpreter": NOOR, "support": JO}, needs_interpreter=True, **changes)


def waiting() -> Story:
    """The therapist and Alex are here; the interpreter is still awaited, and so is Robin."""
    return Story(accompanied()).at(-2).hosts().arrives("a")


def test_who_came_to_help_waits_in_private_and_is_let_in() -> None:
    story = waiting().arrives("interpreter")
    assert story.sees("interpreter").place is Place.WAITING
    assert story.sees("interpreter").people == ()
    story.admits("interpreter")
    assert [person.role for person in story.sees("interpreter").people] == ["therapist"]
    assert placement_of(story.session)["interpreter"] == placement_of(story.session)[THERAPIST]


def test_a_partner_outside_the_room_is_told_nothing_of_who_else_came() -> None:
    before = waiting()
    after = waiting().arrives("interpreter").arrives("support").admits("interpreter", "support")
    assert before.sees("a") == after.sees("a")


def test_a_session_starts_with_its_partners_whoever_else_is_there() -> None:
    story = waiting().arrives("b").arrives("support").does(c.AdmitAll())
    assert story.status() is Status.UNDER_WAY
    assert story.session.seats["support"].place is Place.ROOM
    assert story.console().helpers[0].needed
    assert story.console().helpers[0].place is Place.OUTSIDE


def test_a_required_interpreter_who_is_missing_blocks_going_on_with_one() -> None:
    story = waiting().approves().at(10)
    card = story.card()
    assert card.clause == "J13"
    assert [(o.action, o.why) for o in card.options] == [
        ("reschedule", OptionWhy.RESCHEDULE_NO_INTERPRETER),
        ("wait", OptionWhy.WAIT_INTERPRETER),
    ]
    assert story.tries(c.AnswerCard(card.id, Action.PROCEED)) == "not_an_option"
    story.at(15)
    assert story.status() is Status.RESCHEDULED


def test_with_the_interpreter_the_question_is_a_new_one() -> None:
    story = waiting().approves().at(11).arrives("interpreter")
    assert story.card().clause == "J11"
    story.taps(Action.PROCEED)
    assert story.status() is Status.SOLO


def test_an_automatic_solo_begins_only_with_the_interpreter() -> None:
    story = waiting().approves().does(c.DeclareAbsence("b", Reason.SPACE))
    assert story.status() is Status.PLANNED  # it became an individual session, and waits for its people
    assert not [event for event in story.events if isinstance(event, e.SoloStarted)]
    assert [event for event in story.events if isinstance(event, e.Converted)]


def test_when_one_is_seen_alone_only_the_needed_interpreter_stays() -> None:
    story = waiting().arrives("interpreter").arrives("support").admits("a", "interpreter", "support").approves()
    story.at(11).taps(Action.PROCEED)
    assert story.status() is Status.SOLO
    assert story.session.seats["interpreter"].place is Place.ROOM
    assert story.sees("support").place is Place.WAITING  # may have come with the one who is missing
    assert story.sees("support").people == ()
    story.admits("support")
    assert story.session.seats["support"].place is Place.ROOM


def test_who_helps_a_late_partner_is_told_nothing_of_the_solo_session() -> None:
    story = waiting().arrives("interpreter").admits("a", "interpreter").approves().at(11).taps(Action.PROCEED)
    story.arrives("support")
    assert story.sees("support").place is Place.WAITING
    assert story.sees("support").session.status is Status.PLANNED


@pytest.mark.parametrize(
    "command",
    [
        c.DeclareAbsence("interpreter", Reason.ILLNESS),
        c.RunLate("support", Story().now),
        c.AskForTime("interpreter"),
        c.WithdrawAbsence("support"),
        c.AttestPresence("support", False),
        c.AttestInOffice("interpreter", True),
        c.CorrectOutcome("interpreter", Outcome.ATTENDED, "They were there."),
    ],
)
def test_what_is_the_partners_alone_is_refused(command: c.Command) -> None:
    story = waiting().arrives("interpreter")
    assert story.tries(command) in ("participant_unknown", "session_not_over")


def test_the_missing_interpreter_is_nudged_as_a_partner_is() -> None:
    story = waiting().at(2.5)
    assert {effect.to for effect in story.effects if isinstance(effect, Mail) and effect.kind == "nudge"} == {
        "b",
        "interpreter",
    }
    unneeded = Story(replace(accompanied(), needs_interpreter=False)).at(-2).hosts().arrives("a").at(2.5)
    assert {effect.to for effect in unneeded.effects if isinstance(effect, Mail)} == {"b"}


def test_helpers_have_no_attendance_of_their_own() -> None:
    story = waiting().arrives("b").arrives("interpreter").does(c.AdmitAll()).at(40).does(c.EndSession())
    assert set(story.session.outcomes) == {"a", "b"}
    assert story.session.co_present(story.now) == story.session.attended("a", story.now)
    assert story.sees("interpreter").closing == "ended"


def test_a_helper_is_not_told_of_new_times() -> None:
    story = waiting().approves().at(15)
    assert story.sees("a").closing == "new_times_follow"
    assert story.sees("interpreter").closing == "not_held"
    cancelled = waiting().does(c.Cancel())
    assert cancelled.sees("interpreter").closing == "cancelled"
    assert Mail("cancelled", "interpreter") in cancelled.effects
