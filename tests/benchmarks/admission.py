"""From the therapist's tap on "Let Alex in" to the first frame on Alex's screen: Dyad's pages and a warm mesh."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page

from server.application.media_events import MediaEvent, PeerConnected
from tests.benchmarks.report import Row, say
from tests.e2e.people import window
from tests.service.support import eventually
from tests.support.browser import chromium_running

MESH = Path(__file__).with_name("mesh.html")
TAP = "addEventListener('click', () => { window.tapped = performance.timeOrigin + performance.now() }, true)"
FIRST_FRAME = """
new MutationObserver((_, observer) => {
  const video = document.querySelector('video[data-person=therapist]');
  if (!video) return;
  observer.disconnect();
  video.requestVideoFrameCallback(() => { window.firstFrame = performance.timeOrigin + performance.now() });
}).observe(document, { childList: true, subtree: true });
"""


async def measure(rounds: int) -> list[Row]:
    dyad, mesh = list[float](), list[float]()
    async with chromium_running() as browser, _relay() as address:
        for number in range(rounds):
            dyad.append(await _dyad(browser))
            mesh.append(await _mesh(browser, address))
            say(f"admission {number + 1} of {rounds}: {dyad[-1]:.0f} ms, mesh {mesh[-1]:.0f} ms")
    ratio = median(dyad) / median(mesh)
    return [
        Row("admit → first frame, warm waiting room, median", median(dyad), "ms"),
        Row("admit → first frame, warm mesh, median", median(mesh), "ms"),
        Row("admit → first frame against the mesh", ratio, "ratio", "admit_vs_warm_mesh", "≤ 0.30"),
    ]


async def _dyad(browser: Browser) -> float:
    """One fresh service and two fresh pages, as in life: nothing is warm but the waiting room."""
    async with window(browser) as opened:
        connected: list[MediaEvent] = []
        opened.home.built.media.subscribe(
            lambda event: connected.append(event) if isinstance(event, PeerConnected) else None
        )
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await alex.evaluate(FIRST_FRAME)
        await eventually(_count(connected, 2), "both media connections")
        return await _between(therapist, "Let Alex in", alex)


def _count(connected: list[MediaEvent], people: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(connected) >= people

    return enough


async def _mesh(browser: Browser, address: str) -> float:
    context = await browser.new_context(permissions=["camera", "microphone"])
    host, guest = await context.new_page(), await context.new_page()
    for page, role in ((host, "host"), (guest, "guest")):
        # Its video has no frame yet, which holds the load event back.
        await page.goto(f"{address}/#{role}", wait_until="commit")
        await _true(page, "ready")
    for page in (host, guest):
        await _true(page, "connected")
    took = await _between(host, "Admit", guest)
    await context.close()
    return took


async def _between(taps: Page, name: str, sees: Page) -> float:
    """ms from the tap to the frame; both pages read the clock of one machine."""
    button = taps.get_by_role("button", name=name)
    await button.wait_for()
    await taps.wait_for_timeout(1_500)  # what the pages do on opening is over
    await taps.evaluate(TAP)
    await button.click()
    await _true(sees, "firstFrame")
    frame, tap = await sees.evaluate("window.firstFrame"), await taps.evaluate("window.tapped")
    return float(frame) - float(tap)


async def _true(page: Page, name: str) -> None:
    """Wait for a global of the page. (Playwright's own way evaluates text, which our pages forbid.)"""
    await eventually(lambda: page.evaluate(f"Boolean(window.{name})"), name, seconds=20)


@asynccontextmanager
async def _relay() -> AsyncIterator[str]:
    """Passes each page's messages to the other page."""
    sockets: list[web.WebSocketResponse] = []

    async def relay(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                for other in sockets:
                    if other is not socket:
                        await other.send_str(message.data)
        sockets.remove(socket)
        return socket

    async def page(_: web.Request) -> web.FileResponse:
        return web.FileResponse(MESH)

    app = web.Application()
    app.add_routes([web.get("/", page), web.get("/relay", relay)])
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
