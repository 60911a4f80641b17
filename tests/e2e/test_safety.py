"""Three people at browsers: one is spoken with alone, the clock goes over, and one has to leave in an instant."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.people import sees, window

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_a_word_alone_more_time_a_silent_sign_and_a_quick_exit(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
        await alex.get_by_role("button", name="No", exact=True).click()
        await robin.get_by_role("button", name="Yes", exact=True).click()
        await expect(therapist.get_by_text("Alex isn’t alone, or not safe to talk.")).to_be_visible()
        await therapist.get_by_role("button", name="Let both in and start").click()
        await expect(therapist.get_by_text("Speak with them alone first.")).to_be_visible()
        await expect(alex.get_by_role("heading", name="You’re here, Alex.")).to_be_visible()
        await therapist.get_by_role("button", name="It’s settled: they may meet").click()
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(alex, "therapist", "b")

        await therapist.get_by_role("button", name="Speak with Alex alone").click()
        await expect(robin.get_by_text("Dr. Rivera is speaking with your partner alone")).to_be_visible()
        await expect(alex.get_by_text("You’re with Dr. Rivera alone.")).to_be_visible()
        await sees(alex, "therapist")
        await expect(robin.locator("video:not([data-person=you])")).to_have_count(0)
        await therapist.get_by_role("button", name="Back to both").click()
        await sees(robin, "therapist", "a")

        seen = await robin.locator("main").inner_text()
        await alex.locator(".mine").click(click_count=3)
        await expect(therapist.get_by_text("Alex asks for help, without a word.")).to_be_visible()
        assert await robin.locator("main").inner_text() == seen
        await alex.keyboard.press("Escape")
        await alex.keyboard.press("Escape")
        await alex.wait_for_url("**/today")
        await expect(therapist.get_by_text("left in a hurry")).to_be_visible()
        await expect(robin.locator("[data-tile=a]")).to_have_count(0)
