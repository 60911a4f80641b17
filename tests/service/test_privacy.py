"""Who waits or is held gets no packet, no name and no presence of anybody: asserted on the wire, not on the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from server.adapters.clock import SystemClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.application.dispatcher import Dispatcher
from server.bots import Bot
from server.domain.session import commands as c
from signaling.gateway.hub import Hub
from signaling.gateway.seats import Seat
from tests.domain.session.story import COUPLE
from tests.service.raw import Raw, raw
from tests.service.support import House, house

pytestmark = pytest.mark.asyncio

SECRETS = ("Alex", "Chicago", '"a"', "/a", "running", "a@")


@asynccontextmanager
async def robin_waits(home: House) -> AsyncIterator[Raw]:
    """Robin arrives with nothing but a wire, before anybody else has come."""
    async with raw(home.links.base_url, home.token(home.links.partner_b)) as client:
        await client.ask("join", {"cmd_id": "j", "v": 1, "media": False})
        await client.ask("arrive", {"cmd_id": "a"})
        yield client


async def _busy_alex(home: House, therapist: Bot) -> Bot:
    """Alex does everything that a person can do before Robin is admitted."""
    alex = Bot(home.links.partner_a)
    await alex.join(media=False)
    await alex.ask("run_late", minutes=5)
    await alex.ask("declare_absence", reason="illness")
    await alex.ask("withdraw_absence")
    await alex.ask("report_check", camera="failed", microphone="ok", speaker="ok", connection="ok")
    await alex.ask("report_check", camera="ok", microphone="ok", speaker="ok", connection="ok")
    await alex.ask("arrive")
    await alex.ask("ask_for_time")
    await alex.ask("set_devices", microphone=False, camera=False)
    await therapist.ask("admit", participant="a")
    await alex.ask("set_devices", microphone=True, camera=True)
    await therapist.ask("send_back", participant="a")
    await alex.ask("leave")
    return alex


async def test_a_waiting_partner_hears_of_nobody() -> None:
    async with house() as home, robin_waits(home) as robin:
        therapist = await home.enters("therapist")
        await asyncio.sleep(0.2)
        before = len(robin.frames)
        alex = await _busy_alex(home, therapist)
        await alex.drop()
        await asyncio.sleep(0.7)
        for frame in robin.frames:
            assert not any(secret in frame for secret in SECRETS), frame
        since = [frame for frame in robin.frames[before:] if "changed" in frame]
        assert since == [], "not even the moment at which something happened to the other is to be seen"


async def test_a_held_partner_hears_of_nobody_and_gets_no_packet() -> None:
    async with house(speed=60) as home:
        therapist = await home.enters("therapist", media=True)
        alex = await home.enters("a", media=True)
        await home.at(9)
        await therapist.ask("approve_solo", approval="granted")
        card = (await therapist.until(lambda view: view["card"]))["card"]
        await therapist.ask("answer_card", card=card["id"], option="proceed")
        await home.at(12)
        robin = await home.enters("b", media=True)
        frames = _recorded(robin)
        await therapist.until(lambda view: view["card"] and view["card"]["clause"] == "S1")
        await alex.ask("set_devices", microphone=False, camera=True)
        await asyncio.sleep(1.5)
        assert robin.peer is not None
        assert alex.peer is not None
        assert alex.peer.packets > 0
        assert robin.peer.packets == 0
        assert robin.slots == {}
        for frame in [json.dumps(robin.view), *frames]:
            assert not any(secret in frame for secret in SECRETS), frame


async def test_a_removed_person_is_cut_off_before_the_list_changes() -> None:
    order: list[str] = []
    hub, dispatcher = _hub(order)
    await dispatcher.submit("s1", c.PlanSession(COUPLE))
    for key in ("therapist", "a", "b"):
        session = (await dispatcher.submit("s1", c.Connect(key, 1))).session
        seat = Seat("s1", key, 1, f"sid-{key}")
        await hub.seat(seat, session)
        await hub.offer(seat)
        if key != "therapist":
            await dispatcher.submit("s1", c.Arrive(key))
        hub.snapshot(seat, await dispatcher.session("s1"))
    await dispatcher.submit("s1", c.AdmitAll())
    order.clear()
    await dispatcher.submit("s1", c.Remove("b"))
    assert order.index("place s1/b None") < order.index("close s1/b") < order.index("changed sid-a")
    assert order.index("close s1/b") < order.index("changed sid-therapist")
    assert order[-1] == "kick sid-b"


async def test_sent_back_is_cut_before_anybody_is_told() -> None:
    order: list[str] = []
    hub, dispatcher = _hub(order)
    await dispatcher.submit("s1", c.PlanSession(COUPLE))
    for key in ("therapist", "a"):
        session = (await dispatcher.submit("s1", c.Connect(key, 1))).session
        seat = Seat("s1", key, 1, f"sid-{key}")
        await hub.seat(seat, session)
        await hub.offer(seat)
        hub.snapshot(seat, session)
    await dispatcher.submit("s1", c.Arrive("a"))
    order.clear()
    await dispatcher.submit("s1", c.Admit("a"))
    assert order[0] == "place s1/a s1/1", "the first picture is asked for before anything else"
    order.clear()
    await dispatcher.submit("s1", c.SendBack("a"))
    assert order[0] == "place s1/a None"


def _recorded(person: Bot) -> list[str]:
    frames: list[str] = []

    async def keep(event: str, *data: Any) -> None:
        frames.append(json.dumps([event, *data]))

    person.socket.on("*", keep, namespace="/session")
    return frames


class _Media:
    """Notes the order of what it is asked for; media itself is shown in tests/media."""

    def __init__(self, order: list[str]) -> None:
        self._order = order

    async def offer(self, peer: str) -> str:
        return "v=0"

    async def answer(self, peer: str, sdp: str) -> None: ...

    async def place(self, peer: str, room: str | None) -> None:
        self._order.append(f"place {peer} {room}")

    async def close(self, peer: str) -> None:
        self._order.append(f"close {peer}")

    def subscribe(self, listener: Any) -> None: ...


def _hub(order: list[str]) -> tuple[Hub, Dispatcher]:
    async def emit(sid: str, event: str, body: dict[str, Any]) -> None:
        order.append(f"{event} {sid}")

    async def kick(sid: str, event: str, body: dict[str, Any]) -> None:
        order.append(f"kick {sid}")

    clock = SystemClock(start=datetime(2026, 3, 2, 14, 58, tzinfo=UTC))
    dispatcher = Dispatcher(MemoryStore(), JsonCodec(), clock)
    return Hub(dispatcher, clock, _Media(order), emit, kick), dispatcher
