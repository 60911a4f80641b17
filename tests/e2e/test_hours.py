"""A short week in the browser: seen, made up from the week's own proposal, reported; and what a client sees of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from server.domain.attendance import Kind
from tests.e2e.people import DESK, PHONE
from tests.service.past_clinic import Clinic, clinic_at

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

WEDNESDAY = datetime(2026, 11, 25, 17, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
SLOW = 30_000  # ms that a busy machine may take


async def test_a_short_week_is_made_up_and_reported(chromium: Browser, tmp_path: Path) -> None:
    async with clinic_at(WEDNESDAY, tmp_path, MONDAY - timedelta(weeks=1)) as clinic:
        both = clinic.partners
        await clinic.held("last-week", MONDAY - timedelta(weeks=1), both, comes="a")
        await clinic.held("monday", MONDAY, both)
        await clinic.held("group", MONDAY + timedelta(hours=8), both, Kind.GROUP, minutes=115)
        context = await chromium.new_context(locale="en-US", reduced_motion="reduce", accept_downloads=True)
        context.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        therapist = await opened(context, clinic, f"/clinic#{clinic.desk.token}")
        await therapist.get_by_role("button", name="Alex and Robin").click()
        await therapist.get_by_role("tab", name="Hours").click()
        week = therapist.get_by_role("region", name="This week")
        await expect(week).to_contain_text("Robin’s week comes to 2 h 40 min: 2 h 40 min held")
        offered = await week.get_by_role("listitem").count()
        assert offered > 0
        await week.get_by_role("button", name="in the week").click()
        booked = "Book this session" if offered == 1 else f"Book these {offered} sessions"
        await therapist.get_by_role("button", name=booked, exact=True).click()
        await expect(therapist.get_by_role("button", name=booked, exact=True)).to_have_count(0)
        await therapist.get_by_role("tab", name="Hours").click()
        await expect(week.get_by_text("2 h 40 min held, 6 h 30 min still planned. That’s a whole week.")).to_have_count(
            2
        )
        await reports(therapist)
        client = await opened(context, clinic, f"/portal#{clinic.portals['b']}", phone=True)
        own = client.get_by_role("region", name="Your week")
        await expect(own).to_contain_text("2 h 40 min so far: 45 min together, 1 h 55 min in groups.")
        await expect(own).to_contain_text("Still to come:")
        await context.close()


async def opened(context: BrowserContext, clinic: Clinic, path: str, phone: bool = False) -> Page:
    page = await context.new_page()
    await page.set_viewport_size(PHONE if phone else DESK)  # type: ignore[arg-type]
    await page.goto(f"{clinic.office.built.settings.base_url}{path}")
    return page


async def reports(page: Page) -> None:
    """The report of these weeks, as it is shown and as it is kept."""
    await page.get_by_label("From").fill("2026-11-16")
    await page.get_by_label("To, this day included").fill("2026-11-25")
    await page.get_by_role("button", name="Show the report").click()
    hints = page.get_by_role("region", name="Hints for billing")
    await hints.locator("summary", has_text="90846").click()
    await expect(hints).to_contain_text("Nov 16: 35 min")
    kept = {}
    for button in ("Keep as a spreadsheet", "Keep as a PDF"):
        async with page.expect_download() as coming:
            await page.get_by_role("button", name=button).click()
        download = await coming.value
        kept[download.suggested_filename] = Path(await download.path()).read_bytes()
    file = kept["attendance-2026-11-16-2026-11-25.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(file, newline=""), strict=True))
    assert [(row["partner"], row["minutes_together"]) for row in rows if row["session"] == "couples"] == [
        ("Alex", "0"),
        ("Robin", "0"),
        ("Alex", "45"),
        ("Robin", "45"),
    ]
    assert kept["attendance-2026-11-16-2026-11-25.pdf"].startswith(b"%PDF-")
