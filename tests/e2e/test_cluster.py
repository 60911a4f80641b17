"""Browsers on two nodes: the one in use is killed in the middle, and the session goes on at the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from server.domain.session import events as e
from tests.cluster.nodes import SESSION, cluster
from tests.cluster.record import told
from tests.e2e.people import DESK, PHONE, sees
from tests.service.support import eventually

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(400)]


async def test_the_node_in_use_is_killed_and_everyone_is_back_in_their_seat(chromium: Browser, tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened:
        context = await chromium.new_context(permissions=["camera", "microphone"])
        links = opened.links
        therapist = await _page(context, links.therapist, DESK)
        alex, robin = [await _waits(context, link) for link in (links.partner_a, links.partner_b)]
        await therapist.get_by_role("button", name="Let both in and start").click(timeout=60_000)
        people = {"therapist": therapist, "a": alex, "b": robin}
        await _all_see_each_other(people)
        await (await opened.home()).kill()

        async def all_are_back() -> bool:
            return sum(isinstance(one, e.Connected) for one in await told(opened.database, SESSION)) >= 2 * len(people)

        await eventually(all_are_back, "everybody to have their seat again", 60)
        await _all_see_each_other(people)
        await robin.get_by_role("button", name="Mute").click()
        await expect(alex.locator("[data-tile=b]")).to_contain_text("Microphone off")
        await robin.reload()  # from an address that all nodes share
        await robin.get_by_role("button", name="Go back in").click()
        await _all_see_each_other(people)
        await therapist.get_by_role("button", name="End session").first.click()
        await therapist.get_by_role("dialog").get_by_role("button", name="End the session").click()
        await expect(alex.locator("video[data-person=therapist]")).to_have_count(0, timeout=30_000)
        happened = await told(opened.database, SESSION)
        assert [type(one) for one in happened if isinstance(one, (e.Started, e.Concluded))] == [e.Started, e.Concluded]
        assert not [one for one in happened if isinstance(one, (e.AbsenceDeclared, e.CardRaised))]
        outcomes = [dict(one.outcomes) for one in happened if isinstance(one, e.OutcomesSet)]
        assert outcomes
        assert set(outcomes[-1].values()) == {"attended"}
        await context.close()


async def _page(context: BrowserContext, link: str, size: dict[str, int]) -> Page:
    page = await context.new_page()
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.goto(link)
    return page


async def _waits(context: BrowserContext, link: str) -> Page:
    page = await _page(context, link, PHONE)
    await page.get_by_role("button", name="Check my camera and sound").click(timeout=60_000)
    await page.locator("video[data-person=you]").wait_for()
    await page.get_by_role("button", name="Go to the waiting room").click()
    await page.get_by_role("heading", name="You’re here").wait_for()
    return page


async def _all_see_each_other(people: dict[str, Page]) -> None:
    for who, page in people.items():
        await sees(page, *(set(people) - {who}))
