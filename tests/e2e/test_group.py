"""A group in real browsers: whoever has a slow connection sees the others small, and sees them whole again after it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from server.domain.attendance.model import Kind
from tests.e2e.home import film
from tests.e2e.people import KEEP_PEERS, frames, sees, window
from tests.e2e.test_bad_network import by
from tests.service.support import eventually
from tests.support.browser import chromium_running
from tests.support.udp_faults import faulty_link

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(240)]

WIDE = 640  # pixels
SENT = """async () => Object.fromEntries([...(await window.peers.at(-1).getStats()).values()]
  .filter(one => one.type === 'outbound-rtp' && one.kind === 'video').map(one => [one.rid, one.framesSent ?? 0]))"""
WIDTHS = """Object.fromEntries([...document.querySelectorAll('video[data-person]')]
  .map(v => [v.dataset.person, v.videoWidth]))"""


async def widths(page: Page, what: str, wide: int, *people: str, seconds: float = 30) -> None:
    """The pictures of these people are as wide as that on this page, in pixels, and every picture moves."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        now = await page.evaluate(WIDTHS)
        if all(now[person] == wide for person in people):
            break
        assert asyncio.get_running_loop().time() < deadline, (what, now)
        await asyncio.sleep(0.2)
    await sees(page, *(set(await frames(page)) - {"you"}))


@pytest_asyncio.fixture
async def filmed(tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser with a camera that two processors can encode three times over."""
    async with chromium_running(f"--use-file-for-fake-video-capture={film(tmp_path / 'g.y4m', WIDE, 360)}") as browser:
        yield browser


async def sends(page: Page, *sizes: str) -> None:
    """Its picture goes out in these sizes, and goes on to."""
    before: dict[str, int] = await page.evaluate(SENT)
    assert set(before) == set(sizes)

    async def more() -> bool:
        now = await page.evaluate(SENT)
        return all(now[size] > before[size] + 5 for size in sizes)

    await eventually(more, f"pictures in {sizes}")


async def test_a_slow_connection_has_everybody_small_and_nobody_else_is_any_smaller(filmed: Browser) -> None:
    async with window(filmed, prepare=KEEP_PEERS, kind=Kind.GROUP) as opened:
        media: Any = opened.home.built.media
        async with faulty_link(("127.0.0.1", media.port)) as link:
            therapist = await opened.opens("therapist")
            alex, robin = await opened.waits("a", by(link)), await opened.waits("b")
            for name in ("Alex", "Robin"):
                await therapist.get_by_role("button", name=f"Let {name} in").click()
            await sees(alex, "therapist", "b")
            await widths(alex, "whole", WIDE, "therapist", "b")
            await expect(alex.get_by_text("End-to-end encrypted")).to_be_visible()
            link.down.become(rate=500_000, delay=0.03)
            await widths(alex, "small", WIDE // 4, "therapist", "b")
            await sends(robin, "s", "w")
            await widths(robin, "whole still", WIDE, "therapist")
            await expect(alex.get_by_text("End-to-end encrypted")).to_be_visible()
            link.both()
            await widths(alex, "whole again", WIDE, "therapist", "b", seconds=40)
