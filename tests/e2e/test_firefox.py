"""The same journeys in Debian's Firefox, alone and with Chromium in the room."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.attendance.model import Kind
from tests.e2e.people import KEEP_PEERS, hears, sees, window, window_on
from tests.support.browser import firefox_running
from tests.support.network import network

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(240)]


async def tap(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()


async def test_a_partner_in_firefox_meets_the_others_loses_the_network_and_comes_back(chromium: Browser) -> None:
    with network() as elsewhere:
        async with (
            firefox_running(elsewhere) as firefox,
            window(chromium, prepare=KEEP_PEERS, lan=True) as opened,
            window_on(opened.home, firefox, KEEP_PEERS) as foxes,
        ):
            therapist, robin = await opened.opens("therapist"), await opened.waits("b")
            alex = await foxes.opens("a")
            await tap(alex, "Check my camera and sound")
            await expect(alex.get_by_text("works: we hear you")).to_be_visible()
            await tap(alex, "Go to the waiting room")
            await alex.get_by_role("heading", name="You’re here").wait_for()
            await tap(therapist, "Let both in and start")
            for page, others in ((alex, ("therapist", "b")), (robin, ("therapist", "a")), (therapist, ("a", "b"))):
                await sees(page, *others)
                await hears(page, 2)
                await expect(page.locator(".privacy")).to_have_text("End-to-end encrypted")

            await tap(alex, "Mute")
            await tap(alex, "Camera off")
            tile = robin.locator("[data-tile=a]")
            await expect(tile).to_contain_text("Microphone off")
            await expect(tile).to_contain_text("Camera off")
            await tap(alex, "Unmute")
            await tap(alex, "Camera on")
            await sees(robin, "therapist", "a")

            elsewhere.cut(urlsplit(opened.home.links.base_url).port or 443)
            await expect(alex.get_by_text("Your connection is away")).to_be_visible(timeout=40_000)
            await expect(tile).to_contain_text("coming back", timeout=40_000)
            elsewhere.mend()
            await expect(alex.get_by_text("Your connection is away")).to_have_count(0, timeout=40_000)
            for page, others in ((alex, ("therapist", "b")), (robin, ("therapist", "a"))):
                await sees(page, *others)
                await hears(page, 2)

            await tap(therapist, "End session")
            await tap(therapist, "End the session")
            await expect(alex.get_by_role("heading", name="Your session has ended.")).to_be_visible()


async def test_the_therapist_in_firefox_lets_in_holds_and_decides_on_the_card(chromium: Browser) -> None:
    async with (
        firefox_running() as firefox,
        window(chromium, prepare=KEEP_PEERS, speed=60) as opened,
        window_on(opened.home, firefox, KEEP_PEERS) as foxes,
    ):
        therapist, alex = await foxes.opens("therapist"), await opened.waits("a")
        await therapist.get_by_text("Yes, today").click()
        alone = therapist.get_by_role("alertdialog").get_by_role("button", name="See Alex alone")
        await alone.click(timeout=60_000)
        await sees(alex, "therapist")
        await sees(therapist, "a")
        await hears(therapist, 1)
        await tap(therapist, "Back to waiting")
        await alex.get_by_role("heading", name="You’re here").wait_for()
        await tap(therapist, "Let Alex in")
        await sees(alex, "therapist")
        await tap(therapist, "End session")
        await tap(therapist, "End the session")
        await expect(therapist.get_by_role("heading", name="What follows")).to_be_visible()


async def test_in_a_group_firefox_is_seen_by_everybody_and_sees_them(chromium: Browser) -> None:
    async with (
        firefox_running() as firefox,
        window(chromium, prepare=KEEP_PEERS, kind=Kind.GROUP) as opened,
        window_on(opened.home, firefox, KEEP_PEERS) as foxes,
    ):
        therapist, robin, alex = await opened.opens("therapist"), await opened.waits("b"), await foxes.waits("a")
        for name in ("Alex", "Robin"):
            await tap(therapist, f"Let {name} in")
        for page, others in ((alex, ("therapist", "b")), (robin, ("therapist", "a")), (therapist, ("a", "b"))):
            await sees(page, *others)
            await hears(page, 2)
            await expect(page.locator(".privacy")).to_have_text("End-to-end encrypted")
