"""Somebody who lives in Spanish reads nothing in English, from their link to the end of the session."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web import states
from tests.web.fake_service import TOKEN, FakeService, link, problem, serving
from tests.web.test_pages import REDEEM, too_small

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

WORDS = Path(__file__).resolve().parents[2] / "web" / "src" / "words" / "room.es.ts"
SPANISH: dict[str, str] = dict(
    json.loads(f"[{match[1]}, {match[2]}]")
    for match in re.finditer(r'^  ("(?:[^"\\]|\\.)*"): ("(?:[^"\\]|\\.)*"),$', WORDS.read_text("utf-8"), re.MULTILINE)
)
IN = "Go back in"
SCREENS: dict[str, tuple[str, ...]] = {
    "link": ("link",),
    "running late": ("link", "I’m running late"),
    "running late already": ("link late",),
    "absence": ("link", "I can’t come"),
    "declared": ("declared",),
    "check": ("link", "Check my camera and sound"),
    "back": ("waiting",),
    "waiting": ("waiting", IN),
    "more time": ("waiting asked", IN),
    "leaving": ("waiting", IN, "Leave"),
    "where": ("waiting", IN, "Tell {host} where you are"),
    "quiet": ("waiting", IN, "Ask for help without a word"),
    "safe": ("waiting first", IN),
    "held": ("held", IN),
    "office": ("office",),
    "room": ("room", IN),
    "room safe": ("room safe", IN),
    "room apart": ("room apart", IN),
    "room aside": ("room aside", IN),
    "room over": ("room over", IN),
    "room alone": ("room alone", IN),
    "room lost": ("room lost", IN),
    "room asked": ("room asked", IN),
    "more": ("room", IN, "More"),
    "devices": ("room", IN, "More", "Camera, microphone, speaker"),
    "messages": ("room", IN, "More", "Messages"),
    "closing": ("closing",),
    "removed": ("removed",),
    "helper": ("helper link",),
    "helper waiting": ("helper waiting", IN),
    "helper closing": ("helper closing",),
}
# What is read or heard: texts, names of controls, the tab.
SAID = r"""() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const said = [document.title];
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("noscript")) said.push(walk.currentNode.data);
  for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    said.push(one.ariaLabel ?? "", one.title ?? "", one.placeholder ?? "");
  }
  return said.map((one) => one.trim()).filter((one) => /\p{L}{2}/u.test(one));
}"""
# The same in both: names of people, places and devices, and two words.
NAMES = re.compile(
    r"(Alex|Robin|Noor|Kim|Dr\. Rivera|Dyad|Chicago|No|Dyad –.*|(fake|Fake|Default).*|(· )?\d* ?min)[.,:]?"
)


@asynccontextmanager
async def opened(browser: Browser, service: FakeService, locale: str = "en-US") -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 320, "height": 740}, reduced_motion="reduce", locale=locale)
    try:
        page = await context.new_page()
        await page.goto(f"{service.url}/join#{TOKEN}")
        yield page
    finally:
        await context.close()


async def went(page: Page, names: tuple[str, ...], host: str) -> set[str]:
    """What is said once these buttons were pressed."""
    await page.get_by_role("heading", level=1).first.wait_for()
    for name in names:
        button = page.get_by_role("button", name=name.replace("{host}", host))
        await button.and_(page.locator("dialog button")).or_(button).last.click()
    await page.wait_for_timeout(600)
    return set(await page.evaluate(SAID))


@pytest.mark.parametrize("screen", SCREENS)
async def test_no_sentence_is_left_in_english(chromium: Browser, screen: str) -> None:
    state, *buttons = SCREENS[screen]
    view = states.PARTNERS[state]
    service = FakeService(view, {REDEEM: link(view.you.role, name=view.you.name)})
    async with serving(service):
        async with opened(chromium, service) as page:
            english = await went(page, tuple(buttons), view.host.name)
            assert await page.evaluate("document.documentElement.lang") == "en"
        service.rest[REDEEM] = link(view.you.role, name=view.you.name, language="es")
        async with opened(chromium, service) as page:
            spanish = await went(page, tuple(SPANISH[button] for button in buttons), view.host.name)
            assert await page.evaluate("document.documentElement.lang") == "es"
            assert {said for said in english & spanish if not NAMES.fullmatch(said)} == set()
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320
            assert await too_small(page) == []


async def test_a_link_that_does_not_open_says_why_in_the_browsers_language(chromium: Browser) -> None:
    service = FakeService(rest={REDEEM: problem("link_expired")})
    async with serving(service), opened(chromium, service, "es-MX") as page:
        await expect(page.get_by_role("heading", name=SPANISH["This link is too old"])).to_be_visible()
        assert await page.evaluate("document.documentElement.lang") == "es"


async def test_a_refusal_of_the_server_is_said_in_spanish_too(chromium: Browser) -> None:
    view = states.PARTNERS["link"]
    refuse = {"type": "urn:dyad:refusal:too_late", "message": "The session has begun."}
    service = FakeService(view, {REDEEM: link("partner", language="es")}, refuse=refuse)
    async with serving(service), opened(chromium, service) as page:
        await page.get_by_role("button", name=SPANISH["I can’t come"]).click()
        await page.get_by_role("button", name=SPANISH["I’m not well"]).click()
        await expect(page.get_by_role("alert")).to_have_text(SPANISH["That didn’t work. Please try again."])
