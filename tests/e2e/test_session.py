"""A session at real browsers with camera and microphone, over the network as it is: no flag relaxes anything."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.people import Window, sees, window

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]


async def _together(opened: Window) -> tuple[Page, Page, Page]:
    therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
    await therapist.get_by_role("button", name="Let both in and start").click()
    return therapist, alex, robin


async def test_three_people_meet_and_decode_each_other(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await _together(opened)
        await sees(therapist, "a", "b")
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        stored = "localStorage.length + sessionStorage.length + document.cookie.length"
        assert [await page.evaluate(stored) for page in (therapist, alex, robin)] == [0, 0, 0]


async def test_mute_camera_and_leaving_are_seen(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await _together(opened)
        await sees(alex, "therapist", "b")
        await robin.get_by_role("button", name="Mute").click()
        await robin.get_by_role("button", name="Camera off").click()
        tile = alex.locator("[data-tile=b]")
        await expect(tile).to_contain_text("Microphone off")
        await expect(tile).to_contain_text("Camera off")
        await robin.get_by_role("button", name="Leave", exact=True).click()
        await robin.get_by_role("dialog").get_by_role("button", name="Leave").click()
        await expect(therapist.get_by_text("left").first).to_be_visible()
        await sees(alex, "therapist")


async def test_a_reloaded_page_comes_back_to_its_seat(chromium: Browser) -> None:
    async with window(chromium) as opened:
        _, alex, robin = await _together(opened)
        await sees(alex, "therapist", "b")
        await robin.reload()
        await robin.get_by_role("button", name="Go back in").click()
        await sees(robin, "therapist", "a")
        await sees(alex, "therapist", "b")


async def test_sent_back_and_removed(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await _together(opened)
        await sees(robin, "therapist", "a")
        await therapist.get_by_role("button", name="Back to waiting").nth(1).click()
        await expect(robin.get_by_role("heading", name="You’re here")).to_be_visible()
        assert await robin.get_by_text("Alex").count() == 0
        await sees(alex, "therapist")
        await therapist.get_by_role("button", name="Remove").nth(1).click()
        await therapist.get_by_role("dialog").get_by_role("button", name="Remove Robin").click()
        await expect(robin.get_by_text("Your part of this session is over")).to_be_visible()


async def test_i_cannot_come_and_new_times_are_picked(chromium: Browser) -> None:
    async with window(chromium) as opened:
        alex, robin = await opened.opens("a"), await opened.opens("b")
        for page in (alex, robin):
            await page.get_by_role("button", name="I can’t come").click()
            await page.get_by_role("button", name="I’m not well").click()
        await expect(alex.get_by_role("heading", name="We’ll find a new time.")).to_be_visible(timeout=15_000)
        links = [link for mail in await _proposals(opened) for link in mail["links"]]
        for link in links:
            page = await opened.tab(link)
            await page.get_by_role("checkbox").first.wait_for()
            for box in await page.get_by_role("checkbox").all():
                await box.check()
            await page.get_by_role("button", name="times work for me").click()
        await expect(page.get_by_text("Your new time is set.")).to_be_visible()


async def _proposals(opened: Window) -> list[dict]:  # type: ignore[type-arg]
    for _ in range(100):
        found = [mail for mail in await opened.home.mails() if mail["subject"].startswith("New times")]
        if len(found) == 2:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError("no proposals were sent")
