"""A group in real browsers: whoever has a slow connection sees the others small, and sees them whole again after it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.attendance.model import Kind
from tests.e2e.people import KEEP_PEERS, frames, sees, window
from tests.e2e.test_bad_network import by
from tests.support.udp_faults import faulty_link

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

SENT = """async () => Object.fromEntries([...(await window.peers.at(-1).getStats()).values()]
  .filter(one => one.type === 'outbound-rtp' && one.kind === 'video').map(one => [one.rid, one.framesSent ?? 0]))"""
WIDTHS = """[...document.querySelectorAll('video[data-person]')].filter(v => v.dataset.person !== 'you')
  .map(v => v.videoWidth)"""


async def widths(page: Page, what: str, most: int, least: int = 1, seconds: float = 30) -> None:
    """Every picture on this page moves and is as wide as that, in pixels."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not all(least <= width <= most for width in await page.evaluate(WIDTHS)):
        assert asyncio.get_running_loop().time() < deadline, (what, await page.evaluate(WIDTHS))
        await asyncio.sleep(0.2)
    await sees(page, *(set(await frames(page)) - {"you"}))


async def test_a_slow_connection_has_everybody_small_and_nobody_else_is_any_smaller(chromium: Browser) -> None:
    async with window(chromium, prepare=KEEP_PEERS, kind=Kind.GROUP) as opened:
        media: Any = opened.home.built.media
        async with faulty_link(("127.0.0.1", media.port)) as link:
            therapist = await opened.opens("therapist")
            alex, robin = await opened.waits("a", by(link)), await opened.waits("b")
            for name in ("Alex", "Robin"):
                await therapist.get_by_role("button", name=f"Let {name} in").click()
            await sees(alex, "therapist", "b")
            await widths(alex, "whole", 4000, 640)
            before = await robin.evaluate(SENT)
            await expect(alex.get_by_text("End-to-end encrypted")).to_be_visible()
            link.down.become(rate=500_000, delay=0.03)
            await widths(alex, "small", 320)
            sent = await robin.evaluate(SENT)
            assert set(sent) == {"s", "w"}
            assert all(sent[size] > before[size] + 5 for size in sent)
            await widths(robin, "whole still", 4000, 640)
            await expect(alex.get_by_text("End-to-end encrypted")).to_be_visible()
            link.both()
            await widths(alex, "whole again", 4000, 640, 40)
