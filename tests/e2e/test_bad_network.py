"""A meeting in real browsers in which one person's network is as bad as networks get."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.e2e.people import KEEP_PEERS, frames, sees, window
from tests.support.udp_faults import FaultyLink, faulty_link

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

STATS = """async () => {
  const found = {};
  for (const stat of (await window.peers.at(-1).getStats()).values()) {
    if (stat.type !== 'inbound-rtp' || stat.kind !== 'audio') continue;
    for (const name of ['totalSamplesReceived', 'concealedSamples', 'silentConcealedSamples'])
      found[name] = (found[name] ?? 0) + stat[name];
  }
  return found;
}"""


async def heard(pages: list[Page], seconds: float) -> list[float]:
    """How much of the sound that each plays in the seconds to come had arrived; the rest was made up."""
    before = [await page.evaluate(STATS) for page in pages]
    await asyncio.sleep(seconds)
    return [1 - _made_up(then, await page.evaluate(STATS)) for page, then in zip(pages, before, strict=True)]


def _made_up(then: dict[str, float], now: dict[str, float]) -> float:
    since = {name: now[name] - then[name] for name in now}
    return (since["concealedSamples"] - since["silentConcealedSamples"]) / since["totalSamplesReceived"]


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


async def test_one_bad_network_costs_its_owner_picture_for_a_time_and_nobody_else_anything(chromium: Browser) -> None:
    async with window(chromium, prepare=KEEP_PEERS) as opened:
        media: Any = opened.home.built.media
        async with faulty_link(("127.0.0.1", media.port)) as link:
            therapist = await opened.opens("therapist")
            alex, robin = await opened.waits("a", by(link)), await opened.waits("b")
            await therapist.get_by_role("button", name="Let both in and start").click()
            await sees(alex, "therapist", "b")
            await sees(robin, "therapist", "a")
            for up, down, least in (
                ({"loss": 0.2}, {"loss": 0.2}, 0.7),
                ({"delay": 0.3}, {"delay": 0.3, "jitter": 0.08}, 0.7),
                ({}, {"rate": 64_000}, 0.45),  # two who talk at once are more than fits
            ):
                link.up.become(**up)
                link.down.become(**down)
                await asyncio.sleep(3)
                before = await frames(therapist), await frames(robin)
                sound = await heard([alex, robin, therapist], 4)
                assert min(sound) > least, down
                assert (await frames(therapist))["b"] > before[0]["b"] + 3
                assert (await frames(robin))["therapist"] > before[1]["therapist"] + 3
                link.both()
                await sees(alex, "therapist", "b")
                await sees(robin, "therapist", "a")
            await link.move()
            await sees(alex, "therapist", "b")
            await sees(robin, "therapist", "a")
