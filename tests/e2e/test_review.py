"""The treatment team at a browser: what was missed comes to them, and what they say of it stays (A10, D7)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.async_api import Browser, expect

from server.adapters.codec import JsonCodec
from server.application.ports import OutboxDraft
from server.domain.session.effects import Welcome
from tests.e2e.people import DESK, window
from tests.service.support import eventually

FAR = datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(120)]


async def test_the_team_looks_at_two_misses_and_its_word_is_kept(chromium: Browser) -> None:
    async with window(chromium, history=True) as opened:
        page = await opened.tab(opened.home.links.team)
        await page.set_viewport_size(DESK)  # type: ignore[arg-type]
        item = page.locator("article.review")
        await expect(item).to_contain_text("Robin couldn’t be there for two sessions in a row.")
        await expect(item.get_by_role("img")).to_have_accessible_name(
            "Attendance of Alex and Robin: together in 3 of 6 sessions."
        )
        keep = item.get_by_role("button", name="Keep this")
        await expect(keep).to_be_disabled()
        await item.get_by_label("Keep watching").check()
        await item.get_by_label("Reach out").check()
        await item.get_by_label("A note for the team").fill("We call on Tuesday.")
        await keep.click()
        await expect(page.get_by_text("Nothing is waiting for you.")).to_be_visible()
        await page.reload()
        said = page.locator("article.review .said")
        await expect(said).to_contain_text("Keep watching. Reach out.")
        await expect(said).to_contain_text("“We call on Tuesday.”")
        await expect(said).to_contain_text("Treatment team, ")
        for who in ("therapist", "a", "b"):
            other = await opened.opens(who)
            await expect(other.get_by_text("Robin").or_(other.get_by_text("Hello")).first).to_be_visible()
            assert await other.get_by_text("We call on Tuesday").count() == 0


async def test_the_team_sees_what_did_not_go_out_and_tries_it_again(chromium: Browser) -> None:
    async with window(chromium) as opened:
        built = opened.home.built
        appointment = await built.store.appointment(opened.home.links.session)
        assert appointment is not None
        lost = OutboxDraft("lost-1", *JsonCodec().encode(Welcome(appointment.people["a"])), FAR)
        await built.store.post("lost", lost)
        await built.store.give_up("lost-1", "the mail server took too long")
        page = await opened.tab(opened.home.links.team)
        row = page.get_by_role("article", name="Welcome, with the personal link for Alex")
        await expect(row).to_contain_text("Tried once: the mail server took too long.")
        await row.get_by_role("button", name="Try again").click()
        await expect(page.get_by_role("status").filter(has_text="It is tried again now.")).to_be_visible()
        await expect(row).to_be_hidden()

        async def sent() -> bool:
            assert built.kept is not None
            return any("/portal#" in message.text for message in built.kept.to("alex@example.com"))

        await eventually(sent, "the welcome")
        await page.reload()
        await expect(page.get_by_role("heading", name="To look at together")).to_be_visible()
        assert await page.get_by_text("Messages that did not go out").count() == 0
