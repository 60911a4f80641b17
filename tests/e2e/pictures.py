"""Take the README's pictures from the real pages: python -m tests.e2e.pictures [FOLDER [NAME…]]

A few circumstances, in about three minutes. Nobody's camera is seen: soft colours move instead.
"""

from __future__ import annotations

import asyncio
import math
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.architecture.imports import ROOT
from tests.e2e.people import DESK, PHONE, Window, sees, window
from tests.e2e.test_first_day import (
    books,
    first_day,
    holds_the_intake,
    sets_up,
    signs_and_waits,
    write_and_sign_the_plan,
)
from tests.service.support import eventually
from tests.support.browser import chromium_running

WIDTH, HEIGHT, FRAMES = 320, 240, 40


async def main(folder: Path, *only: str) -> None:
    """`only` are names of circumstances; without any it is all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        video = Path(temporary) / "colours.y4m"
        video.write_bytes(colours())
        async with chromium_running(f"--use-file-for-fake-video-capture={video}") as browser:
            for tell in (
                everybody_comes,
                both_at_one_device,
                nobody_more_comes,
                robin_comes_late,
                the_team_looks,
                a_policy,
                a_clinics_weeks,
            ):
                if not only or tell.__name__ in only:
                    print(tell.__name__.replace("_", " "), file=sys.stderr)
                    await tell(browser, folder)


async def everybody_comes(browser: Browser, folder: Path) -> None:
    async with window(browser, speed=1) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        robin = await opened.waits("b")
        await shoot(alex, folder / "waiting.png")
        await therapist.get_by_role("button", name="Let both in and start").click()
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        await asyncio.sleep(2)
        await shoot(therapist, folder / "room-console.png")
        await shoot(alex, folder / "room-phone.png")


async def both_at_one_device(browser: Browser, folder: Path) -> None:
    async with window(browser) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await alex.get_by_role("button", name="We’re both here, at this device").click()
        robin = await opened.opens("b")
        await robin.get_by_role("button", name="I’m at my partner’s device").click()
        await therapist.get_by_role("button", name="Let Alex in").click()
        await therapist.get_by_role("button", name="Yes, I see both").wait_for()
        await shoot(robin, folder / "one-device-phone.png")
        await shoot(therapist, folder / "one-device-console.png")


async def the_team_looks(browser: Browser, folder: Path) -> None:
    async with window(browser, history=True) as opened:
        page = await opened.tab(opened.home.links.team)
        await page.get_by_label("Keep watching").check()
        await page.set_viewport_size(DESK)  # type: ignore[arg-type]
        await shoot(page, folder / "review.png")
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await shoot(page, folder / "review-phone.png")


async def a_policy(browser: Browser, folder: Path) -> None:
    async with window(browser) as opened:
        page = await opened.tab(opened.home.links.administrator)
        await page.get_by_label("The therapist is asked").fill("8")
        await page.get_by_label("The therapist is asked").press("Enter")
        await page.locator("#card_after-now.chip").wait_for()
        await page.get_by_role("button", name="Try this change").click()
        await page.get_by_role("heading", name="What would a year look like?").wait_for(timeout=90_000)
        await page.set_viewport_size(DESK)  # type: ignore[arg-type]
        await page.get_by_role("heading", name="Is it safe?").scroll_into_view_if_needed()
        await page.evaluate("document.querySelector('#safe').scrollIntoView()")
        await shoot(page, folder / "policy.png")
        await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await page.evaluate("scrollTo(0, 0)")
        await shoot(page, folder / "policy-phone.png")


async def a_clinics_weeks(browser: Browser, folder: Path) -> None:
    """A first day as its test lives it, and pictures on the way."""
    async with first_day(browser) as day:
        await sets_up(day)
        desk = await day.opens(await day.mailed("Dr. Rivera", "Your page at the clinic"))
        await desk.get_by_role("button", name="Alex and Robin").wait_for()
        await shoot(desk, folder / "clinic.png")
        await desk.get_by_role("button", name="Alex and Robin").click()
        await desk.get_by_role("button", name="The week after").click()
        await desk.get_by_role("heading", name="Week 2").wait_for()
        await shoot(desk, folder / "week.png", height=1150)
        await desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await shoot(desk, folder / "week-phone.png", height=1150)
        await desk.close()
        desk, console = await books(day)
        portal, alex = await signs_and_waits(day, "Alex")
        _, robin = await signs_and_waits(day, "Robin")
        await holds_the_intake(console, alex, robin)
        await console.evaluate("scrollTo(0, 0)")
        await shoot(console, folder / "first-session.png", height=1150)
        await write_and_sign_the_plan(console, alex, robin)
        await alex.evaluate("document.querySelector('.planpanel').scrollTo(0, 0)")
        await shoot(alex, folder / "plan-phone.png")
        await console.get_by_role("button", name="End session").click()
        await console.get_by_role("dialog").get_by_role("button", name="End the session").click()
        await portal.reload()
        await portal.get_by_text("Evenings without fear").wait_for()
        await shoot(portal, folder / "portal.png")
        await portal.get_by_role("heading", name="The two of you").scroll_into_view_if_needed()
        await portal.evaluate("document.querySelector('[aria-labelledby=together]').scrollIntoView()")
        await shoot(portal, folder / "portal-together.png")
        await desk.get_by_role("tab", name="Hours").click()
        await desk.get_by_role("button", name="Show the report").click()
        await desk.get_by_text("The one session").click()
        await desk.evaluate("document.querySelector('[aria-labelledby=report]').scrollIntoView()")
        await shoot(desk, folder / "report.png", height=1000)


async def nobody_more_comes(browser: Browser, folder: Path) -> None:
    async with window(browser, speed=60) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await therapist.get_by_role("button", name="Find a new time").wait_for(timeout=30_000)
        await shoot(therapist, folder / "card.png")
        await therapist.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await shoot(therapist, folder / "card-phone.png")
        await therapist.set_viewport_size(DESK)  # type: ignore[arg-type]
        await alex.get_by_text("new time").first.wait_for(timeout=30_000)
        await shoot(alex, folder / "closing.png")
        times = await opened.tab((await proposals(opened))[0])
        await times.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await times.locator("input[type=checkbox]").first.wait_for()
        await shoot(times, folder / "times.png")


async def robin_comes_late(browser: Browser, folder: Path) -> None:
    async with window(browser, speed=60) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await therapist.get_by_text("Yes, today").click()
        await therapist.get_by_role("button", name="See Alex alone").click(timeout=20_000)
        await sees(alex, "therapist")
        robin = await opened.waits("b")
        ask = therapist.get_by_role("button", name="Ask Alex, then join them")
        await ask.wait_for(timeout=20_000)
        await shoot(therapist, folder / "late-card.png")
        await shoot(robin, folder / "late-held.png")
        await ask.click()
        await alex.get_by_role("button", name="Yes").wait_for()
        await shoot(alex, folder / "late-question.png")


async def proposals(opened: Window) -> list[str]:
    async def links() -> list[str]:
        return [link for mail in await opened.home.mails() for link in mail["links"] if "/times#" in link]

    found: list[str] = await eventually(links, "a proposal of new times")
    return found


async def shoot(page: Page, path: Path, height: int | None = None) -> None:
    """`height` shows more of a long page than fits a screen."""
    size = page.viewport_size
    assert size is not None
    await page.bring_to_front()
    await page.set_viewport_size({**size, "height": height or size["height"]})
    await page.wait_for_timeout(400)
    await page.screenshot(path=path)
    await page.set_viewport_size(size)


def colours() -> bytes:
    """A YUV4MPEG2 film of soft bands that drift and come round again."""

    def plane(width: int, height: int, phase: float, middle: int, swing: int) -> bytes:
        rows = []
        for y in range(height):
            at = [math.sin(2 * math.pi * (0.7 * x / width + 0.5 * y / height + phase)) for x in range(width)]
            rows.append(bytes(int(middle + swing * value) for value in at))
        return b"".join(rows)

    film = [f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F20:1 Ip A1:1 C420jpeg\n".encode()]
    for number in range(FRAMES):
        turn, half = number / FRAMES, (WIDTH // 2, HEIGHT // 2)
        film += [
            b"FRAME\n",
            plane(WIDTH, HEIGHT, turn, 140, 36),
            plane(*half, turn, 132, 8),
            plane(*half, turn, 122, 6),
        ]
    return b"".join(film)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "web" / "pictures", *sys.argv[2:]))
