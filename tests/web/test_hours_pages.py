"""A couple's hours on the clinic's page and a client's own: readable by all, kind; each choice does what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.web import hours_states as states
from tests.web.fake_service import link
from tests.web.test_pages import REDEEM, SIZES, Act, Case, shown, suits_everybody, unfold

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio]

COUPLE = "/v1/clinic/couples/c-1"


async def opens_hours(page: Page) -> None:
    await page.get_by_role("button", name="Alex and Robin").click()
    await page.get_by_role("tab", name="Hours").click()


def then(*acts: Act) -> Act:
    async def act(page: Page) -> None:
        for one in (opens_hours, *acts):
            await one(page)

    return act


async def the_report(page: Page) -> None:
    await page.get_by_role("button", name="Show the report").click()
    await expect(page.get_by_role("heading", name="Hints for billing")).to_be_visible()


async def all_of_it(page: Page) -> None:
    await unfold("The 4 sessions", "One thing set right", "90847", "90846")(page)


async def the_week(page: Page) -> None:
    await page.get_by_role("button", name="Look at these in the week").click()


def clinic(shows: str, act: Act, told: dict[str, Any], **changes: Any) -> Case:
    rest = {
        REDEEM: link("therapist", "clinic", "Dr. Rivera"),
        "/v1/clinic": (200, states.OVERVIEW),
        COUPLE: (200, states.COUPLE),
        f"{COUPLE}/hours": (200, told),
        f"{COUPLE}/report": (200, states.REPORT),
        f"{COUPLE}/weeks/4": (200, states.WEEK),
    }
    for file in ("couple", "a", "b"):
        rest[f"{COUPLE}/files/{file}"] = (200, {"notes": []})
    return Case("/clinic", shows, rest={**rest, **changes}, act=act)


def office(act: Act) -> Case:
    case = clinic("Hints for billing", act, states.SHORT)
    rest = {
        **case.rest,
        REDEEM: link("administrator", "clinic", "Sasha"),
        "/v1/clinic": (200, {**states.OVERVIEW, "role": "administrator"}),
        COUPLE: (200, states.OFFICES_COUPLE),
        f"{COUPLE}/report": (200, states.WITHOUT_REASONS),
        f"{COUPLE}/hours": (403, {"type": "urn:dyad:problem:not_allowed", "detail": "Not for your part."}),
    }
    return replace(case, rest=rest)


def portal(shows: str, language: str, **changes: Any) -> Case:
    rest = {REDEEM: link("client", "portal"), "/v1/portal": (200, states.portal(language, **changes))}
    return Case("/portal", shows, rest=rest)


NOTHING = {"joint": 0, "individual": 0, "group": 0}
CASES = {
    "short": clinic("This week", then(unfold("As a table", "Session by session")), states.SHORT),
    "whole": clinic("This week", then(), states.WHOLE),
    "too late": clinic("This week", then(), states.TOO_LATE),
    "not yet": clinic("Attendance report", then(), states.NOT_YET),
    "report": clinic("Hints for billing", then(the_report, all_of_it), states.SHORT),
    "office": office(then(the_report, all_of_it)),
    "week": clinic("The balance of this week", then(the_week), states.SHORT),
    "portal": portal("Your week", "en"),
    "portal done": portal("Your week", "en", minutes_to_come=NOTHING, sessions_to_come=NOTHING),
    "portal open": portal("Su semana", "es", minutes=NOTHING),
}


# The others differ from these in their words alone.
LOOKED_AT = ("short", "not yet", "report", "office", "week", "portal", "portal open")


@pytest.mark.parametrize("name", LOOKED_AT)
async def test_page(name: str, chromium: Browser) -> None:
    async with shown(chromium, CASES[name], SIZES[0][0], "light") as page:
        await suits_everybody(page)


async def test_a_short_week_is_said_kindly_with_what_would_make_it_up(chromium: Browser) -> None:
    async with shown(chromium, CASES["short"], 390, "light") as page:
        week = page.get_by_role("region", name="This week")
        await expect(week).to_contain_text(
            "Alex’s week comes to 5 h 37 min: 2 h 47 min held, 2 h 50 min still planned."
        )
        await expect(week).to_contain_text("3 h 23 min more would make it a whole one of 9 h.")
        await expect(week).to_contain_text("Evening group, Alex and Robin")
        await expect(week).to_contain_text("Alex would be 33 min short even so. Next week can make that up.")
        await the_week(page)
        # In the week exactly these are ticked; what wasn't needed is there to be ticked.
        boxes = page.get_by_role("checkbox")
        await expect(boxes).to_have_count(4)
        ticked = [await box.is_checked() for box in await boxes.all()]
        assert ticked == [True, True, True, False]
        await expect(page.get_by_role("button", name="Book these 3 sessions")).to_be_visible()


async def test_who_comes_to_the_week_by_itself_finds_all_of_it_ticked(chromium: Browser) -> None:
    async with shown(chromium, CASES["short"], 390, "light") as page:
        await the_week(page)
        await page.get_by_role("tab", name="Hours").click()
        await page.get_by_role("tab", name="Week", exact=True).click()
        await expect(page.get_by_role("button", name="Book these 4 sessions")).to_be_visible()


async def test_a_week_that_is_too_short_to_mend_says_that_the_next_makes_it_up(chromium: Browser) -> None:
    async with shown(chromium, CASES["too late"], 390, "light") as page:
        week = page.get_by_role("region", name="This week")
        await expect(week).to_contain_text("Alex one session together and two groups")
        await expect(week).to_contain_text("the next week’s proposal makes up for what was missed")
        await expect(week.get_by_role("button")).to_have_count(0)


async def test_a_whole_week_says_so_and_asks_for_nothing(chromium: Browser) -> None:
    async with shown(chromium, CASES["whole"], 390, "light") as page:
        week = page.get_by_role("region", name="This week")
        await expect(week.get_by_text("That’s a whole week.")).to_have_count(2)
        await expect(week.get_by_role("button")).to_have_count(0)


async def test_hints_say_what_they_are_and_open_the_minutes_they_rest_on(chromium: Browser) -> None:
    async with shown(chromium, CASES["report"], 390, "light") as page:
        claims = page.get_by_role("region", name="Hints for billing")
        await expect(claims).to_contain_text("Nothing is sent anywhere")
        rests_on = claims.get_by_role("listitem").filter(has_text="90846").get_by_role("listitem")
        await expect(rests_on).to_have_text("Feb 23: 35 minTogether, Mon, Feb 23, 4:11 PM, 35 of 50 min planned")
        await expect(page.get_by_text("“Robin was in hospital.”")).to_be_visible()


async def test_the_office_has_the_report_alone_and_no_reasons(chromium: Browser) -> None:
    async with shown(chromium, CASES["office"], 390, "light") as page:
        names = [await tab.inner_text() for tab in await page.get_by_role("tab").all()]
        assert names == ["How each is doing", "Hours"]
        await expect(page.get_by_text("Robin, Mon, Feb 23")).to_be_visible()
        for hidden in ("This week", "Week by week", "The two over time", "hospital"):
            await expect(page.get_by_text(hidden)).to_have_count(0)


async def test_the_alarm_says_what_drifted_beside_its_picture(chromium: Browser) -> None:
    async with shown(chromium, CASES["week"], 390, "light") as page:
        balance = page.get_by_role("region", name="The balance of this week")
        await expect(balance.get_by_role("img", name="Alex: 45 min together, 1 h 45 min alone")).to_be_visible()
        await expect(balance.get_by_text("Alex’s last three weeks: 105 minutes alone and 45 together.")).to_be_visible()
        await expect(balance.get_by_text("Robin’s last three weeks")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "portal",
            ["2 h 47 min so far: 49 min together, 1 h 58 min in groups.", "Still to come: 1 together, 1 group."],
        ),
        ("portal done", ["That was everything for this week. It’s good that you were there."]),
        ("portal open", ["Su semana empieza con su primera sesión.", "Todavía por venir: 1 en pareja, 1 grupo."]),
    ],
)
async def test_a_client_s_week_is_what_was_and_what_is_to_come_and_never_what_is_missing(
    name: str, said: list[str], chromium: Browser
) -> None:
    async with shown(chromium, CASES[name], 390, "light") as page:
        week = page.get_by_role("region", name="Your week").or_(page.get_by_role("region", name="Su semana"))
        for sentence in said:
            await expect(week).to_contain_text(sentence)
        text = (await week.inner_text()).lower()
        assert not any(word in text for word in ("short", "miss", "falta", "%", "9 h", "of 9"))
        colours = await week.evaluate(
            "(e) => [...e.querySelectorAll('*')].map((one) => getComputedStyle(one).backgroundColor)"
        )
        rose = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--rose')")
        assert rose.strip() == "#9c3535"
        assert "rgb(156, 53, 53)" not in colours


@pytest.mark.parametrize(("count", "width"), [(2, 1280), (30, 1280), (30, 320)])
async def test_the_strands_are_drawn_at_one_size_however_many_sessions(
    count: int, width: int, chromium: Browser
) -> None:
    knot = states.SHORT["knots"][0]
    many = {**states.SHORT, "knots": [{**knot, "session": f"s{n}"} for n in range(count)]}
    async with shown(chromium, clinic("This week", opens_hours, many), width, "light") as page:
        strands = page.get_by_role("img", name="Attendance of Alex and Robin")
        dates, pieces = await strands.locator("text").all(), await strands.locator("svg").all()
        assert len(dates) == count // 2
        for one in dates:
            box = await one.bounding_box()
            assert box is not None
            assert 9 < box["height"] < 24
        boxes = [await one.bounding_box() for one in pieces]
        assert all(box is not None and box["x"] + box["width"] <= width for box in boxes)
