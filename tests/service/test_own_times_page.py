"""Somebody says in the browser when they can come; what is offered from then on keeps to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect

from tests.service.test_booked import reads_well, team
from tests.service.test_first_day import Desk, first_day
from tests.support.calendars import calendar_file, event

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio, pytest.mark.timeout(120)]


async def opened(browser: Browser, desk: Desk, link: str, words: str) -> Page:
    page = await browser.new_page(viewport={"width": 320, "height": 700}, reduced_motion="reduce")
    await page.goto(f"{desk.built.settings.base_url}/{link}")
    await page.locator("summary", has_text=words).click()
    return page


async def test_a_client_says_when_they_are_away_and_elsewhere_and_brings_a_calendar(
    chromium: Browser, tmp_path: Path
) -> None:
    async with first_day() as office:
        kim = await team(office)
        wednesday = await kim.wall("00:00")
        path = kim.path("/times?partners=ab&minutes=50")
        before = (await kim.desk.gets(path))["times"]
        assert any(at.startswith(f"{wednesday:%Y-%m-%d}") for at in before)
        token = await kim.desk.mailed("kim@example.org", "portal")
        page = await opened(chromium, kim.desk, f"portal#{token}", "When I can come")

        away = page.get_by_role("region", name="Away")
        await away.get_by_role("button", name="I’m away for a while").click()
        for label in ("From", "Until"):
            await away.get_by_label(label, exact=True).fill(f"{wednesday:%Y-%m-%d}")
        await away.get_by_label("At", exact=True).fill("00:00")
        await away.get_by_label("At, on that day").fill("23:59")
        await away.get_by_role("button", name="Keep").click()
        await expect(away.get_by_role("button", name="Take out")).to_be_visible()
        after = (await kim.desk.gets(path))["times"]
        assert after
        assert not any(at.startswith(f"{wednesday:%Y-%m-%d}") for at in after)

        elsewhere = page.get_by_role("region", name="In another place")
        await elsewhere.get_by_role("button", name="I’ll be elsewhere").click()
        await elsewhere.get_by_label("Where").fill("US-FL")
        await elsewhere.get_by_role("button", name="Keep").click()
        await expect(elsewhere.get_by_text("US-FL:")).to_be_visible()

        thursday = datetime.fromisoformat(f"{wednesday + timedelta(days=1):%Y%m%d}")
        busy = tmp_path / "mine.ics"
        busy.write_bytes(calendar_file(event(f"DTSTART;VALUE=DATE:{thursday:%Y%m%d}")))
        calendars = page.get_by_role("region", name="My other calendars")
        await calendars.get_by_role("button", name="Add a calendar").click()
        await calendars.get_by_label("What to call it").fill("Work")
        await reads_well(page)
        await calendars.get_by_label("Or a file (.ics)").set_input_files(busy)
        await expect(calendars.get_by_text("1 busy times")).to_be_visible()
        left = (await kim.desk.gets(path))["times"]
        assert not any(at.startswith(f"{thursday:%Y-%m-%d}") for at in left)
        await calendars.get_by_role("button", name="Take out: Work").click()
        await expect(calendars.get_by_role("button", name="Take out: Work")).to_have_count(0)


async def test_a_therapist_changes_their_hours_and_subscribes_to_their_appointments(chromium: Browser) -> None:
    async with first_day() as office:
        kim = await team(office)
        await kim.books()
        page = await opened(chromium, kim.desk, f"clinic#{kim.desk.token}", "When I can come")
        await page.get_by_label("Monday", exact=True).uncheck()
        await page.get_by_role("group", name="A usual week").locator("..").get_by_role("button", name="Keep").click()
        await expect(page.get_by_text("Kept.")).to_be_visible()
        monday = (await kim.look())["monday"]
        assert not any(
            at.startswith(monday) for at in (await kim.desk.gets(kim.path("/times?partners=ab&minutes=50")))["times"]
        )
        await page.get_by_role("button", name="Make an address").click()
        address = await page.locator(".secret").inner_text()
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            found = list(Calendar.from_ical(await answer.read()).walk("VEVENT"))
        assert [str(one["SUMMARY"]) for one in found] == ["Appointment"]
        await page.get_by_role("button", name="End it").click()
        await expect(page.get_by_role("button", name="Make an address")).to_be_visible()
        async with aiohttp.ClientSession() as http, http.get(address) as answer:
            assert answer.status == 404
