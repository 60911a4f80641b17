"""A meeting in real browsers in which one person's network is as bad as networks get."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import mean
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import KEEP_PEERS, frames, sees, window
from tests.support.udp_faults import FaultyLink, faulty_link

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(240)]

BACK_WITHIN = 5.0  # s in which sound and picture are back after a fault
OUTAGE = 60.0  # s
PAUSED = "Picture paused: your connection is weak."
SOUND = """async () => Object.fromEntries(
  [...(await window.peers.at(-1).getStats()).values()]
    .filter(one => one.type === 'inbound-rtp' && one.kind === 'audio')
    .map(one => [one.ssrc, [one.totalSamplesReceived, one.concealedSamples - one.silentConcealedSamples]]))"""


async def heard(page: Page, seconds: float) -> list[float]:
    """How much of each voice that the page plays in the seconds to come had arrived; the rest was made up."""
    before = await page.evaluate(SOUND)
    await asyncio.sleep(seconds)
    now = await page.evaluate(SOUND)
    since = [(all_ - before[voice][0], made_up - before[voice][1]) for voice, (all_, made_up) in now.items()]
    return [1 - made_up / all_ for all_, made_up in since if all_]


async def moves(page: Page, seconds: float = 2.0) -> dict[str, float]:
    """Frames a second of each of the others' pictures."""
    before = await frames(page)
    await asyncio.sleep(seconds)
    return {who: (count - before[who]) / seconds for who, count in (await frames(page)).items() if who != "you"}


async def back(page: Page, usual: dict[str, float]) -> float:
    """Seconds until each of the others' pictures moves again, a third as fast as usual at least, for half a second."""
    began, looks = time.monotonic(), deque([(time.monotonic(), await frames(page))])
    while time.monotonic() - began < 4 * BACK_WITHIN:
        await asyncio.sleep(0.05)
        looks.append((time.monotonic(), await frames(page)))
        while looks[-1][0] - looks[1][0] > 0.5:
            looks.popleft()
        (then, first), (now, last) = looks[0], looks[-1]
        if now - then > 0.5 and all(
            last.get(who, 0) - first.get(who, 0) >= usual[who] / 3 * (now - then) and who in first for who in usual
        ):
            return now - began
    raise AssertionError(f"still no moving pictures of {set(usual)}")


def by(link: FaultyLink) -> str:
    """Lets a page reach the server's media by this link and no other way."""
    return f"""
      const take = RTCPeerConnection.prototype.setRemoteDescription;
      RTCPeerConnection.prototype.setRemoteDescription = function (given) {{
        const line = 'a=candidate:1 1 udp 2130706431 {link.address[0]} {link.address[1]} typ host\\r\\n';
        const sdp = given.sdp.replace(/^a=candidate:.*\\r\\n/gm, '').replace(/^a=end-of/gm, line + 'a=end-of');
        return take.call(this, {{ type: given.type, sdp }});
      }};
    """


@asynccontextmanager
async def meeting(chromium: Browser) -> AsyncIterator[tuple[FaultyLink, list[Page]]]:
    """Alex is on the link; then there are Robin and the therapist. Everyone sees everyone."""
    async with window(chromium, prepare=KEEP_PEERS) as opened:
        media: Any = opened.home.built.media
        async with faulty_link(("127.0.0.1", media.port)) as link:
            therapist = await opened.opens("therapist")
            alex, robin = await opened.waits("a", by(link)), await opened.waits("b")
            await therapist.get_by_role("button", name="Let both in and start").click()
            await sees(alex, "therapist", "b")
            await sees(robin, "therapist", "a")
            yield link, [alex, robin, therapist]


async def test_one_bad_network_costs_its_owner_picture_for_a_time_and_nobody_else_anything(chromium: Browser) -> None:
    async with meeting(chromium) as (link, pages):
        alex, robin, therapist = pages
        usual = await asyncio.gather(*(moves(page) for page in pages))
        for up, down, least, least_of_one in (
            ({"loss": 0.2}, {"loss": 0.2}, 0.7, 0.6),
            ({"delay": 0.3}, {"delay": 0.3, "jitter": 0.08}, 0.7, 0.7),
            ({}, {"rate": 64_000}, 0.45, 0.4),  # two who talk at once are more than fits
        ):
            link.up.become(**up)
            link.down.become(**down)
            await asyncio.sleep(3)
            before = await frames(therapist), await frames(robin)
            sound = await asyncio.gather(*(heard(page, 4) for page in pages))
            if "rate" in down:
                await expect(alex.locator("[data-tile=b]")).to_contain_text(PAUSED)
                for page in (robin, therapist):
                    await expect(page.get_by_text(PAUSED)).to_have_count(0)
            assert min(map(mean, sound)) > least, (up, down)
            assert min(map(min, sound)) > least_of_one, (up, down)
            assert (await frames(therapist))["b"] > before[0]["b"] + 3
            assert (await frames(robin))["therapist"] > before[1]["therapist"] + 3
            link.both()
            took = await asyncio.gather(*(back(page, one) for page, one in zip(pages, usual, strict=True)))
            assert max(took) < BACK_WITHIN, (up, down)
            await expect(alex.get_by_text(PAUSED)).to_have_count(0)
        await link.move()
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")


async def test_a_minute_without_network_costs_nobody_their_seat(chromium: Browser) -> None:
    async with meeting(chromium) as (link, pages):
        usual = await asyncio.gather(*(moves(page) for page in pages))
        link.both(silent=True)
        await asyncio.sleep(OUTAGE)
        link.both()
        took = await asyncio.gather(*(back(page, one) for page, one in zip(pages, usual, strict=True)))
        sound = await asyncio.gather(*(heard(page, 3) for page in pages))
        assert max(took) < BACK_WITHIN
        assert min(map(min, sound)) > 0.9
