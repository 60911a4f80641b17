"""A clinic's first day on an empty database, in the browser only: every step is a page that a person would open."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from server.demo import ClinicLinks, Options, empty_clinic
from tests.e2e.people import DESK, PHONE, sees

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(300)]

SPEED = 20  # a policy minute is three seconds
SLOW = 30_000  # ms that a busy machine may take for what a person would wait for
COUPLES = (
    (("Alex", "America/Chicago", "en"), ("Robin", "America/Denver", "en")),
    (("Kim", "America/Los_Angeles", "en"), ("Lee", "America/New_York", "es")),
)


class Day:
    """The browser of the day: every link in a tab of its own."""

    def __init__(self, links: ClinicLinks, context: BrowserContext) -> None:
        self.links, self.context = links, context
        self.errors: list[str] = []
        context.on("page", lambda page: page.on("pageerror", lambda error: self.errors.append(str(error))))

    async def opens(self, link: str, *, phone: bool = False) -> Page:
        page = await self.context.new_page()
        await page.set_viewport_size(PHONE if phone else DESK)  # type: ignore[arg-type]
        await page.goto(link)
        return page

    async def mailed(self, to: str, subject: str) -> str:
        """The link in the newest kept mail to somebody, as the page of all mail shows it."""
        page = await self.opens(self.links.messages)
        mail = page.get_by_role("article").filter(has_text=subject).filter(has_text=f"to {to}").first
        link = await mail.get_by_role("link").first.get_attribute("href", timeout=SLOW)
        await page.close()
        assert link is not None
        return link


@asynccontextmanager
async def first_day(browser: Browser) -> AsyncIterator[Day]:
    async with empty_clinic(Options(port=0, speed=SPEED)) as (_, links):
        context = await browser.new_context(
            permissions=["camera", "microphone"], timezone_id=zone(), locale="en-US", reduced_motion="reduce"
        )
        context.set_default_timeout(SLOW)
        expect.set_options(timeout=SLOW)
        day = Day(links, context)
        yield day  # after a failure the pages stay open for their screenshots; the browser closes them
        assert day.errors == []
        await context.close()


def zone() -> str:
    """The clinic's zone: one in which the week isn't over within this test."""
    ends_soon = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")) + timedelta(hours=2)
    return "Europe/Madrid" if ends_soon.weekday() == 0 and ends_soon.hour < 2 else "America/New_York"


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def sets_up(day: Day) -> None:
    """The administrator: programme, therapist, two couples."""
    page = await day.opens(day.links.administrator)
    await press(page, "Describe your programme")
    await page.get_by_label("Name of the clinic").fill("Harbour Clinic")
    await page.get_by_label("Telephone for clients").fill("+1 555 010 0100")
    await press(page, "Keep this programme")
    await press(page, "Add a therapist")
    await page.get_by_label("Name they go by").fill("Dr. Rivera")
    await page.get_by_label("Mail address").fill("rivera@example.org")
    await press(page, "Add this therapist")
    await expect(page.get_by_role("heading", name="Harbour Clinic")).to_be_visible()
    for couple in COUPLES:
        await press(page, "Add a couple")
        for nth, (name, lives, language) in enumerate(couple):
            await page.get_by_label("Name they go by").nth(nth).fill(name)
            await page.get_by_label("Mail address").nth(nth).fill(f"{name.lower()}@example.org")
            await page.get_by_label("Time zone").nth(nth).fill(lives)
            await page.get_by_label("We write in").nth(nth).select_option(language)
            await page.get_by_label("Where they are").nth(nth).fill("US-NY")
        # Today's week, whatever day it is: at the weekend the page offers the next one.
        await page.get_by_label("First week").fill(datetime.now(ZoneInfo(zone())).date().isoformat())
        await press(page, "Add this couple")
        await expect(page.get_by_role("button", name=f"{couple[0][0]} and {couple[1][0]}")).to_be_visible()
    await page.close()


async def books(day: Day) -> tuple[Page, Page]:
    """The therapist's desk and console: a first session that is now, and next week as it is proposed."""
    desk = await day.opens(await day.mailed("Dr. Rivera", "Your page at the clinic"))
    await desk.get_by_role("button", name="Alex and Robin").click()
    await desk.get_by_text("Add a session", exact=True).click()
    await desk.get_by_label("Which").select_option("intake")
    for box in await desk.locator("li.slot.proposed input").all():
        await box.uncheck()
    await press(desk, "Put it into the week")
    await press(desk, "Book this session")
    async with day.context.expect_page() as opened:
        await desk.get_by_role("button", name=re.compile("^Open the session: First session")).click()
    console = await opened.value
    await console.set_viewport_size(DESK)  # type: ignore[arg-type]
    await press(desk, "The week after")
    await expect(desk.get_by_role("heading", name="Week 2")).to_be_visible()
    await expect(
        desk.get_by_role("img", name=re.compile("Alex: .* together, .* on their own, .* in groups"))
    ).to_be_visible()
    proposed = desk.locator("li.slot.proposed")
    assert await proposed.count() > 4
    for reasons in await proposed.locator("small").all_inner_texts():
        assert re.match(r"\d+ min · \w+", reasons), "each says why it is where it is"
    await desk.get_by_role("button", name="Book these").click()
    await expect(desk.get_by_text("booked").first).to_be_visible()
    return desk, console


async def signs_and_waits(day: Day, name: str) -> tuple[Page, Page]:
    """A partner on their phone: reads and signs the agreement, and goes to the waiting room. Portal and room."""
    portal = await day.opens(await day.mailed(name, "Welcome: your own page"), phone=True)
    await portal.get_by_text("Read and sign").click()
    await press(portal, "I agree")
    await expect(portal.get_by_text("Read it again")).to_be_visible()
    room = await day.opens(portal.url, phone=True)
    await press(room, "Go in now")
    await press(room, "Check my camera and sound")
    await room.locator("video[data-person=you]").wait_for()
    await press(room, "Go to the waiting room")
    await expect(room.get_by_role("heading", name=f"You’re here, {name}.")).to_be_visible()
    return portal, room


async def holds_the_intake(console: Page, alex: Page, robin: Page) -> None:
    """Both are let in; the four parts are talked through and written down beside the video."""
    await press(console, "Let both in and start")
    await sees(console, "a", "b")
    await sees(alex, "therapist", "b")
    agenda = console.get_by_role("group").filter(has_text="How things are between them")
    if not await agenda.get_by_label("1. How things are between them").is_visible():
        await console.get_by_text("First session", exact=True).click()
    await agenda.get_by_label("1. How things are between them").fill("They listen to each other again.")
    await agenda.get_by_label("2. What makes it hard now").fill("Nights, and money.")
    await agenda.get_by_label("3. Goals for recovery").fill("Evenings without fear\nTalk before it gets loud")
    await agenda.get_by_label("4. What they expect of taking part").fill("Both come, and say so when they can’t.")
    await press(console, "All four are talked through")
    await expect(agenda.get_by_text("The goals are now the couple’s.")).to_be_visible()
    await expect(agenda.get_by_text("Both have signed it.")).to_be_visible()


async def write_and_sign_the_plan(console: Page, alex: Page, robin: Page) -> None:
    """Each in their own room, at the same time; it counts once both have signed the same words."""
    for page in (console, alex, robin):
        await press(page, "More")
        await page.get_by_role("dialog", name="More").get_by_role("button", name="Our plan").click()
    await alex.get_by_label("What sets it off").fill("Fridays after work.")
    await robin.get_by_label("What helps").fill("A walk. Calling Jo.")
    for page in (console, alex, robin):
        await expect(page.get_by_label("What sets it off")).to_have_value("Fridays after work.")
        await expect(page.get_by_label("What helps")).to_have_value("A walk. Calling Jo.")
    for page in (alex, robin):
        await press(page, "Sign this version")
        await expect(page.get_by_text("You have signed this version.")).to_be_visible()
    await expect(console.get_by_text("Both have signed version")).to_be_visible()


async def cannot_come_and_finds_a_new_time(day: Day, portal: Page) -> None:
    """One says so beforehand; both choose, each for themselves; the new time stands on everybody's page."""
    session = portal.get_by_role("listitem").filter(has_text="Together with Robin").first
    await session.get_by_role("button", name="Together with Robin").click()
    await session.get_by_role("button", name="I can’t come").click()
    await press(portal, "I’m not well")
    await expect(portal.get_by_text("We’ll look for another time and write to you.")).to_be_attached()
    for name in ("Alex", "Robin"):
        times = await day.opens(await day.mailed(name, "New times for your appointment"), phone=True)
        await times.get_by_role("checkbox").first.wait_for()
        for box in await times.get_by_role("checkbox").all():
            await box.check()
        await times.get_by_role("button", name=re.compile("work for me")).click()
        if name == "Alex":  # answered before Robin is: whoever answers last is told the time
            await expect(times.get_by_text("Thank you, that’s all we need.")).to_be_visible()
    await expect(times.get_by_text("Your new time is set.")).to_be_visible()


async def reads_the_report(desk: Page) -> None:
    """What took place this week, as the report has it: the first session, and the minutes both were there."""
    await desk.get_by_role("tab", name="Hours").click()
    await press(desk, "Show the report")
    await desk.get_by_text("The one session").click()
    row = desk.get_by_role("region", name="The sessions of these days").get_by_role("row").nth(1)
    await expect(row).to_contain_text("First session together")
    for name in ("Alex", "Robin"):
        together = desk.locator(f"dl[aria-label={name}]").get_by_role("definition").nth(1)
        await expect(together).to_have_text(re.compile(r"^[1-9]\d*\smin"))
    async with desk.expect_download() as kept:
        await press(desk, "Keep as a PDF")
    assert (await (await kept.value).path()).read_bytes().startswith(b"%PDF")


async def test_a_clinics_first_day_from_an_empty_database_by_clicking_alone(chromium: Browser) -> None:
    async with first_day(chromium) as day:
        await sets_up(day)
        desk, console = await books(day)
        portal, alex = await signs_and_waits(day, "Alex")
        _, robin = await signs_and_waits(day, "Robin")
        await holds_the_intake(console, alex, robin)
        await write_and_sign_the_plan(console, alex, robin)
        await press(console, "End session")
        await console.get_by_role("dialog").get_by_role("button", name="End the session").click()
        await portal.reload()
        await expect(portal.get_by_text("Evenings without fear")).to_be_visible()
        await expect(portal.get_by_text("You’ve had your first session together.")).to_be_visible()
        await cannot_come_and_finds_a_new_time(day, portal)
        await reads_the_report(desk)
        await desk.get_by_role("tab", name="Week").click()
        await expect(desk.locator("li.slot").filter(has_text="Together").filter(has_text="moved")).to_be_visible()
