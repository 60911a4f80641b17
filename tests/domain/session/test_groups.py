"""A group fills seat by seat, until it begins."""

from __future__ import annotations

from dataclasses import replace

from server.domain.attendance import Kind, PartnerState
from server.domain.session import commands as c
from server.domain.session.plan import Invitee
from tests.domain.session.story import COUPLE, Story

GROUP = replace(COUPLE, kind=Kind.GROUP)
KIM = Invitee("Kim", "America/Chicago")


def test_somebody_who_joins_a_group_later_has_a_seat_like_everybody_else() -> None:
    story = Story(GROUP).does(c.InviteToGroup("c", KIM))
    assert story.session.plan is not None
    assert list(story.session.plan.partners) == ["a", "b", "c"]
    assert story.session.seats["c"].state is PartnerState.EXPECTED
    assert story.session.invitees["c"].name == "Kim"


def test_joining_twice_is_joining_once() -> None:
    once = Story(GROUP).does(c.InviteToGroup("c", KIM)).session
    again = Story(GROUP).does(c.InviteToGroup("c", KIM)).does(c.InviteToGroup("c", KIM)).session
    assert again == once


def test_a_couple_s_session_takes_nobody_else() -> None:
    assert Story(COUPLE).tries(c.InviteToGroup("c", KIM)) == "not_a_group"


def test_a_taken_seat_stays_with_whom_it_is() -> None:
    assert Story(GROUP).tries(c.InviteToGroup("a", KIM)) == "seat_taken"
    assert Story(GROUP).tries(c.InviteToGroup("z", KIM)) == "participant_unknown"
