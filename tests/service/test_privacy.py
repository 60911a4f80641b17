"""Who waits or is held gets no packet, no name and no presence of anybody: asserted on the wire, not on the page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.bots import Bot, BotRefused
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


def _recorded(person: Bot) -> list[str]:
    frames: list[str] = []

    async def keep(event: str, *data: Any) -> None:
        frames.append(json.dumps([event, *data]))

    person.socket.on("*", keep, namespace="/session")
    return frames


async def test_no_silent_sign_of_one_partner_is_a_byte_to_the_other() -> None:
    """Waiting, and in the same room: neither what was said nor the moment at which it was."""
    async with house() as home, robin_waits(home) as robin:
        therapist, alex = await home.enters("therapist"), await home.enters("a")
        for place in ("waiting", "room"):
            before = await _quiet(robin)
            await alex.ask("answer_safety", safe=False)
            await alex.ask("ask_for_help")
            sign = (await therapist.until(lambda view: view["partners"][0]["help_at"]))["partners"][0]
            assert (sign["safe"], sign["unsettled"]) == (False, True)
            with pytest.raises(BotRefused, match="not_safe" if place == "waiting" else "not_waiting"):
                await therapist.ask("admit_all")
            await therapist.ask("hear_help", participant="a")
            await therapist.ask("ask_safety", participant="a")
            await therapist.ask("settle_safety", participant="a")
            await alex.ask("answer_safety", safe=True)
            assert await _quiet(robin) == before, place
            if place == "waiting":
                await therapist.ask("admit_all")


async def test_who_leaves_quickly_is_gone_like_anybody_who_leaves() -> None:
    told = []
    for quickly in (True, False):
        async with house() as home, robin_waits(home) as robin:
            therapist, alex = await home.enters("therapist"), await home.enters("a")
            await therapist.ask("admit_all")
            before = await _quiet(robin)
            if quickly:
                assert (await home.rest("POST", "/v1/quick-exit", home.token(home.link("a"))))[0] == 200
            else:
                await alex.ask("leave")
            row = (await therapist.until(lambda view: view["card"]))["partners"][0]
            assert (row["state"], row["left_quickly"]) == ("left", quickly)
            await _quiet(robin)
            told.append([sorted(json.loads(f.partition(",")[2])[1]["data"]) for f in robin.frames[before:]])
    assert told[0] == told[1]


async def _quiet(robin: Raw) -> int:
    await asyncio.sleep(0.4)
    return len(robin.frames)
