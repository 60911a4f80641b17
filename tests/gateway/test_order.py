"""In which order a change reaches the media worker and the people."""

from __future__ import annotations

import pytest

from server.domain.session import commands as c
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio


async def test_a_removed_person_is_cut_off_before_the_list_changes() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    await seated(hub, dispatcher, "therapist", "a", "b")
    await dispatcher.submit("s1", c.AdmitAll())
    order.clear()
    await dispatcher.submit("s1", c.Remove("b"))
    assert order.index("place s1/b None") < order.index("close s1/b") < order.index("changed sid-a")
    assert order.index("close s1/b") < order.index("changed sid-therapist")
    assert order[-1] == "kick sid-b"


async def test_who_is_let_in_gets_the_picture_asked_for_before_anything_else() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    await seated(hub, dispatcher, "therapist", "a")
    order.clear()
    await dispatcher.submit("s1", c.Admit("a"))
    assert order[0] == "place s1/a s1/1"


async def test_sent_back_is_cut_before_anybody_is_told() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    await seated(hub, dispatcher, "therapist", "a")
    await dispatcher.submit("s1", c.Admit("a"))
    order.clear()
    await dispatcher.submit("s1", c.SendBack("a"))
    assert order[0] == "place s1/a None"
