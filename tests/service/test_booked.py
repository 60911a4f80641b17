"""The team changes what is booked: weekly, moved, cancelled; and every calendar shows the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import recurring_ical_events
import vobject
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect

from tests.service.support import eventually
from tests.service.test_first_day import Desk, first_day, set_up
from tests.service.test_portal import asks, gets
from tests.web.test_pages import AXE, faults, too_small

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

NEW_YORK = ZoneInfo("America/New_York")
PEOPLE = ("rivera", "kim", "lee")  # in New York, Chicago and Madrid


class Team:
    """The therapist before the week of Kim and Lee."""

    def __init__(self, desk: Desk, couple: str, week: int = 2) -> None:
        self.desk, self.couple, self.week = desk, couple, week

    def path(self, more: str = "", week: int = 0) -> str:
        return f"/couples/{self.couple}/weeks/{week or self.week}{more}"

    async def look(self, week: int = 0) -> dict[str, Any]:
        return await self.desk.gets(self.path(week=week))

    async def wall(self, clock: str, week: int = 0) -> datetime:
        """That time of the week's Wednesday in New York."""
        monday = datetime.fromisoformat((await self.look(week))["monday"])
        hour, minute = map(int, clock.split(":"))
        return (monday + timedelta(days=2)).replace(hour=hour, minute=minute, tzinfo=NEW_YORK).astimezone(UTC)

    async def wanted(self, clock: str = "11:00", **changes: Any) -> dict[str, Any]:
        at = (await self.wall(clock)).isoformat()
        one = {"kind": "couples", "partners": ["a", "b"], "starts_at": at, "minutes": 50, "focus": None, "group": ""}
        return {**one, **changes}

    async def books(self, clock: str = "11:00") -> dict[str, Any]:
        seen = (await self.look())["seen"]
        booked = await self.desk.does("POST", self.path(), {"sessions": [await self.wanted(clock)], "seen": seen})
        at = _z(await self.wall(clock))
        rows = booked["booked"]
        return next(one for one in rows if (one["starts_at"], one["standing"]) == (at, "booked"))

    async def repeats(self, weeks: int, without: tuple[int, ...] = (), clock: str = "11:00") -> tuple[int, Any]:
        seen = (await self.look())["seen"]
        body = {"session": await self.wanted(clock), "weeks": weeks, "without": list(without), "seen": seen}
        return await self.desk.asks("POST", self.path("/repeat"), body)

    async def changes(self, what: str, session: dict[str, Any], **body: Any) -> tuple[int, Any]:
        path = f"/couples/{self.couple}/sessions/{session['id']}/{what}"
        return await self.desk.asks("POST", path, {"seen": session["seen"], **body})

    def files(self, who: str, method: str) -> list[bytes]:
        """The calendar files that somebody was mailed, by method, the first one first."""
        assert self.desk.built.kept is not None
        mails = self.desk.built.kept.to(f"{who}@example.org")
        return [mail.ics for mail in mails if mail.ics_method == method and mail.ics]

    async def mailed(self, who: str, method: str, count: int) -> bytes:
        async def there() -> bool:
            return len(self.files(who, method)) >= count

        await eventually(there, f"{count} {method} for {who}")
        return self.files(who, method)[-1]


def _z(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def events(file: bytes) -> list[Any]:
    return list(Calendar.from_ical(file).walk("VEVENT"))


def starts(file: bytes) -> list[datetime]:
    """When they take place, by one reader's rules."""
    after, until = datetime.now(UTC) - timedelta(days=60), datetime.now(UTC) + timedelta(days=300)
    found = recurring_ical_events.of(Calendar.from_ical(file)).between(after, until)
    return sorted(one["DTSTART"].dt.astimezone(UTC) for one in found if one.get("STATUS") != "CANCELLED")


def starts_by_another(file: bytes) -> list[datetime]:
    """By another's."""
    calendar: Any = vobject.readOne(file.decode())
    calendar.validate(raiseException=True)
    found: set[datetime] = set()
    for one in calendar.vevent_list:
        if hasattr(one, "recurrence_id"):
            found.discard(one.recurrence_id.value.astimezone(UTC))
            found.add(one.dtstart.value.astimezone(UTC))
        else:
            rule = one.getrruleset(addRDate=True)
            found |= {at.astimezone(UTC) for at in rule} if rule else {one.dtstart.value.astimezone(UTC)}
    return sorted(found)


async def team(office: Desk) -> Team:
    desk, (_, couple) = await set_up(office)
    return Team(desk, couple)


async def test_a_session_that_is_moved_is_the_same_entry_in_everybody_s_calendar_and_gone_when_cancelled() -> None:
    async with first_day() as office:
        kim = await team(office)
        booked, later = await kim.books(), await kim.wall("14:15")
        assert (await kim.changes("move", booked, starts_at=later.isoformat()))[0] == 200
        uid = f"{booked['id']}@dyad"
        for who in PEOPLE:
            file = await kim.mailed(who, "REQUEST", 1)
            (event,) = events(file)
            assert (str(event["UID"]), event["SEQUENCE"]) == (uid, 1)
            assert starts(file) == starts_by_another(file) == [later]
        (moved,) = [one for one in (await kim.look())["booked"] if one["id"] == booked["id"]]
        assert (moved["starts_at"], moved["seen"]) == (_z(later), 1)
        session = await kim.desk.built.dispatcher.session(booked["id"])
        assert session.plan is not None
        assert session.plan.starts_at == later
        assert (await kim.changes("cancel", booked))[1]["type"].endswith("changed_meanwhile")
        assert (await kim.changes("cancel", moved))[0] == 200
        for who in PEOPLE:
            (event,) = events(await kim.mailed(who, "CANCEL", 1))
            assert (str(event["UID"]), event["SEQUENCE"], event["STATUS"]) == (uid, 2, "CANCELLED")
        assert (await kim.books("14:15"))["id"] != booked["id"], "the time is free again"


async def test_what_can_t_be_moved_stays_and_nobody_is_told() -> None:
    async with first_day() as office:
        kim = await team(office)
        one, other = await kim.books("11:00"), await kim.books("13:00")
        alex = Team(kim.desk, (await kim.desk.gets())["couples"][0]["id"])
        for session, at, code in (
            (one, await kim.wall("13:20"), "time_taken"),
            (one, datetime.now(UTC) - timedelta(hours=1), "time_past"),
            (one, datetime.now(UTC) + timedelta(days=500), "time_unfit"),
        ):
            status, problem = await kim.changes("move", session, starts_at=at.isoformat())
            assert (status, problem["type"].rpartition(":")[2]) == (422, code)
        free = (await kim.wall("15:00")).isoformat()
        strangers = [couple["id"] for couple in (await kim.desk.gets())["couples"] if couple["id"] != kim.couple]
        alex.couple = strangers[0]
        assert (await alex.changes("move", other, starts_at=free))[0] == 404
        assert (await alex.changes("cancel", other))[0] == 404
        told = await Team(office, kim.couple).changes("move", one, starts_at=free)
        assert told[0] == 403, "the office does not plan weeks"
        kept = {row["id"]: (row["starts_at"], row["seen"]) for row in (await kim.look())["booked"]}
        assert kept[one["id"]] == (one["starts_at"], 0)
        assert kim.files("kim", "REQUEST") == []


async def test_a_weekly_session_is_one_series_in_three_zones_with_its_exceptions() -> None:
    async with first_day() as office:
        kim = await team(office)
        status, answer = await kim.repeats(6, without=(4,))
        assert status == 201, answer
        walls = {week: await kim.wall("11:00", week) for week in range(2, 8)}
        expected = [at for week, at in walls.items() if week != 4]
        booked = {week: (await kim.look(week))["booked"] for week in walls}
        assert [len(booked[week]) for week in walls] == [1, 1, 0, 1, 1, 1]
        assert booked[7][0]["series"] == {"number": 5, "count": 6}
        for who in ("kim", "lee"):
            file = await kim.mailed(who, "PUBLISH", 1)
            assert starts(file) == starts_by_another(file) == expected

        elsewhere = await kim.wall("16:00", 6)
        assert (await kim.changes("move", booked[6][0], starts_at=elsewhere.isoformat()))[0] == 200
        assert (await kim.changes("cancel", booked[3][0]))[0] == 200
        expected = sorted([walls[2], walls[5], elsewhere, walls[7]])
        sequences = []
        for who in PEOPLE:
            cancelled = await kim.mailed(who, "CANCEL", 1)
            (gone,) = events(cancelled)
            assert gone["RECURRENCE-ID"].dt.astimezone(UTC) == walls[3]
            whole = await kim.mailed(who, "REQUEST", 1)
            assert {str(event["UID"]) for event in events(whole)} == {str(gone["UID"])}
            assert elsewhere in starts(whole)
            assert starts(whole) == starts_by_another(whole)
            sequences.append((events(whole)[0]["SEQUENCE"], gone["SEQUENCE"]))
        assert all(1 <= first <= 2 and second == 2 for first, second in sequences)
        feed = await feed_of(kim, "lee")
        assert starts(feed) == starts_by_another(feed) == expected
        assert {event["SEQUENCE"] for event in events(feed)} == {2}


async def feed_of(kim: Team, who: str) -> bytes:

    portal = await kim.desk.mailed(f"{who}@example.org", "portal")
    headers = {"Authorization": f"Bearer {portal}"}
    async with aiohttp.ClientSession(kim.desk.built.settings.base_url) as http:
        async with http.post("/v1/own/feed", headers=headers, json={}) as answer:
            address = (await answer.json())["address"]
        async with http.get(address) as answer:
            return await answer.read()


async def test_where_one_week_is_taken_none_is_booked_and_the_look_says_which() -> None:
    async with first_day() as office:
        kim = await team(office)
        other = Team(kim.desk, kim.couple, 4)
        await other.books("11:30")
        body = {"session": await kim.wanted(), "weeks": 4}
        look = await kim.desk.does("POST", kim.path("/repeat/look"), body)
        assert [(one["week"], one["taken"]) for one in look["sessions"]] == [
            *((2, False), (3, False), (4, True), (5, False))
        ]
        status, problem = await kim.repeats(4)
        assert (status, problem["type"].rpartition(":")[2]) == (422, "time_taken")
        assert [len((await kim.look(week))["booked"]) for week in (2, 3, 4, 5)] == [0, 0, 1, 0]
        assert kim.files("kim", "PUBLISH") == [] or len(kim.files("kim", "PUBLISH")) == 1
        assert (await kim.repeats(4, without=(4,)))[0] == 201
        for weeks, without, code in ((1, (), "weeks_unfit"), (12, (), "weeks_unfit"), (2, (2, 3), "weeks_unfit")):
            status, problem = await kim.repeats(weeks, without, "17:00")
            assert (status, problem["type"].rpartition(":")[2]) == (422, code)


async def test_one_session_of_a_series_finds_a_new_time_of_its_own_and_leaves_the_series() -> None:
    async with first_day() as office:
        kim = await team(office)
        assert (await kim.repeats(3))[0] == 201
        (third,) = (await kim.look(3))["booked"]
        portal = await kim.desk.mailed("kim@example.org", "portal")
        body = {"reason": "illness", "late": None}
        assert (await asks(kim.desk, portal, "POST", f"/sessions/{third['id']}/word", body))[0] == 200
        for who in ("kim", "lee"):
            token = await kim.desk.mailed(f"{who}@example.org", "times")
            await _accepts(kim, token)
        (gone,) = events(await kim.mailed("kim", "CANCEL", 1))
        (fresh,) = events(await kim.mailed("kim", "REQUEST", 1))
        assert gone["RECURRENCE-ID"].dt.astimezone(UTC) == await kim.wall("11:00", 3)
        assert str(fresh["UID"]) != str(gone["UID"])
        assert "RRULE" not in fresh
        feed = await feed_of(kim, "kim")
        assert starts(feed) == sorted(
            [await kim.wall("11:00", 2), fresh["DTSTART"].dt.astimezone(UTC), await kim.wall("11:00", 4)]
        )
        page = await gets(kim.desk, await kim.desk.mailed("kim@example.org", "portal"))
        assert len(page["coming"]) == 3


async def _accepts(kim: Team, token: str) -> None:

    async with (
        aiohttp.ClientSession(kim.desk.built.settings.base_url) as http,
        http.post(
            "/v1/proposal/answer", headers={"Authorization": f"Bearer {token}"}, json={"accept": [0, 1, 2]}
        ) as answer,
    ):
        assert answer.status == 200


@pytest.mark.e2e
async def test_the_therapist_repeats_moves_and_cancels_in_the_browser(chromium: Browser) -> None:
    async with first_day() as office:
        kim = await team(office)
        page = await chromium.new_page(viewport={"width": 320, "height": 700}, reduced_motion="reduce")
        await page.goto(f"{office.built.settings.base_url}/clinic#{kim.desk.token}")
        await page.get_by_role("button", name="Kim and Lee").click()
        await page.get_by_role("tab", name="Week").click()
        await page.get_by_role("button", name="The week after").click()
        await page.get_by_role("button", name="Repeat weekly: Together").first.click()
        repeat = page.get_by_role("group", name="Repeat weekly: Together")
        await repeat.get_by_label("Repeat weekly until").select_option(label="week 5")
        await expect(repeat.get_by_role("checkbox")).to_have_count(4)
        await repeat.get_by_role("checkbox").nth(1).uncheck()
        await reads_well(page)
        await repeat.get_by_role("button", name="Book these 3 sessions").click()
        await expect(page.get_by_text("weekly, 1 of 4")).to_be_visible()

        await page.get_by_role("button", name="Move: Together").click()
        move = page.get_by_role("group", name="Another time: Together")
        await move.get_by_role("button", name="Times that suit everybody").click()
        await move.get_by_role("button", name=re.compile("[AP]M")).first.click()
        await expect(page.get_by_role("button", name="Move: Together")).to_be_visible()
        await kim.mailed("lee", "REQUEST", 1)

        await page.get_by_role("button", name="Cancel: Together").click()
        await reads_well(page)
        await page.get_by_role("button", name="Cancel this session").click()
        await expect(page.get_by_text("50 min · cancelled")).to_be_visible()
        await kim.mailed("lee", "CANCEL", 1)


async def reads_well(page: Page) -> None:
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    assert (await too_small(page), await faults(page)) == ([], [])
