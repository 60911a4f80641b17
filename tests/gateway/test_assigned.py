"""Whom a media connection carries is told to the one who has it, and to nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from server.application.media_events import SlotsChanged
from signaling.gateway.hub import Hub
from signaling.gateway.seats import Seat
from tests.gateway.support import hub_of, seated

pytestmark = pytest.mark.asyncio

BOTH = {"slots": {"0": "therapist", "1": "b"}, "paused": {}}
WEAK = {"slots": {"0": "therapist", "1": "b"}, "paused": {"b": "slow"}}


async def test_only_who_has_the_weak_connection_learns_of_it() -> None:
    told: list[tuple[str, str, Any]] = []
    hub, dispatcher = hub_of([], told)
    await seated(hub, dispatcher, "therapist", "a", "b")
    await _changed(hub, SlotsChanged("s1/a", {0: "s1/therapist", 1: "s1/b"}, {"s1/b": "slow"}))
    assert _assigned(told) == [("sid-a", WEAK)]


async def test_a_socket_that_comes_back_is_told_what_changed_meanwhile() -> None:
    told: list[tuple[str, str, Any]] = []
    hub, dispatcher = hub_of([], told)
    await seated(hub, dispatcher, "therapist", "a", "b")
    await _changed(hub, SlotsChanged("s1/a", {0: "s1/therapist", 1: "s1/b"}, {"s1/b": "slow"}))
    hub.seats.unplug("sid-a", 0.0)
    await _changed(hub, SlotsChanged("s1/a", {0: "s1/therapist", 1: "s1/b"}))
    told.clear()
    await hub.seat(Seat("s1", "a", 2, "sid-again"), await dispatcher.session("s1"))
    assert _assigned(told) == [("sid-again", BOTH)]


async def test_a_fresh_media_connection_carries_nobody_yet() -> None:
    told: list[tuple[str, str, Any]] = []
    hub, dispatcher = hub_of([], told)
    seats = await seated(hub, dispatcher, "a")
    await _changed(hub, SlotsChanged("s1/a", {0: "s1/therapist", 1: "s1/b"}))
    await hub.offer(seats["a"])
    told.clear()
    await hub.seat(Seat("s1", "a", 2, "sid-again"), await dispatcher.session("s1"))
    assert _assigned(told) == []


async def _changed(hub: Hub, event: SlotsChanged) -> None:
    hub._on_media(event)
    await asyncio.gather(*hub._tasks)


def _assigned(told: list[tuple[str, str, Any]]) -> list[tuple[str, Any]]:
    return [(sid, data) for sid, event, data in told if event == "slots_assigned"]
