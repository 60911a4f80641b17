"""Who learns whose public key: those in one room, and nobody who waits."""

from __future__ import annotations

import pytest

from server.domain.session import commands as c
from signaling.gateway.hub import Hub
from signaling.gateway.seats import Seat
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio


async def announced(hub: Hub, seats: dict[str, Seat]) -> None:
    for key, seat in seats.items():
        await hub.announce(seat, f"public key of {key}")


async def test_who_waits_learns_of_nobody_and_nobody_of_them() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    seats = await seated(hub, dispatcher, "therapist", "a", "b")
    await announced(hub, seats)
    assert not any(said.startswith("members_keys") for said in order)
    await dispatcher.submit("s1", c.Admit("a"))
    assert seats["a"].members == {"therapist": "public key of therapist"}
    assert seats["therapist"].members == {"a": "public key of a"}
    assert seats["b"].members == {}
    assert "members_keys sid-b" not in order


async def test_who_is_sent_back_is_told_of_nobody_any_more() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    seats = await seated(hub, dispatcher, "therapist", "a", "b")
    await announced(hub, seats)
    await dispatcher.submit("s1", c.AdmitAll())
    await dispatcher.submit("s1", c.SendBack("b"))
    assert seats["b"].members == {}
    assert list(seats["a"].members) == ["therapist"]
    assert list(seats["therapist"].members) == ["a"]


async def test_boxes_reach_the_room_alone() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    seats = await seated(hub, dispatcher, "therapist", "a", "b")
    await announced(hub, seats)
    await dispatcher.submit("s1", c.Admit("a"))
    order.clear()
    await hub.send_keys(seats["therapist"], {"a": "box", "b": "box", "therapist": "box", "nobody": "box"})
    await hub.send_keys(seats["b"], {"a": "box"})
    assert order == ["key_sent sid-a"]


async def test_who_cannot_is_named_and_who_has_not_said_is_left_out() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    seats = await seated(hub, dispatcher, "therapist", "a", "b")
    await hub.announce(seats["therapist"], "public key of therapist")
    await dispatcher.submit("s1", c.AdmitAll())
    await hub.announce(seats["a"], None)
    assert seats["therapist"].members == {"a": None}
