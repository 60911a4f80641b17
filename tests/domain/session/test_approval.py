"""The therapist's assessment before anyone is seen alone (A9): dated, with a reason, revocable, carried on."""

from __future__ import annotations

from server.domain.attendance import SoloApproval
from server.domain.session import commands as c
from server.domain.session import events as e
from tests.domain.session.story import Story, one_missing


def test_an_approval_is_dated_and_says_why() -> None:
    story = one_missing().at(3).does(c.ApproveSolo(SoloApproval.GRANTED, " Alex asked for it. "))
    shown = story.console().assessed
    assert shown is not None
    assert (shown.at, shown.reason) == (story.now, "Alex asked for it.")
    assert story.tries(c.ApproveSolo(SoloApproval.DENIED, "x" * 201)) == "reason_too_long"


def test_an_approval_can_be_taken_back_and_both_lines_stay() -> None:
    story = one_missing().at(3).does(c.ApproveSolo(SoloApproval.GRANTED)).at(4)
    story.does(c.ApproveSolo(SoloApproval.NONE, "They would rather wait."))
    assert story.console().approval == "none"
    assert len(story.happened(e.ApprovalGiven)) == 2
    story.at(10)
    assert story.card().clause == "J12"


def test_a_standing_approval_holds_in_the_next_session_until_something_else_is_said_there() -> None:
    story = Story().at(-60).does(c.CarryApproval(True))
    assert story.session.approval is SoloApproval.STANDING
    story.does(c.CarryApproval(False))
    assert story.console().approval == "none"
    story.does(c.ApproveSolo(SoloApproval.DENIED, "Not today.")).does(c.CarryApproval(True))
    assert story.console().approval == "denied"


def test_a_session_that_has_begun_keeps_the_approval_it_has() -> None:
    story = one_missing().at(1)
    assert story.tries(c.CarryApproval(True)) == "session_under_way"
