"""The same pages over LiveKit: they offer, people meet, are sent back, come in again, and LiveKit dies."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.people import sees, window
from tests.service.support import eventually
from tests.support.livekit import livekit_in

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_a_session_over_livekit_and_its_restart(chromium: Browser, tmp_path: Path) -> None:
    livekit = livekit_in(tmp_path)
    with livekit.running() as process:
        async with window(chromium, backend=livekit.settings) as opened:
            therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
            await therapist.get_by_role("button", name="Let both in and start").click()
            for page, others in ((therapist, "ab"), (alex, ("therapist", "b")), (robin, ("therapist", "a"))):
                await sees(page, *others)
            await expect(alex.get_by_text("end-to-end encrypted").first).to_be_visible(timeout=20_000)

            await therapist.get_by_role("button", name="Back to waiting").nth(1).click()
            await expect(robin.get_by_role("heading", name="You’re here")).to_be_visible()
            await sees(alex, "therapist")
            await therapist.get_by_role("button", name="Let Robin in").click()
            await sees(robin, "therapist", "a")
            await sees(alex, "therapist", "b")

            process.kill()
            process.wait()

            async def stopped() -> bool:
                return (await opened.home.built.dispatcher.session(opened.home.links.session)).paused_since is not None

            await eventually(stopped, "the clocks to stop", 30)
            with livekit.running():
                for page, others in ((therapist, "ab"), (alex, ("therapist", "b")), (robin, ("therapist", "a"))):
                    await sees(page, *others)

                async def goes_on() -> bool:
                    session = await opened.home.built.dispatcher.session(opened.home.links.session)
                    return session.paused_since is None and all(outage.until for outage in session.outages)

                await eventually(goes_on, "the clocks to run again", 30)
                await therapist.get_by_role("button", name="Remove").nth(1).click()
                await therapist.get_by_role("dialog").get_by_role("button", name="Remove Robin").click()
                await expect(robin.get_by_text("Your part of this session is over")).to_be_visible()
                await sees(alex, "therapist")
