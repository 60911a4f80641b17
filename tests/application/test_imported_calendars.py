"""Calendars that people keep elsewhere: what is read of them, what is kept, and what no one else ever sees."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.application.chart import Reader, Unknown
from server.application.imported import AGAIN
from server.application.imports import CalendarRefused
from server.domain.programme import Availability, ProgrammeError, Subscriptions
from server.domain.programme.availability import MOST_CALENDARS
from server.domain.schedule import Calendar
from tests.application.own import ADDRESS, ALEX, MARSH, NOW, OFFICE, RIVERA, ROBIN, Town, town
from tests.support.calendars import calendar_file, event

pytestmark = pytest.mark.asyncio

TEAM = Reader("team", "team")
DENTIST = event("DTSTART:20261022T150000Z", "DTEND:20261022T160000Z", "SUMMARY:CANARY dentist")
GYM = event("DTSTART:20261023T100000", "DTEND:20261023T113000", uid="gym")
DECLINED = event(
    "DTSTART:20261024T150000Z",
    "DTEND:20261024T160000Z",
    "ATTENDEE;PARTSTAT=DECLINED:mailto:alex@example.org",
    uid="declined",
)
DAY = timedelta(days=1)


async def busy(home: Town, person: str) -> list[str]:
    calendars: list[Calendar] = await home.calendars.of([person], NOW, NOW + 30 * DAY, NOW)
    return [f"{one.start:%m-%d %H:%M} {one.end - one.start}" for one in calendars[0].busy]


async def shown(home: Town, who: Reader) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await home.own.look(who))["calendars"]
    return found


async def versions(home: Town, person: str = "alex") -> int:
    return len(await home.records.versions(TEAM, Availability, person))


async def subscribed() -> Town:
    home = await town()
    home.web.files[ADDRESS] = calendar_file(DENTIST)
    await home.imports.bring_address(ALEX, "My calendar", ADDRESS)
    return home


async def test_a_file_becomes_busy_times_in_the_owner_s_zone_and_nothing_else_is_kept() -> None:
    home = await town()
    await home.imports.bring_file(ALEX, "Private", calendar_file(DENTIST, GYM, DECLINED))
    # 10 in New York is 14 in UTC; a declined invitation takes no time
    assert await busy(home, "alex") == ["10-22 15:00 1:00:00", "10-23 14:00 1:30:00"]
    [calendar] = await shown(home, ALEX)
    until = datetime(2026, 10, 20, tzinfo=UTC) + 180 * DAY
    assert calendar == {"id": "calendar-0", "name": "Private", "host": "", "read_at": NOW, "until": until} | {
        "busy": 2,
        "unread_since": None,
    }
    kept = await home.store.read(TEAM, "Availability", "alex")
    assert kept is not None
    assert "CANARY" not in kept.body
    assert await busy(home, "robin") == []


async def test_of_an_address_only_the_host_is_ever_shown() -> None:
    home = await subscribed()
    assert home.web.asked == [ADDRESS]
    [calendar] = await shown(home, ALEX)
    assert calendar["host"] == "calendar.example"
    assert "7f3a" not in repr(await home.own.look(ALEX))
    for reader in (ALEX, ROBIN, RIVERA, MARSH, OFFICE):
        assert await home.records.all(reader, Subscriptions) == []
    [kept] = await home.records.all(TEAM, Subscriptions)
    assert kept.value.addresses == {"calendar-0": ADDRESS}
    assert "7f3a" not in repr(kept.value)


async def test_an_address_is_read_again_every_hour_and_what_changed_counts() -> None:
    home = await subscribed()
    await home.wait(timedelta(minutes=59))
    assert await home.imports.read_again() == 0
    home.web.files[ADDRESS] = calendar_file(GYM)
    await home.wait(timedelta(minutes=1))
    assert await home.imports.read_again() == 1
    assert await busy(home, "alex") == ["10-23 14:00 1:30:00"]
    assert (await shown(home, ALEX))[0]["read_at"] == NOW + AGAIN


async def test_what_did_not_change_is_not_written_again() -> None:
    home = await subscribed()
    for _ in range(14):
        await home.wait(AGAIN)
        assert await home.imports.read_again() == 1
    assert await versions(home) == 1
    assert (await shown(home, ALEX))[0]["read_at"] == NOW + 14 * AGAIN
    await home.wait(AGAIN)
    await home.imports.read_again()
    assert await versions(home) == 2, "once a day the horizon moves on"


async def test_a_calendar_that_cannot_be_read_keeps_its_last_good_times_however_long() -> None:
    home = await subscribed()
    good = home.web.files.pop(ADDRESS)
    for _ in range(30):
        await home.wait(DAY)
        await home.imports.read_again()
    assert await busy(home, "alex") == ["10-22 15:00 1:00:00"]
    [calendar] = await shown(home, ALEX)
    assert (calendar["read_at"], calendar["unread_since"]) == (NOW, NOW + DAY)
    assert await versions(home) == 2
    for spoiled, since in ((b"<html>", NOW + DAY), (good, None)):
        home.web.files[ADDRESS] = spoiled
        await home.wait(AGAIN)
        await home.imports.read_again()
        assert (await shown(home, ALEX))[0]["unread_since"] == since
    assert (await shown(home, ALEX))[0]["read_at"] == home.clock.now()


async def test_after_a_restart_every_address_is_read_again() -> None:
    home = await subscribed()
    home.web.files[ADDRESS] = calendar_file(GYM)
    assert await home.imports_anew().read_again() == 1
    assert await busy(home, "alex") == ["10-23 14:00 1:30:00"]


async def is_being_read(home: Town) -> asyncio.Task[int]:
    """The reading of what is due, which goes on once `home.web` is open."""
    await home.wait(AGAIN)
    home.web.open.clear()
    home.web.reached.clear()
    home.web.files[ADDRESS] = calendar_file(GYM)
    reading = asyncio.create_task(home.imports.read_again())
    await home.web.reached.wait()
    return reading


async def test_what_somebody_says_while_their_calendar_is_read_is_not_lost() -> None:
    home = await subscribed()
    reading = await is_being_read(home)
    await home.imports.bring_file(ALEX, "Other", calendar_file(DENTIST))
    home.web.open.set()
    await reading
    assert await busy(home, "alex") == ["10-23 14:00 1:30:00", "10-22 15:00 1:00:00"]


async def test_a_calendar_taken_away_while_it_is_read_stays_away() -> None:
    home = await subscribed()
    reading = await is_being_read(home)
    await home.imports.drop(ALEX, "calendar-0")
    home.web.open.set()
    await reading
    assert await busy(home, "alex") == []
    await home.wait(DAY)
    assert await home.imports.read_again() == 0


async def test_nobody_takes_away_what_is_another_s() -> None:
    home = await subscribed()
    for who in (ROBIN, RIVERA, OFFICE):
        with pytest.raises(Unknown):
            await home.imports.drop(who, "calendar-0")
    assert len(await shown(home, ALEX)) == 1


@pytest.mark.parametrize("name", ["", "two\nlines", "x" * 61])
async def test_a_name_that_cannot_be_is_refused_before_anything_is_fetched(name: str) -> None:
    home = await town()
    with pytest.raises(ProgrammeError) as no:
        await home.imports.bring_address(ALEX, name, ADDRESS)
    assert no.value.code == "text_unfit"
    assert home.web.asked == []


async def test_what_is_refused_changes_nothing() -> None:
    home = await town()
    for bring in (
        home.imports.bring_file(ALEX, "Photo", b"\x89PNG"),
        home.imports.bring_address(ALEX, "Nowhere", ADDRESS),
    ):
        with pytest.raises(CalendarRefused):
            await bring
    assert await shown(home, ALEX) == []
    assert await home.records.all(TEAM, Subscriptions) == []


async def test_only_so_many_calendars_are_kept() -> None:
    home = await subscribed()
    for n in range(1, MOST_CALENDARS):
        await home.imports.bring_file(ALEX, f"Number {n}", calendar_file())
    asked = len(home.web.asked)
    for bring in (
        home.imports.bring_file(ALEX, "One more", calendar_file()),
        home.imports.bring_address(ALEX, "One more", ADDRESS),
    ):
        with pytest.raises(ProgrammeError) as no:
            await bring
        assert no.value.code == "too_many"
    assert len(home.web.asked) == asked
    await home.imports.drop(ALEX, "calendar-0")
    assert await home.imports.read_again() == 0


async def test_a_therapist_s_own_calendar_keeps_a_session_from_that_time() -> None:
    home = await town()
    await home.imports.bring_file(RIVERA, "Clinic", calendar_file(DENTIST))
    assert await busy(home, "rivera") == ["10-22 15:00 1:00:00"]
    assert await home.records.get(MARSH, Availability, "rivera") is None


@pytest.mark.flaky(reruns=2)  # it reads a clock
async def test_reading_a_hostile_file_lets_others_go_on() -> None:
    home = await town()
    hostile = calendar_file(*[event("DTSTART:20261001T000000Z", "RRULE:FREQ=SECONDLY", uid=f"{n}") for n in range(500)])
    pulse: list[float] = []

    async def beat() -> None:
        while True:
            pulse.append(time.monotonic())
            await asyncio.sleep(0.005)

    beating = asyncio.create_task(beat())
    began = time.monotonic()
    with pytest.raises(CalendarRefused) as no:
        await home.imports.bring_file(ALEX, "Odd", hostile)
    took = time.monotonic() - began
    beating.cancel()
    await asyncio.gather(beating, return_exceptions=True)
    assert no.value.code == "calendar_too_busy"
    assert took < 3
    assert max((b - a for a, b in itertools.pairwise(pulse)), default=0) < 0.5
