"""The relapse prevention plan in two browsers: both type at once, one is offline for a while, nothing is lost."""

from __future__ import annotations

import json
import re
from base64 import b64decode

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocket, expect

from tests.e2e.people import PHONE, Window, window

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

SLOW = 20_000  # ms
SLOWLY = 150  # ms between two keys: longer than typing is gathered


async def plans_of_two(
    browser: Browser, opened: Window, word: str | None = None
) -> tuple[Page, Page, Page, BrowserContext]:
    """The plan as the therapist, Alex and Robin have it open in their session; Robin has a browser of their own.

    `word`: the one with which Alex asks for help.
    """
    theirs = await browser.new_context(permissions=["camera", "microphone"])
    robins = Window(opened.home, theirs)
    therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await robins.waits("b")
    if word is not None:
        await keeps_a_word(alex, word)
    await therapist.get_by_role("button", name="Let both in and start").click()
    for page in (therapist, alex, robin):
        page.set_default_timeout(SLOW)
        await page.get_by_role("button", name="More").click()
        await page.get_by_role("button", name="Our plan").click()
    for page in (therapist, alex, robin):
        await expect(page.get_by_label("What sets it off")).to_be_editable(timeout=SLOW)
    return therapist, alex, robin, theirs


async def keeps_a_word(page: Page, word: str) -> None:
    await page.get_by_role("button", name="Ask for help without a word").click()
    await page.get_by_label("Or type a word of your own").fill(word)
    await page.get_by_role("button", name="Keep this word").click()


async def shows(page: Page, label: str, *words: str) -> None:
    for one in words:
        await expect(page.get_by_role("textbox", name=label)).to_have_value(re.compile(re.escape(one)), timeout=SLOW)


async def test_two_browsers_typing_online_and_offline_end_with_the_same_words(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin, theirs = await plans_of_two(chromium, opened)
        triggers = "What sets it off"
        await alex.get_by_label(triggers).press_sequentially("Fridays. ")
        await shows(robin, triggers, "Fridays. ")
        await robin.get_by_label(triggers).press("End")
        await robin.get_by_label(triggers).press_sequentially("The bar. ")
        await alex.get_by_label(triggers).press("Home")
        await alex.get_by_label(triggers).press_sequentially("Pay day. ")
        for page in (therapist, alex, robin):
            await expect(page.get_by_label(triggers)).to_have_value("Pay day. Fridays. The bar. ", timeout=SLOW)

        await theirs.set_offline(True)
        await expect(robin.get_by_text("The connection is gone.").first).to_be_visible(timeout=SLOW)
        helps = "What helps"
        await robin.get_by_label(helps).press_sequentially("A walk. ")
        await alex.get_by_label(triggers).fill("Fridays. The bar. ")
        await theirs.set_offline(False)
        await expect(robin.get_by_text("You’re both here").first).to_be_visible(timeout=SLOW)
        for page in (therapist, alex, robin):
            await shows(page, helps, "A walk. ")
            await shows(page, triggers, "Fridays. The bar. ")
        assert await alex.get_by_label(helps).input_value() == await robin.get_by_label(helps).input_value()
        await theirs.close()


async def test_who_types_their_safe_word_into_the_plan_shows_nobody_a_letter_of_it(chromium: Browser) -> None:
    async with window(chromium) as opened:
        frames: list[str] = []
        opened.context.on("page", lambda page: page.on("websocket", lambda to: told(to, frames)))
        therapist, alex, robin, theirs = await plans_of_two(chromium, opened, word="lantern")
        helps = "What helps"
        await alex.get_by_label(helps).press_sequentially("A walk. Lan", delay=SLOWLY)
        await shows(robin, helps, "A walk. ")
        await alex.get_by_label(helps).press_sequentially("tern", delay=SLOWLY)
        await expect(therapist.get_by_text("Alex asks for help, without a word.")).to_be_visible()
        await alex.get_by_label(helps).press_sequentially("Music.", delay=SLOWLY)
        for page in (therapist, alex, robin):
            await expect(page.get_by_label(helps)).to_have_value("A walk. Music.", timeout=SLOW)
        said = [b64decode(json.loads(frame)["update"]) for frame in frames if '"update"' in frame]
        assert any(b"M" in update for update in said)
        assert not any(b"L" in update for update in said)
        await theirs.close()


def told(socket: WebSocket, frames: list[str]) -> None:
    """Keeps what goes out by the plan's own socket."""
    if "/relapse-plan/" in socket.url:
        socket.on("framesent", lambda frame: frames.append(str(frame)))


async def test_a_changed_word_breaks_what_was_signed_and_the_earlier_version_stays(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin, theirs = await plans_of_two(chromium, opened)
        await alex.get_by_label("Who we call").press_sequentially("Jo")
        await shows(robin, "Who we call", "Jo")
        for page in (alex, robin):
            await page.get_by_role("button", name="Sign this version").click()
            await expect(page.get_by_text("You have signed this version.")).to_be_visible(timeout=SLOW)
        await expect(therapist.get_by_text("Both have signed version 1. It counts.")).to_be_visible(timeout=SLOW)
        await robin.get_by_label("Who we call").press("End")
        await robin.get_by_label("Who we call").press_sequentially(", then Kim")
        for page in (alex, robin):
            await expect(page.get_by_text("Version 2. It counts once both")).to_be_visible(timeout=SLOW)
            await expect(page.get_by_text("It has changed since you signed.")).to_be_visible()
        await alex.get_by_text("Earlier versions").click()
        await alex.get_by_role("button", name="Version 1").click()
        await expect(alex.locator(".oldplan")).to_contain_text("Jo")
        assert "Kim" not in await alex.locator(".oldplan").inner_text()
        await alex.get_by_role("button", name="Back to now").click()
        await shows(alex, "Who we call", "Jo, then Kim")
        await theirs.set_offline(True)
        await expect(robin.get_by_text("The connection is gone.").first).to_be_visible(timeout=SLOW)
        await alex.get_by_label("What helps").fill("A walk.")
        await expect(alex.get_by_text("Version 3. It counts once both")).to_be_visible(timeout=SLOW)
        await theirs.set_offline(False)
        await expect(robin.get_by_text("Version 3. It counts once both")).to_be_visible(timeout=SLOW)
        await theirs.close()


async def test_alone_at_home_it_is_words_to_read_and_numbers_to_call(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin, theirs = await plans_of_two(chromium, opened)
        await alex.get_by_label("Who we call").fill("Jo, +1 555 010 0199")
        await shows(robin, "Who we call", "Jo, +1 555 010 0199")
        for page in (alex, robin, therapist):
            await page.close()
        await theirs.close()
        page = await opened.tab(opened.home.links.portals["a"])
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await page.get_by_role("button", name="Open our plan").click()
        await expect(page.get_by_text("You change it together, in a session.")).to_be_visible(timeout=SLOW)
        plan = page.get_by_role("region", name="Our plan against relapse")
        await expect(plan.get_by_role("link", name="+1 555 010 0199")).to_have_attribute("href", "tel:+15550100199")
        await expect(plan.get_by_role("heading", name="What sets it off")).to_be_visible()
        await expect(plan.get_by_role("textbox", name="Who we call")).to_have_count(0)
