"""On the wrong day or in another zone, every page that names an appointment tells its right local time (K13)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web import states
from tests.web.clinic_states import SIGNED
from tests.web.fake_service import NOON, TOKEN, FakeService, link, serving

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

START = states.START  # Monday, 3:00 PM in Chicago, 10:00 PM in Madrid, and 6:00 AM on Tuesday in Tokyo
SESSION = replace(states.PARTNER.session, starts_at=START)


@asynccontextmanager
async def opened(
    browser: Browser, path: str, service: FakeService, zone: str = "America/Chicago"
) -> AsyncIterator[Page]:
    """The page on a device in that zone."""
    async with serving(service):
        context = await browser.new_context(locale="en-US", timezone_id=zone, viewport={"width": 320, "height": 640})
        try:
            page = await context.new_page()
            await page.goto(f"{service.url}{path}#{TOKEN}")
            yield page
        finally:
            await context.close()


def joining(days: int) -> FakeService:
    """The partner's page, so many days before the session (or, below zero, after it)."""
    view = replace(states.PARTNER, session=SESSION)
    return FakeService(view, {"/v1/links/redeem": link("partner")}, now=NOON - timedelta(days=days))


def portal(**changes: Any) -> FakeService:
    coming = [SIGNED["coming"][0] | {"starts_at": START.isoformat()}]
    rest = {"/v1/links/redeem": link("client", "portal"), "/v1/portal": (200, SIGNED | {"coming": coming})}
    return FakeService(rest=rest)


def answering() -> FakeService:
    page = states.ANSWER | {"starts_at": START.isoformat()}
    return FakeService(rest={"/v1/links/redeem": link("partner", "answer"), "/v1/answer": (200, page)})


async def test_on_any_day_the_join_page_names_the_day(chromium: Browser) -> None:
    for days, says in (
        (0, "Your session began today at 3:00"),
        (1, "Your session is tomorrow at 3:00"),
        (3, "Your session is on Monday, March 2 at 3:00"),
        (-1, "Your session began on Monday, March 2 at 3:00"),
    ):
        async with opened(chromium, "/join", joining(days)) as page:
            await expect(page.get_by_role("heading", name=says)).to_be_visible()
            await expect(page.get_by_text("Chicago time")).to_be_visible()
            early = page.get_by_text("nothing to do until then")
            await (expect(early).to_be_visible() if days > 0 else expect(early).to_be_hidden())


async def test_a_device_in_another_zone_is_told_what_its_own_clock_will_show(chromium: Browser) -> None:
    for zone, says in (
        ("Europe/Madrid", "there it’s 10:00 PM (Madrid)."),
        ("Asia/Tokyo", "there it’s Tuesday, March 3, 6:00 AM (Tokyo)."),
        ("America/Mexico_City", None),  # another name for the same time
    ):
        for where, service in (("join", joining(1)), ("portal", portal()), ("answer", answering())):
            async with opened(chromium, f"/{where}", service, zone) as page:
                await expect(page.get_by_text("Chicago time").first).to_be_visible()
                note = page.get_by_text("another time zone")
                await (expect(note).to_be_hidden() if says is None else expect(note).to_contain_text(says))
