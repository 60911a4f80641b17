"""Every circumstance of attendance that Dyad promises (rows K), on the real pages; others are played by bots.

Policy clocks run faster where minutes have to pass; the pages say so themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from server.domain.attendance import Kind, Outcome
from server.domain.session.state import Session
from tests.e2e.people import Window, sees, window
from tests.service.support import eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.e2e, pytest.mark.timeout(240)]

NO_CAMERA = "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('none', 'NotFoundError') };"


async def session(opened: Window) -> Session:
    return await opened.home.built.dispatcher.session(opened.home.links.session)


async def tap(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click(timeout=60_000)


async def choose(therapist: Page, option: str) -> None:
    """An option of the card: its button says why, too."""
    await therapist.get_by_role("alertdialog").get_by_role("button", name=option).click(timeout=60_000)


async def shows(page: Page, text: str, seconds: float = 30) -> None:
    await expect(page.get_by_text(text).first).to_be_visible(timeout=seconds * 1000)


async def gone(page: Page, text: str) -> None:
    await expect(page.get_by_text(text)).to_have_count(0, timeout=30_000)


async def mail(opened: Window, to: str, subject: str = "") -> dict[str, Any]:
    async def found() -> dict[str, Any] | None:
        mails = await opened.home.mails()
        return next((m for m in mails if m["to"] == to and subject in m["subject"]), None)

    sent: dict[str, Any] = await eventually(found, f"a message to {to}", 30)
    return sent


async def starts(opened: Window) -> tuple[Page, Page]:
    """The therapist's page and Alex's, in a session that both partners came to on time; Robin is a bot."""
    therapist, alex = await opened.opens("therapist"), await opened.waits("a")
    await opened.home.enters("b")
    await tap(therapist, "Let both in and start")
    await shows(therapist, "The session is under way.")
    return therapist, alex


async def test_K1_both_on_time_are_let_in_and_it_starts(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        robin = await opened.waits("b")
        await shows(therapist, "Everyone is here.")
        await tap(therapist, "Let both in and start")
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        assert (await session(opened)).started_at is not None


async def test_K2_who_waits_sees_until_when_and_may_ask_for_more_time(chromium: Browser) -> None:
    async with window(chromium, speed=60) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        known = opened.home.starts_at.astimezone(ZoneInfo("America/Chicago")) + timedelta(minutes=15)
        await shows(alex, f"{known.hour % 12 or 12}:{known:%M}")
        await tap(alex, "I need more time")
        await shows(therapist, "asks for more time")
        await mail(opened, "Robin")
        await shows(therapist, "reminder")


async def test_K3_a_late_partner_withdraws_the_card(chromium: Browser) -> None:
    async with window(chromium, speed=40) as opened:
        therapist = await opened.opens("therapist")
        await opened.waits("a")
        await shows(therapist, "How do you want to go on?")
        await opened.home.enters("b")
        await gone(therapist, "How do you want to go on?")
        await tap(therapist, "Let both in and start")
        await shows(therapist, "The session is under way.")


async def test_K4_nobody_answers_and_the_policy_acts(chromium: Browser) -> None:
    async with window(chromium, speed=120) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await shows(alex, "We’ll find a new time.")
        await shows(therapist, "did not come")
        assert (await session(opened)).outcomes == {"b": Outcome.NO_SHOW}
        await mail(opened, "Alex", "New times")


async def test_K5_a_notice_is_decided_when_it_is_given(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        robin = await opened.opens("b")
        await tap(robin, "I can’t come")
        await tap(robin, "I’m not well")
        await shows(therapist, "Robin can’t come")
        await choose(therapist, "Find a new time")
        await shows(alex, "We’ll find a new time.", 15)
        assert opened.home.minute() < 1, "nobody waited for somebody who said they won't come"
        assert (await session(opened)).outcomes == {"b": Outcome.EXCUSED}


async def test_K6_nobody_comes_and_new_times_are_sought(chromium: Browser) -> None:
    async with window(chromium, speed=240) as opened:
        therapist = await opened.opens("therapist")
        await shows(therapist, "Find a new time for both")
        assert set((await session(opened)).outcomes.values()) == {Outcome.NO_SHOW}
        await mail(opened, "Alex", "New times")
        await mail(opened, "Robin", "New times")


async def test_K7_the_therapist_does_not_come_and_nobody_is_blamed(chromium: Browser) -> None:
    async with window(chromium, speed=120) as opened:
        alex, robin = await opened.waits("a"), await opened.waits("b")
        await shows(alex, "isn’t here yet")
        await mail(opened, "Treatment team")
        for page in (alex, robin):
            await shows(page, "can’t hold the session today.")
            await shows(page, "doesn’t count as missed")
        assert set((await session(opened)).outcomes.values()) == {Outcome.PROVIDER_CANCELLED}


async def test_K8_a_lost_connection_comes_back_to_its_place(chromium: Browser) -> None:
    async with window(chromium, speed=10) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        robin = await opened.home.enters("b")
        await tap(therapist, "Let both in and start")
        await expect(alex.locator("[data-tile=b]")).to_be_visible()
        await robin.drop()
        await shows(alex, "back")
        await expect(therapist.locator("[data-partner=b]")).to_have_attribute("data-state", "dropped", timeout=15_000)
        await opened.home.enters("b", arrive=False)
        await expect(therapist.locator("[data-partner=b]")).to_have_attribute("data-place", "room")
        await expect(therapist.locator("[data-partner=b]")).to_have_attribute("data-state", "present")
        assert (await session(opened)).solo_started_at is None


async def test_K9_leaving_on_purpose_is_asked_about_at_once(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await starts(opened)
        await tap(alex, "Leave")
        await alex.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
        await shows(therapist, "Alex has left", 10)
        await shows(therapist, "Call to see how they are")
        assert opened.home.minute() < 2


async def test_K10_a_second_device_takes_the_seat_and_the_first_is_told(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, first = await starts(opened)
        second = await opened.opens("a")
        await shows(first, "You opened this session somewhere else")
        await tap(second, "Go back in")
        await sees(second, "therapist")
        row = therapist.locator("[data-partner=a]")
        await expect(row).to_have_attribute("data-place", "room")
        await expect(row).to_have_count(1)


async def test_K11_two_people_at_one_device_are_both_counted(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await tap(alex, "We’re both here, at this device")
        robin = await opened.opens("b")
        await tap(robin, "I’m at my partner’s device")
        await shows(robin, "counts you as soon as they see you both")
        assert await robin.get_by_text("Alex").count() == 0
        await therapist.get_by_role("button", name="Let Alex in").click()
        await tap(therapist, "Yes, I see both")
        await shows(therapist, "The session is under way.")
        await sees(therapist, "a")
        await expect(therapist.locator("[data-tile=a]")).to_contain_text("Alex & Robin")
        await shows(robin, "sees you both at one device")
        await tap(robin, "Use this device instead")
        await robin.locator("video[data-person=you]").wait_for()
        await robin.get_by_role("button", name="Go on at this device").click()
        await sees(robin, "therapist", "a")
        await sees(therapist, "a", "b")


async def test_K12_who_comes_after_solo_began_waits_in_private_and_may_be_joined(chromium: Browser) -> None:
    async with window(chromium, speed=20) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await therapist.get_by_text("Yes, today").click()
        await choose(therapist, "See Alex alone")
        await sees(alex, "therapist")
        robin = await opened.waits("b")
        assert await robin.get_by_text("Alex").count() == 0
        await choose(therapist, "Ask Alex, then join them")
        await tap(alex, "Yes")
        await sees(robin, "therapist", "a")


async def test_K13_the_page_tells_the_right_local_time(chromium: Browser) -> None:
    async with window(chromium) as opened:
        for who, zone in (("a", "America/Chicago"), ("b", "America/Denver")):
            page = await opened.opens(who)
            local = opened.home.starts_at.astimezone(ZoneInfo(zone))
            await shows(page, f"{local.hour % 12 or 12}:{local:%M}")
            await shows(page, f"{zone.partition('/')[2]} time")


async def test_K14_a_reminder_can_be_declined_with_a_reason(chromium: Browser) -> None:
    async with window(chromium, speed=60) as opened:
        therapist = await opened.opens("therapist")
        await opened.waits("a")
        reminder = await mail(opened, "Robin")
        robin = await opened.tab(next(link for link in reminder["links"] if "/join#" in link))
        await tap(robin, "I can’t come")
        await tap(robin, "I need some space right now")
        await shows(therapist, "Robin can’t come")
        await shows(therapist, "said: needs space")


async def test_K15_who_tried_is_never_absent(chromium: Browser) -> None:
    async with window(chromium, speed=60, prepare=NO_CAMERA) as opened:
        therapist = await opened.opens("therapist")
        await opened.home.enters("a")
        robin = await opened.opens("b")
        await tap(robin, "Check my camera and sound")
        await shows(robin, "We can’t find a")
        await shows(therapist, "tried")
        await opened.home.at(17)
        await shows(therapist, "Waiting for Robin until")
        assert (await session(opened)).outcomes == {}


async def test_K16_one_partner_sits_in_the_therapist_s_office(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await tap(therapist, "Robin is here in my office")
        await shows(therapist, "in your office")
        assert await alex.get_by_text("Robin").count() == 0
        await tap(therapist, "Let Alex in")
        await shows(therapist, "The session is under way.")
        await sees(alex, "therapist")
        await expect(alex.locator("[data-tile=therapist]")).to_contain_text("Dr. Rivera & Robin")
        robin = await opened.opens("b")
        await shows(robin, "You’re in the office with Dr. Rivera")
        await tap(therapist, "Robin has left my office")
        await shows(therapist, "Robin has left.")


async def test_K17_what_speaks_for_somebody_being_there_is_the_therapist_s_to_say(chromium: Browser) -> None:
    async with window(chromium, speed=20) as opened:
        therapist, alex = await starts(opened)
        await tap(alex, "Camera off")
        await shows(therapist, "The camera is off. Is Alex there?")
        await tap(therapist, "Yes")
        await gone(therapist, "Is Alex there?")
        assert (await session(opened)).card is None
        row = therapist.locator("[data-partner=a]")
        await row.get_by_role("button", name="Nobody there").click()
        await shows(therapist, "You said that nobody sits there.")
        await shows(therapist, "Nobody sits at Alex’s device.")
        await row.get_by_role("button", name="Alex is back").click()
        await gone(therapist, "Nobody sits at Alex’s device.")
        now = await session(opened)
        assert now.attended("a", opened.home.built.clock.now()) < now.attended("b", opened.home.built.clock.now())


async def test_K18_an_outage_at_the_deadline_makes_nobody_absent(
    chromium: Browser, tmp_path: Path, free_port: Callable[[], int]
) -> None:
    chosen: dict[str, Any] = {"speed": 60, "data": tmp_path, "port": free_port()}
    context = await chromium.new_context(permissions=["camera", "microphone"])
    async with house(**chosen) as home:
        opened = Window(home, context)
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await home.at(8)
    await asyncio.sleep(9)  # Dyad is down from minute 8 until after minute 15, when a miss would have counted
    async with house(**chosen) as home:
        assert home.minute() > 15
        back = await home.built.dispatcher.session(home.links.session)
        assert (back.over, dict(back.outcomes)) == (False, {}), "nobody was missed while Dyad could not see"
        (outage,) = back.outages
        assert outage.until is not None
        await shows(alex, "You’re here")
        await shows(therapist, "How do you want to go on?")
        await shows(therapist, "did not come")
        ended = await home.built.dispatcher.session(home.links.session)
        assert ended.at is not None
        assert ended.at - home.starts_at >= timedelta(minutes=15) + (outage.until - outage.since)
    await context.close()


async def test_K19_a_couple_kept_apart_never_meets_and_learns_nothing(chromium: Browser) -> None:
    async with window(chromium, keep_apart=True) as opened:
        therapist, alex, robin = await opened.opens("therapist"), await opened.waits("a"), await opened.waits("b")
        await shows(therapist, "Alex and Robin are kept apart.")
        await therapist.locator("[data-partner=a]").get_by_role("button", name="Let Alex in").click()
        await sees(alex, "therapist")
        await therapist.locator("[data-partner=b]").get_by_role("button", name="Let Robin in").click()
        await shows(therapist, "These two can't be in one room.")
        for page, other in ((alex, "Robin"), (robin, "Alex")):
            assert await page.get_by_text(other).count() == 0
            assert await page.get_by_text("apart").count() == 0


async def test_K20_a_cancelled_session_is_told_to_who_waits_at_once(chromium: Browser) -> None:
    async with window(chromium) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await tap(therapist, "Cancel session")
        await tap(therapist, "Cancel the session")
        await shows(alex, "This session was cancelled.", 5)
        cancelled = await mail(opened, "Robin", "cancelled")
        assert cancelled["ics_method"] == "CANCEL"


async def test_K21_early_is_private_and_a_therapist_who_enters_admits_nobody(chromium: Browser) -> None:
    async with window(chromium) as opened:
        alex = await opened.waits("a")
        await shows(alex, "isn’t here yet")
        therapist = await opened.opens("therapist")
        await shows(alex, "knows that you’ve arrived.")
        await shows(therapist, "Waiting for Robin")
        await asyncio.sleep(1)
        assert await alex.locator("video[data-person=therapist]").count() == 0
        await expect(therapist.locator("[data-partner=a]")).to_have_attribute("data-place", "waiting")


async def test_an_individual_session_starts_with_its_one_client(chromium: Browser) -> None:
    async with window(chromium, kind=Kind.INDIVIDUAL) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await therapist.get_by_role("button", name="Let Alex in").click()
        await sees(alex, "therapist")
        await shows(therapist, "The session is under way.")
        await shows(therapist, "Individual session")


async def test_an_intake_is_never_held_with_one(chromium: Browser) -> None:
    async with window(chromium, kind=Kind.INTAKE, speed=60) as opened:
        therapist = await opened.opens("therapist")
        await opened.waits("a")
        await shows(therapist, "How do you want to go on?")
        assert await therapist.get_by_role("button", name="See Alex alone").count() == 0


async def test_a_group_starts_on_time_with_whoever_is_there(chromium: Browser) -> None:
    async with window(chromium, kind=Kind.GROUP, speed=60) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        for who in ("b", "c"):
            await opened.home.enters(who, media=True)
        await opened.home.at(0.5)
        await tap(therapist, "Let all in and start")
        await sees(alex, "therapist", "b", "c")
        await shows(therapist, "Group of 4")
        late = await opened.home.enters("d")
        await therapist.get_by_role("button", name="Let Lee in").click()
        await late.until(lambda view: view["place"] == "room")
        assert (await session(opened)).started_at is not None


async def test_the_therapist_sets_right_what_was_recorded(chromium: Browser) -> None:
    async with window(chromium, speed=240) as opened:
        therapist = await opened.opens("therapist")
        await opened.home.enters("a")
        row = therapist.locator("[data-partner=b]")
        await expect(row).to_contain_text("did not come", timeout=30_000)
        await row.get_by_role("button", name="Correct this").click()
        await (
            therapist.get_by_role("dialog").get_by_label("trouble").or_(therapist.get_by_label("excused")).first.check()
        )
        await therapist.get_by_label("Why, in a sentence").fill("The link in our message was wrong.")
        await tap(therapist, "Record the correction")
        await expect(row).not_to_contain_text("did not come")


async def test_the_therapist_changes_the_focus_and_the_policy_follows(chromium: Browser) -> None:
    async with window(chromium, speed=60) as opened:
        therapist = await opened.opens("therapist")
        await opened.waits("a")
        await therapist.get_by_text("Change the focus").click()
        await therapist.get_by_label("resolving conflict").check()
        await tap(therapist, "Use this")
        await shows(therapist, "Dyad decides by this from now on.")
        await shows(therapist, "How do you want to go on?")
        changed = await session(opened)
        assert changed.card is not None
        assert changed.card.clause == "J7"


async def test_K22_a_substitute_is_asked_takes_over_and_holds_the_session(chromium: Browser) -> None:
    async with window(chromium, speed=30) as opened:
        alex, robin = await opened.waits("a"), await opened.waits("b")
        asked = await mail(opened, "Dr. Marsh")
        marsh = await opened.tab(asked["links"][0])
        await shows(marsh, "Dr. Rivera isn’t there.")
        await tap(marsh, "Take this session over")
        await shows(marsh, "Everyone is here.")
        for page in (alex, robin):
            await shows(page, "Dr. Marsh")
        await tap(marsh, "Let both in and start")
        await sees(alex, "therapist", "b")
        await sees(robin, "therapist", "a")
        rivera = await opened.opens("therapist")
        await shows(rivera, "Dr. Marsh is holding this session.")
        assert await rivera.get_by_role("button", name="Take this session over").count() == 0


async def test_K23_a_required_interpreter_who_is_missing_blocks_seeing_one_alone(chromium: Browser) -> None:
    async with window(chromium, speed=30, company=("interpreter",)) as opened:
        therapist, alex = await opened.opens("therapist"), await opened.waits("a")
        await therapist.get_by_text("Yes, today").click()
        await shows(therapist, "The interpreter isn’t here either.")
        assert await therapist.get_by_role("button", name="See Alex alone").count() == 0
        noor = await opened.waits("interpreter")
        assert await noor.get_by_text("Alex").count() == 0
        await choose(therapist, "See Alex alone")
        await therapist.locator("[data-helper=interpreter]").get_by_role("button", name="Let Noor in").click()
        await sees(alex, "therapist", "interpreter")
        await sees(noor, "therapist", "a")
        await expect(alex.locator("[data-tile=interpreter]")).to_contain_text("Noor, interpreter")
