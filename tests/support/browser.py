"""Chromium and Firefox for the tests in real browsers: the machine's own, with a synthetic camera and microphone.

Each test gets a process of its own. Nothing is relaxed that a couple's browser would enforce: in particular
media may not use the loopback interface, so a page reaches the server's media at an address of the machine.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.architecture.imports import ROOT
from tests.support.network import Network
from tests.support.programs import program

FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
)
# A synthetic camera of few pictures a second: enough to be seen moving, and two processors have time for the story.
CALM = "--use-fake-device-for-media-stream=fps=8"


def chromium_path() -> str:
    return program(os.environ.get("DYAD_CHROMIUM", "/usr/bin/chromium"), "chromium")


@asynccontextmanager
async def chromium_running(
    *more_flags: str, headless: bool = True, executable: str | None = None
) -> AsyncIterator[Browser]:
    executable = executable or chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable, args=[*FLAGS, *more_flags], headless=headless
        )
        try:
            yield browser
        finally:
            await browser.close()


FIREFOX: dict[str, str | float | bool] = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.cubeb.force_mock_context": True,  # where there is no sound card, its sound would stand still
    "media.gmp-manager.url": "",  # no codec is fetched: VP8 and Opus are its own
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


def firefox_path() -> str:
    return program(os.environ.get("DYAD_FIREFOX", "firefox-esr"), "firefox")


@asynccontextmanager
async def firefox_running(elsewhere: Network | None = None) -> AsyncIterator[Browser]:
    """Debian's Firefox, driven over WebDriver BiDi with the same calls as Chromium; see `firefox_relay`."""
    address = elsewhere.address if elsewhere else "127.0.0.1"
    command = shlex.join([sys.executable, "-m", "tests.support.firefox_relay", address, firefox_path()])
    with tempfile.TemporaryDirectory() as temporary:
        start = Path(temporary) / "firefox"
        whole = elsewhere.wrapped(command) if elsewhere else command
        start.write_text(f'#!/bin/sh\ncd {shlex.quote(str(ROOT))} && exec {whole} "$@"\n', encoding="utf-8")
        start.chmod(0o755)
        async with async_playwright() as playwright:
            browser = await playwright.firefox.launch(
                channel="moz-firefox", executable_path=start, firefox_user_prefs=FIREFOX
            )
            try:
                yield browser
            finally:
                await browser.close()


async def keep_screenshots(browser: Browser, folder: Path, test: str) -> list[Path]:
    """A picture of each open page, named after the test that failed."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", test).strip("-")[-120:]
    kept = []
    pages = [page for context in browser.contexts for page in context.pages]
    for number, page in enumerate(pages):
        path = folder / f"{stem}-{number}.png"
        await page.screenshot(path=path, timeout=5_000)
        kept.append(path)
    return kept
