"""A client asks for an earlier time in the portal, and takes the one that opens up."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.service.support import eventually
from tests.service.test_booked import events, reads_well, starts, team
from tests.service.test_first_day import first_day

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio, pytest.mark.timeout(120)]


async def test_both_partners_take_the_time_that_opens_up_each_on_their_own_page(chromium: Browser) -> None:
    async with first_day() as office:
        kim = await team(office)
        first, second = await kim.books("10:00"), await kim.books("13:00")
        pages = {}
        for who in ("kim", "lee"):
            token = await kim.desk.mailed(f"{who}@example.org", "portal")
            page = await chromium.new_page(viewport={"width": 320, "height": 700}, reduced_motion="reduce")
            await page.goto(f"{kim.desk.built.settings.base_url}/portal#{token}")
            pages[who] = page
        row = pages["kim"].locator("li", has=pages["kim"].locator(f"time[datetime='{second['starts_at']}']"))
        await row.get_by_role("button", expanded=False).first.click()
        await row.get_by_label("Tell me if something earlier opens up").click()
        await expect(row.get_by_text("Nobody else sees that you asked.")).to_be_visible()
        await reads_well(pages["kim"])
        assert (await kim.changes("cancel", first))[0] == 200

        lee = pages["lee"]

        async def offered() -> bool:
            await lee.reload()
            return await lee.get_by_role("heading", name="Ha quedado libre una hora").is_visible()

        await eventually(offered, "Lee is offered the time")
        await reads_well(lee)
        await lee.get_by_role("button", name="Sí, me la quedo").click()
        await expect(lee.get_by_text("Gracias. En cuanto esté fijada").first).to_be_visible()
        await pages["kim"].reload()
        await pages["kim"].get_by_role("button", name="Yes, I’ll take it").click()
        (event,) = events(await kim.mailed("lee", "REQUEST", 1))
        assert event["SEQUENCE"] == 1
        assert starts(await kim.mailed("kim", "REQUEST", 1)) == [await kim.wall("10:00")]
        standing = [one["id"] for one in (await kim.look())["booked"] if one["standing"] == "booked"]
        assert standing == [second["id"]]
