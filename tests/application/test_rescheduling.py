"""New times that everybody can make: what a search keeps to, and what somebody says would suit them instead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.application.chart import Reader, Wall
from server.domain.programme import DEFAULT_PROGRAMME, Availability, Client, Staff
from server.domain.schedule import Part, Wish
from server.domain.session import commands as c
from tests.application.meeting import NOW, START, ZONES, Meeting

pytestmark = pytest.mark.asyncio


async def none_suits(meeting: Meeting, who: str, *wishes: tuple[int, Part]) -> None:
    said = frozenset(Wish(day, part) for day, part in wishes)
    reply = await meeting.dispatcher.submit("s", c.AnswerTimes(who, frozenset(), said))
    assert reply.refusal is None
    await meeting.search.search("s")


def local(at: datetime, who: str) -> datetime:
    return at.astimezone(ZoneInfo(ZONES[who]))


async def test_the_same_week_comes_first_and_nothing_is_sooner_than_the_notice() -> None:
    meeting = await Meeting(replace(DEFAULT_PROGRAMME, notice_hours=30)).planned()
    await meeting.cannot_come()
    starts = (await meeting.proposal()).starts
    assert len(starts) == 3
    assert all(NOW + timedelta(hours=30) <= at for at in starts)
    assert {at.isocalendar().week for at in starts} == {START.isocalendar().week}
    assert len({local(at, "rivera").date() for at in starts}) == 3


async def test_before_a_week_in_which_the_hours_between_them_differ_one_is_offered_in_which_they_do_not() -> None:
    meeting = await Meeting().planned()
    week = NOW.replace(hour=0)
    await meeting.books("full", week, "rivera", minutes=5 * 1440 + 1439)
    await meeting.books("longer", week + timedelta(days=6), "rivera", minutes=1440)
    await meeting.cannot_come()
    starts = (await meeting.proposal()).starts
    # From the 8th to the 29th New York is an hour nearer to Madrid. What is left of the 30th is like today again.
    assert [f"{local(at, 'robin'):%d}" for at in starts] == ["30", "09", "10"]


async def test_the_hours_of_the_clinic_hold_on_everybody_s_own_wall() -> None:
    rules = replace(DEFAULT_PROGRAMME, earliest=time(9, 30), latest=time(18))
    always = json.dumps([[day, "00:00", "00:00"] for day in range(7)])
    meeting = await Meeting(rules).planned(hours=always)
    await meeting.cannot_come()
    starts = (await meeting.proposal()).starts
    assert starts
    for at in starts:
        for who in ("rivera", "alex", "robin"):
            assert time(9, 30) <= local(at, who).time() <= time(17, 10), who


async def test_an_interpreter_who_is_needed_has_to_be_free_too() -> None:
    meeting = await Meeting().planned(interpreter=True)
    await meeting.books("elsewhere", NOW.replace(hour=0), "noor", minutes=1440)
    for day in range(1, 29):
        if day != 10:
            await meeting.books(f"elsewhere-{day}", NOW.replace(hour=0) + timedelta(days=day), "noor", minutes=1440)
    await meeting.cannot_come()
    assert {at.date() for at in (await meeting.proposal()).starts} == {(NOW + timedelta(days=10)).date()}


async def test_nobody_is_offered_a_time_at_which_they_are_where_the_therapist_may_not_see_them() -> None:
    meeting, team = await Meeting().planned(), Reader("team", "team")
    await meeting.records.put(team, Staff("Rivera", ("US-NY", "US-IL")), "rivera", "", Wall.STAFF, 0)
    await meeting.records.put(team, Client("Alex", "US-NY"), "alex", "alex", Wall.OFFICE, 0)
    await meeting.records.put(team, Client("Robin", "ES"), "robin", "robin", Wall.OFFICE, 0)
    await meeting.cannot_come()
    assert (await meeting.proposal()).status == "nothing_found"


async def test_whoever_says_they_are_away_is_not_offered_that_time() -> None:
    meeting = await Meeting().planned()
    away = Availability(away=((NOW, NOW + timedelta(days=5)),))
    await meeting.records.put(Reader("team", "team"), away, "robin", "robin", Wall.CLIENT, 0)
    await meeting.cannot_come()
    assert all(at >= NOW + timedelta(days=5) for at in (await meeting.proposal()).starts)


async def test_the_next_times_lie_within_what_one_said_would_suit() -> None:
    meeting = await Meeting().planned()
    await meeting.cannot_come()
    first = (await meeting.proposal()).starts
    await none_suits(meeting, "a", (5, Part.MORNING), (1, Part.AFTERNOON))
    proposal = await meeting.proposal()
    assert (proposal.status, proposal.round) == ("proposed", 2)
    assert not set(first) & set(proposal.starts)
    for at in proposal.starts:
        wall = local(at, "alex")
        assert (wall.weekday(), wall.hour < 12) in ((5, True), (1, False)), wall


async def test_what_the_other_says_then_holds_beside_it() -> None:
    meeting = await Meeting().planned()
    await meeting.cannot_come()
    await none_suits(meeting, "a", (1, Part.MORNING), (2, Part.MORNING))
    await none_suits(meeting, "b", (2, Part.AFTERNOON), (2, Part.EVENING), (4, Part.EVENING))
    walls = await meeting.walls("alex")
    assert walls
    assert all(wall.startswith("Wed") and wall < "Wed 12" for wall in walls), walls
    assert (await meeting.proposal()).round == 3
    await none_suits(meeting, "a", (2, Part.EVENING))
    assert (await meeting.proposal()).status == "nothing_suits"


async def test_a_wish_may_go_beyond_the_hours_of_one_s_week_and_not_over_what_is_booked() -> None:
    mornings = json.dumps([[day, "08:00", "12:00"] for day in range(6)])
    meeting = await Meeting().planned()
    alex = await meeting.store.person("alex")
    assert alex is not None
    await meeting.store.add_person(replace(alex, hours=mornings))
    await meeting.cannot_come()
    tuesday = datetime(2026, 3, 10, 17, tzinfo=ZoneInfo(ZONES["alex"]))
    await meeting.books("held", tuesday - timedelta(hours=5), "nobody", "alex", minutes=6 * 60)
    await none_suits(meeting, "a", (1, Part.AFTERNOON))
    walls = [local(at, "alex") for at in (await meeting.proposal()).starts]
    assert walls
    assert all(wall.weekday() == 1 and wall.hour >= 12 for wall in walls)
    assert all(wall.date() != tuesday.date() for wall in walls)


async def test_wishes_that_nobody_else_can_meet_bring_in_a_person() -> None:
    meeting = await Meeting().planned()
    await meeting.cannot_come()
    await none_suits(meeting, "a", (6, Part.MORNING))  # the therapist works Monday to Saturday
    assert (await meeting.proposal()).status == "nothing_suits"
