"""What a hub does about people whom another node has, had, or thinks gone."""

from __future__ import annotations

import time

import pytest

from server.domain.session import commands as c
from server.domain.session.views import Link
from tests.domain.session.story import COUPLE
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio


async def test_whoever_has_a_newer_connection_elsewhere_is_let_go_and_not_dropped() -> None:
    order: list[str] = []
    hub, dispatcher = hub_of(order)
    seat = (await seated(hub, dispatcher, "a"))["a"]
    session = (await dispatcher.submit("s1", c.Connect("a", 2))).session
    for _ in range(2):
        await hub._reconcile(seat, session)
    assert "kick sid-a" in order
    assert hub.seats.of_session("s1") == []
    hub.seats.take(seat)  # a node that wakes after a pause still believes that it has them
    hub.seats.unplug("sid-a", time.monotonic())
    await hub.look(seat, time.monotonic() + 60)
    assert (await dispatcher.session("s1")).seats["a"].link is Link.OK


async def test_people_of_a_lost_node_are_waited_for_and_dropped_by_the_epoch_that_was_lost() -> None:
    hub, dispatcher = hub_of([])
    await dispatcher.submit("s1", c.PlanSession(COUPLE))
    for key in "ab":
        await dispatcher.submit("s1", c.Connect(key, 1))
        await dispatcher.submit("s1", c.Arrive(key))
    hub.adopt(await dispatcher.session("s1"))
    await dispatcher.submit("s1", c.Connect("a", 2))  # back, at whichever node
    for seat in hub.seats.of_session("s1"):
        await hub.look(seat, time.monotonic() + 16)
    seats = (await dispatcher.session("s1")).seats
    assert (seats["a"].link, seats["b"].link) == (Link.OK, Link.LOST)


async def test_a_connection_that_stands_is_asserted_against_a_node_that_thinks_it_lost() -> None:
    hub, dispatcher = hub_of([])
    seat = (await seated(hub, dispatcher, "a"))["a"]
    await dispatcher.submit("s1", c.ReportLink("a", 1, Link.RECONNECTING))
    await hub._reconcile(seat, await dispatcher.session("s1"))
    assert (await dispatcher.session("s1")).seats["a"].link is Link.OK
