"""A consent is taken back as easily as it was given, and counts from that moment."""

from __future__ import annotations

from server.domain.attendance import Action
from server.domain.session import commands as c
from server.domain.session.views import Status
from tests.domain.session.story import one_missing


def test_who_takes_the_consent_back_while_waiting_is_not_followed_by_a_solo_session() -> None:
    story = one_missing().at(10)
    assert story.session.card is not None
    assert Action.PROCEED in story.session.card.options
    story.does(c.SetConsent("b", False)).at(16)
    assert story.session.status is not Status.SOLO
    assert Action.PROCEED not in (story.session.card.options if story.session.card else ())


def test_the_other_s_consent_stays_as_it_is() -> None:
    session = one_missing().does(c.SetConsent("a", False)).session
    assert session.plan is not None
    assert {key: one.solo_consent for key, one in session.plan.partners.items()} == {"a": False, "b": True}
