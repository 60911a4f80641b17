"""People at real browsers, each in a tab of a window, doing what the pages offer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page

from server.domain.session.state import HOSTS
from tests.service.support import House, house

PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 800}
FRAMES = """[...document.querySelectorAll('video[data-person]')]
  .map(v => [v.dataset.person, v.mozPaintedFrames ?? v.getVideoPlaybackQuality().totalVideoFrames])"""
NETWORK_AWAY = "Firefox can’t establish a connection to the server"
# For `prepare`: the page's media connections, the latest last, as `window.peers`.
KEEP_PEERS = """
const Real = RTCPeerConnection;
window.RTCPeerConnection = class extends Real {
  constructor(...given) { super(...given); (window.peers ??= []).push(this); }
};
"""
# How many voices are heard: the streams whose sound carried energy within a second. Needs KEEP_PEERS.
VOICES = """async () => {
  const energy = async () => new Map([...(await window.peers.at(-1).getStats()).values()]
    .filter(one => one.type === 'inbound-rtp' && one.kind === 'audio').map(one => [one.ssrc, one.totalAudioEnergy]));
  const before = await energy();
  await new Promise(done => setTimeout(done, 1000));
  return [...await energy()].filter(([ssrc, now]) => now > (before.get(ssrc) ?? now)).length;
}"""


class Window:
    """One browser window on a running service; every link opens in a tab of its own."""

    def __init__(self, home: House, context: BrowserContext) -> None:
        self.home, self.context = home, context
        self.errors: list[str] = []

    async def opens(self, who: str, prepare: str = "") -> Page:
        """The link of the therapist or the substitute, of partner a, b, …, or of who comes to help."""
        page = await self.tab(self.home.link(who), prepare)
        await page.set_viewport_size(DESK if who in HOSTS else PHONE)  # type: ignore[arg-type]
        return page

    async def tab(self, link: str, prepare: str = "") -> Page:
        page = await self.context.new_page()
        await page.add_init_script(prepare)
        page.on("pageerror", lambda error: self._noted(str(error)))
        await page.goto(link)
        return page

    def _noted(self, error: str) -> None:
        # Firefox reports a network that is away as if the page had thrown.
        if not error.startswith(NETWORK_AWAY):
            self.errors.append(error)

    async def waits(self, who: str, prepare: str = "") -> Page:
        """Somebody opens their link, checks the devices and goes to the waiting room."""
        page = await self.opens(who, prepare)
        await page.get_by_role("button", name="Check my camera and sound").click()
        await page.locator("video[data-person=you]").wait_for()
        await page.get_by_role("button", name="Go to the waiting room").click()
        await page.get_by_role("heading", name="You’re here").wait_for()
        return page


@asynccontextmanager
async def window(browser: Browser, prepare: str = "", **chosen: Any) -> AsyncIterator[Window]:
    """`prepare` is JavaScript that runs in each page before its own; the rest is chosen as for `house`."""
    async with house(**chosen) as home, window_on(home, browser, prepare) as opened:
        yield opened


@asynccontextmanager
async def window_on(home: House, browser: Browser, prepare: str = "") -> AsyncIterator[Window]:
    """A window of one more browser on a service that runs."""
    # Firefox has no such permissions to give: it asks nobody (see FIREFOX).
    given = ["camera", "microphone"] if browser.browser_type.name == "chromium" else None
    context = await browser.new_context(ignore_https_errors=True, permissions=given)
    await context.add_init_script(prepare)
    opened = Window(home, context)
    yield opened  # after a failure the pages stay open for their screenshots; the browser closes them
    assert opened.errors == [], opened.errors
    await context.close()


async def frames(page: Page) -> dict[str, int]:
    """Frames decoded so far, by whose picture it is."""
    return dict(await page.evaluate(FRAMES))


async def hears(page: Page, voices: int) -> None:
    """Sound comes from that many people, within 20 s; the window was opened with KEEP_PEERS."""
    began = time.monotonic()
    while (now := await page.evaluate(VOICES)) != voices:
        if time.monotonic() - began > 20:
            raise AssertionError(f"wanted to hear {voices}, and hear {now}")


async def sees(page: Page, *people: str) -> None:
    """The pictures of exactly these people move, within 20 s."""
    began, before = time.monotonic(), await frames(page)
    while True:
        now = await frames(page)
        others = set(now) - {"you"}
        if others == set(people) and all(now[key] > before.get(key, 0) + 3 for key in people):
            return
        if time.monotonic() - began > 20:
            raise AssertionError(f"wanted moving pictures of {people}; frames were {before} and are {now}")
        await asyncio.sleep(0.1)
