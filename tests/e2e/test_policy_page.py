"""The administrator at a browser: a change is tried, seen for what it does, and then counts."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.people import DESK, window
from tests.support.policies import DANGEROUS

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(180)]

SLOW = 90_000  # ms: a proof, a comparison or a year, on a busy machine


async def test_a_changed_number_is_tried_and_then_decides_for_who_has_not_begun(chromium: Browser) -> None:
    async with window(chromium, speed=20) as opened:
        await opened.home.enters("therapist")
        await opened.home.enters("a")  # this session has begun, so it keeps its policy
        page = await opened.tab(opened.home.links.administrator)
        await page.set_viewport_size(DESK)  # type: ignore[arg-type]
        number = page.get_by_label("The therapist is asked")
        await expect(number).to_have_value("10")
        await number.fill("8")
        await number.press("Enter")
        await expect(page.locator("#card_after-now.chip")).to_have_text("now 10 min")
        await page.get_by_role("button", name="Try this change").click()
        await expect(page.get_by_text("things that must always hold do")).to_be_visible(timeout=SLOW)
        await expect(page.get_by_text("The therapist is asked: ").first).to_be_visible(timeout=SLOW)
        year = page.get_by_role("table")
        await expect(year.get_by_role("row", name="questions to the therapist")).to_be_visible(timeout=SLOW)
        await page.get_by_role("button", name="Let it count from now on").click()
        await page.get_by_role("dialog").get_by_role("button", name="Let it count").click()
        await expect(page.get_by_role("heading", name="In force: ours, version 1")).to_be_visible(timeout=SLOW)
        begun = await opened.home.built.dispatcher.session(opened.home.links.session)
        assert opened.home.built.dispatcher.policy_of(begun).name == "default@1"
        assert opened.home.built.book.current.name == "ours@1"
        await page.reload()
        await expect(page.get_by_label("The therapist is asked")).to_have_value("8")


async def test_a_dangerous_clause_cannot_count_and_the_page_shows_whom_it_would_hurt(chromium: Browser) -> None:
    async with window(chromium) as opened:
        page = await opened.tab(opened.home.links.administrator)
        await page.get_by_text("As a file, with clauses of your own").click()
        await page.locator("textarea").fill(DANGEROUS.replace("J6", "J99"))
        await expect(page.get_by_role("alert")).to_contain_text("This can’t be read yet.")
        await expect(page.get_by_role("button", name="Try this change")).to_be_disabled()
        await page.get_by_role("button", name="Line 5").click()
        await expect(page.locator("textarea")).to_be_focused()
        await page.locator("textarea").fill(DANGEROUS)
        await page.get_by_role("button", name="Try this change").click()
        broken = page.locator("li.notice.rose").first
        await expect(broken).to_contain_text("Nobody is seen alone without", timeout=SLOW)
        await expect(broken).to_contain_text("no consent to solo sessions")
        await expect(broken).to_contain_text("goes on with one partner alone")
        await expect(broken.get_by_role("link", name="These facts as a file")).to_be_visible()
        await expect(page.get_by_text("What would a year look like?")).to_be_visible(timeout=SLOW)
        assert await page.get_by_role("button", name="Let it count from now on").count() == 0
