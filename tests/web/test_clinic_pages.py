"""The clinic's page and each partner's own in every state: empty, full, refused, changed meanwhile, offline."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web import clinic_states as states
from tests.web.fake_service import TOKEN, FakeService, link, problem, serving
from tests.web.test_pages import REDEEM, SIZES, Act, Case, nothing, press, shown, suits_everybody, unfold

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

WEEK = "/v1/clinic/couples/c1/weeks/2"
CHANGED = (409, {"type": "urn:dyad:problem:changed_meanwhile", "detail": "Somebody changed this meanwhile."})
Rest = dict[str, tuple[int, dict[str, Any]]]


def then(*acts: Act) -> Act:
    async def act(page: Page) -> None:
        for one in acts:
            await one(page)

    return act


def tab(name: str) -> Act:
    async def act(page: Page) -> None:
        await page.get_by_role("button", name="Alex and Robin").click()
        await page.get_by_role("tab", name=name).click()

    return act


async def opens_couple(page: Page) -> None:
    await page.get_by_role("button", name="Alex and Robin").click()


async def goes_offline(page: Page) -> None:
    await page.context.set_offline(True)


async def told(page: Page) -> None:
    """What went wrong is said, and has the focus."""
    await expect(page.get_by_role("alert")).to_be_focused()


async def opens_notes(page: Page) -> None:
    await page.get_by_text("Notes on their work together").click()
    await page.get_by_text("Notes on Robin’s own work").click()
    await page.get_by_text("They listened.").nth(1).wait_for()
    await page.get_by_role("button", name="Correct the note").first.click()


def clinic(shows: str, overview: dict[str, Any], act: Act = nothing, **answers: tuple[int, dict[str, Any]]) -> Case:
    couple = "/v1/clinic/couples/c1"
    rest: Rest = {
        REDEEM: link(overview["role"], "clinic", "Dr. Rivera"),
        "/v1/clinic": (200, overview),
        couple: (200, states.COUPLE),
        WEEK: (200, states.WEEK),
        f"{couple}/files/couple": (200, states.NOTES),
        f"{couple}/files/b": (200, states.NOTES),
        "/v1/clinic/agreement": (200, states.AGREEMENT),
    }
    paths = {"couple": couple, "week": WEEK, "accept": f"POST {WEEK}", "plan": f"{couple}/plan"}
    return Case("/clinic", shows, rest={**rest, **{paths[name]: told for name, told in answers.items()}}, act=act)


def portal(shows: str, page: dict[str, Any], act: Act = nothing, **answers: tuple[int, dict[str, Any]]) -> Case:
    rest: Rest = {
        REDEEM: link("client", "portal"),
        "/v1/portal": (200, page),
        "/v1/relapse-plan": (200, states.PLAN),
    }
    paths = {"own": "/v1/portal/own", "sign": "/v1/portal/agreement", "word": "/v1/portal/sessions/s1/word"}
    return Case("/portal", shows, rest={**rest, **{paths[name]: told for name, told in answers.items()}}, act=act)


NAMES, HELLO = "Alex and Robin", "Hello Alex"
THERAPIST, OFFICE = states.THERAPISTS, states.OVERVIEW
FILLED = then(press("Add a couple"), unfold("When they can come"))
KEEP_OWN = then(unfold("My settings"), press("Keep"))

CASES: dict[str, Case] = {
    "clinic empty": clinic("Welcome to Dyad", states.EMPTY),
    "clinic programme": clinic("Your programme", states.EMPTY, press("Describe your programme")),
    "clinic programme unreachable": clinic(
        "Your programme",
        states.EMPTY,
        then(press("Describe your programme"), goes_offline, press("Keep this programme"), told),
    ),
    "clinic no couples": clinic("Our clinic", states.NO_COUPLES),
    "clinic": clinic("Couples", OFFICE),
    "clinic of a therapist": clinic("Couples", THERAPIST),
    "clinic licences": clinic("Therapists", OFFICE, unfold("Dr. Rivera")),
    "clinic therapist": clinic("Add a therapist", OFFICE, press("Add a therapist")),
    "clinic couple new": clinic("Add a couple", OFFICE, FILLED),
    "clinic couple refused": clinic("Add a couple", OFFICE, then(press("Add a couple", "Add this couple"), told)),
    "clinic agreement": clinic("The attendance agreement", OFFICE, press("Change the agreement")),
    "clinic couple for the office": clinic(NAMES, OFFICE, opens_couple, couple=(200, states.FOR_THE_OFFICE)),
    "clinic week": clinic("Found no time", THERAPIST, then(opens_couple, unfold("Add a session"))),
    "clinic week accepted": clinic("Week 2, from March 9", THERAPIST, opens_couple, week=(200, states.ACCEPTED)),
    "clinic week without any": clinic("Week 2", THERAPIST, opens_couple, week=(200, states.WITHOUT_ANY)),
    "clinic week taken": clinic(
        NAMES, THERAPIST, then(opens_couple, press("Book these 4 sessions"), told), accept=CHANGED
    ),
    "clinic week unreachable": clinic(NAMES, THERAPIST, then(opens_couple, told), week=problem("unavailable", 503)),
    "clinic first": clinic("Talk it through together", THERAPIST, tab("First session")),
    "clinic first complete": clinic(
        "The attendance agreement", THERAPIST, tab("First session"), couple=(200, states.COMPLETE)
    ),
    "clinic plan": clinic("Their plan against relapse", THERAPIST, tab("Plan")),
    "clinic plan changed": clinic(NAMES, THERAPIST, then(tab("Plan"), press("Keep the plan"), told), plan=CHANGED),
    "clinic partners": clinic(
        "Robin", THERAPIST, then(tab("How each is doing"), opens_notes, unfold("How we reach Alex"))
    ),
    "portal": portal(HELLO, states.PORTAL, then(unfold("Read and sign", "My settings"), press("Open our plan"))),
    "portal fresh": portal("What you two want", states.FRESH),
    "portal signed": portal("The two of you", states.SIGNED, unfold("Read it again")),
    "portal spanish": portal("Hola", states.SPANISH),
    "portal late": portal("How late, about?", states.SIGNED, press("I’ll be late: Tuesday, March 10")),
    "portal cannot": portal("What fits best?", states.SIGNED, press("I can’t come: Tuesday, March 10")),
    "portal word refused": portal(
        HELLO,
        states.SIGNED,
        then(press("I can’t come: Tuesday, March 10", "I’m not well"), told),
        word=problem("session_over", 422),
    ),
    "portal changed": portal(HELLO, states.SIGNED, then(KEEP_OWN, told), own=CHANGED),
    "portal offline": portal(HELLO, states.SIGNED, then(unfold("My settings"), goes_offline, press("Keep"), told)),
    "portal closed": Case("/portal", "This link was taken back", rest={REDEEM: problem("link_revoked")}),
}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, len(CASES), 8))
async def test_pages(first: int, chromium: Browser) -> None:
    for name in list(CASES)[first : first + 8]:
        await looks_right(name, chromium)


async def looks_right(name: str, chromium: Browser) -> None:
    async with shown(chromium, CASES[name], SIZES[0][0], "light") as page:
        await suits_everybody(page, name)


async def to(page: Page, name: str) -> None:
    """Press Tab until what has the focus is called that."""
    called = """() => { const e = document.activeElement;
      return (e.getAttribute('aria-label') || e.closest('label')?.innerText || e.innerText || '').trim() }"""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if (await page.evaluate(called)).startswith(name):
            return
    raise AssertionError(f"no way to {name!r} by keyboard")


async def test_a_week_is_booked_by_keyboard_alone(chromium: Browser) -> None:
    rest = {**CASES["clinic week"].rest, f"POST {WEEK}": (200, states.ACCEPTED)}
    async with serving(FakeService(rest=rest)) as service:
        page = await chromium.new_page()
        await page.goto(f"{service.url}/clinic#{TOKEN}")
        await page.get_by_role("heading", name="Couples").wait_for()
        await to(page, "Alex and Robin")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Alex and Robin")).to_be_focused()
        await to(page, "Week")
        await page.keyboard.press("ArrowRight")
        await expect(page.get_by_role("tab", name="First session")).to_be_focused()
        await page.keyboard.press("ArrowLeft")
        await to(page, "On their own Alex")
        await page.keyboard.press("Space")
        await expect(page.get_by_role("button", name="Book these 3 sessions")).to_be_visible()
        await page.keyboard.press("Space")
        await to(page, "Book these 4 sessions")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status").first).to_have_text("Booked. Both get one message with their times.")
        await expect(page.get_by_text("booked").first).to_be_visible()


async def test_a_programme_gets_another_phase_and_rules_of_its_own(chromium: Browser) -> None:
    rest = {**CASES["clinic"].rest, "/v1/clinic/programme": (200, {"programme": states.PROGRAMME, "revision": 2})}
    async with serving(FakeService(rest=rest)) as service:
        page = await chromium.new_page()
        await page.goto(f"{service.url}/clinic#{TOKEN}")
        await press("Change the programme", "Take out the phase: Keeping it going", "Add a phase")(page)
        await page.get_by_label("Name of the phase").nth(2).fill("Standing by")
        weeks = page.get_by_text("weeks in all")
        await expect(weeks).to_have_text("10 weeks in all")
        for _ in range(7):
            await page.get_by_role("button", name="More: Weeks").nth(2).click()
        await expect(weeks).to_have_text("17 weeks in all: a programme lasts 8 to 16")
        await page.get_by_role("button", name="Fewer: Weeks").nth(2).click()
        await page.get_by_label("Minutes together").fill("75")
        await page.get_by_label("Nothing begins before").fill("08:30")
        await page.get_by_label("Hours of notice").fill("24")
        async with page.expect_request("**/v1/clinic/programme") as sent:
            await press("Keep this programme")(page)
        kept = json.loads((await sent.value).post_data or "")["programme"]
        assert [(one["name"], one["weeks"]) for one in kept["phases"]][2:] == [("Standing by", 7)]
        assert (kept["lengths"]["joint"], kept["earliest"], kept["notice_hours"]) == (75, "08:30", 24)


async def test_who_comes_second_is_shown_how_it_is_now_and_stays_in_the_week(chromium: Browser) -> None:
    rest = {**CASES["clinic week"].rest, f"POST {WEEK}": CHANGED}
    async with serving(FakeService(rest=rest)) as service:
        page = await chromium.new_page()
        await page.goto(f"{service.url}/clinic#{TOKEN}")
        await page.get_by_role("button", name="Alex and Robin").click()
        await page.get_by_role("button", name="Book these 4 sessions").click()
        await expect(page.get_by_role("alert")).to_contain_text("Somebody changed this meanwhile.")
        service.rest[WEEK] = (200, states.ACCEPTED)
        await page.get_by_role("button", name="Show how it is now").click()
        await expect(page.get_by_role("heading", name="Week 2")).to_be_visible()
        await expect(page.get_by_role("button", name="Book these")).to_have_count(0)
        await expect(page.get_by_role("alert")).to_have_count(0)
