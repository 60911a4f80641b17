"""The journeys by keyboard alone, and what a screen reader hears on the way: each change once, and none in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.session.views import Host
from tests.web import states
from tests.web.fake_service import TOKEN, FakeService, serving
from tests.web.test_behaviour import arrived, partner, therapist

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

# What is heard, in order, as `window.said`: what live regions come to say, and the heading or button that gets focus.
HEAR = """
window.said = [];
const LIVE = '[role=status], [role=alert]';
const last = new WeakMap();
const words = (element) => element.innerText.replace(/\\s+/g, ' ').trim();
const hear = (region) => {
  const text = words(region);
  if (text && last.get(region) !== text) said.push(text);
  last.set(region, text);
};
new MutationObserver((records) => {
  const regions = new Set();
  for (const { target, addedNodes } of records) {
    const changed = [target, ...addedNodes].map((node) => (node.nodeType === 1 ? node : node.parentElement));
    for (const element of changed.filter(Boolean)) {
      if (element.closest(LIVE)) regions.add(element.closest(LIVE));
      element.querySelectorAll(LIVE).forEach((region) => addedNodes.length && regions.add(region));
    }
  }
  regions.forEach(hear);
}).observe(document, { subtree: true, childList: true, characterData: true });
document.addEventListener('focusin', ({ target }) => target.matches('h1, h2') && said.push(`[${words(target)}]`));
"""
FOCUSED = "document.activeElement.innerText.trim()"
NAMED = {"button", "link", "checkbox", "radio", "textbox", "combobox", "dialog", "alertdialog", "heading", "meter"}


async def hearing(browser: Browser, service: FakeService, path: str) -> Page:
    page = await browser.new_page(reduced_motion="reduce", viewport={"width": 390, "height": 844})
    await page.add_init_script(HEAR)
    await page.goto(f"{service.url}{path}#{TOKEN}")
    return page


async def press(page: Page, name: str, *, but: str = "nothing") -> None:
    """Tab to the button whose name begins so, other than `but`, and press it."""
    for _ in range(60):
        focused = await page.evaluate(FOCUSED)
        if focused.startswith(name) and focused != but:
            return await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name!r} by keyboard")


async def heard(page: Page, *words: str) -> None:
    """Exactly this was heard since the last time, in this order; each begins so."""
    try:
        await page.wait_for_function("count => said.length >= count", arg=len(words), timeout=10_000)
        await page.wait_for_timeout(300)
    finally:
        said: list[str] = await page.evaluate("said.splice(0)")
    assert len(said) == len(words), said
    assert all(one.startswith(wanted) for one, wanted in zip(said, words, strict=True)), said


async def nameless(page: Page) -> list[str]:
    """Controls of Chromium's accessibility tree that have no name."""
    session = await page.context.new_cdp_session(page)
    tree: dict[str, Any] = await session.send("Accessibility.getFullAXTree")
    nodes = [node for node in tree["nodes"] if not node["ignored"] and node["role"]["value"] in NAMED]
    assert nodes
    return [node["role"]["value"] for node in nodes if not node.get("name", {}).get("value")]


async def test_a_partner_comes_takes_part_and_leaves(chromium: Browser) -> None:
    service = partner(states.PARTNER)
    async with serving(service):
        page = await hearing(chromium, service, "/join")
        await page.get_by_role("heading", name="Your session").wait_for()
        await heard(page, "One moment", "Hello Alex. One moment")
        await press(page, "Check my camera and sound")
        await page.get_by_role("status").filter(has_text="You’re ready").wait_for()
        first, then, shown, *found = await page.evaluate("said.splice(0)")
        assert first.startswith("Your browser asks now"), first
        assert then.startswith("[Let’s see"), then
        assert shown.startswith("Only you see and hear this"), shown
        # What is still being tried is heard only where the trying takes its time.
        assert found[-1] == "You’re ready: they will see and hear you.", found
        assert len(found) <= 3, found
        assert await nameless(page) == []
        await press(page, "Go to the waiting room")
        await arrived(service, "arrive", page)
        await service.change(states.WAITING)
        await page.get_by_role("heading", name="You’re here").wait_for()
        assert (await page.evaluate("said.splice(0)"))[-2:] == [
            "Dr. Rivera knows that you’ve arrived. Nobody can see or hear you yet.",
            "[You’re here, Alex.]",
        ]
        assert await nameless(page) == []
        await service.change(replace(states.WAITING, host=Host("Dr. Rivera", "dropped")))
        await heard(page, "Dr. Rivera lost the connection")
        await service.change(states.WAITING)
        await heard(page, "Dr. Rivera knows")
        service.away = True
        await service.hang_up()
        await heard(page, "Your connection is away")
        service.away = False
        await heard(page, "You’re connected again.")

        await service.change(replace(states.ROOM, people=()))
        await heard(page, "[Your session]")
        await service.change(states.ROOM)
        await heard(page, "Dr. Rivera is here. Robin is here.")
        assert await nameless(page) == []
        await service.change(states.PARTNERS["room lost"])
        await heard(page, "A connection was lost; we’re waiting a moment.")
        await service.change(states.ROOM)
        await heard(page, "Robin is back.")
        for button, said in (
            ("Mute", "You’re muted."),
            ("Unmute", "You can be heard."),
            ("Camera off", "Your camera is off."),
            ("Camera on", "Your camera is on."),
        ):
            await press(page, button)
            await heard(page, said)
        await service.change(replace(states.ASKED, people=states.ROOM.people))
        await heard(page, "Your partner has come. May they join you now?")
        await press(page, "Leave", but="Leave quickly")
        await press(page, "Leave", but="Leave quickly")
        await heard(page, "[You’ve left.]")
        assert service.given("leave") == [{}]
        await page.close()


async def test_a_therapist_lets_in_takes_more_time_sends_back_and_ends(chromium: Browser) -> None:
    service = therapist(states.THERAPISTS["waiting"])
    async with serving(service):
        page = await hearing(chromium, service, "/console")
        await page.get_by_text("Your own picture").or_(page.get_by_label("Your own picture")).first.wait_for()
        await heard(page, "One moment", "Waiting for Robin until", "Your camera is on.")
        await press(page, "Let Alex in")
        assert await arrived(service, "admit", page) == {"participant": "a"}

        await service.change(states.THERAPISTS["card"])
        await heard(page, "Robin hasn’t come. How do you want to go on? 4 minutes to answer.")
        assert await nameless(page) == []
        await press(page, "Wait 5 more minutes")
        assert (await arrived(service, "answer_card", page))["option"] == "wait"
        await expect(page.get_by_role("alertdialog")).to_be_focused()
        await page.evaluate("said.splice(0)")
        await service.change(states.THERAPISTS["waiting"])
        await heard(page, "Waiting for Robin until", "[Alex & Robin]")

        await service.change(states.THERAPISTS["room"])
        await page.evaluate("said.splice(0)")
        await press(page, "Back to waiting")
        assert await arrived(service, "send_back", page) == {"participant": "a"}
        await press(page, "End session")
        await press(page, "End the session")
        assert await arrived(service, "end_session", page) == {}
        await page.close()
