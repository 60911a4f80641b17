"""Somebody's appointments in the calendar that they keep elsewhere: as two other parsers and a server read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import caldav
import icalendar
import pytest
import vobject

from server.application.links import LinkRefused
from server.application.own_feed import AHEAD, BACK, VALID
from tests.application.own import ALEX, NOW, RIVERA, ROBIN, Town, town
from tests.support.calendars import without_method
from tests.support.radicale import radicale_running

pytestmark = pytest.mark.asyncio

# Around the nights in which Madrid (October 25), then New York and Chicago (November 1) change their clocks.
STARTS = {
    "before": datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
    "madrid": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "madrid-again": datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    "york": datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
    "york-again": datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    "spring": datetime(2027, 3, 14, 7, 30, tzinfo=UTC),
}
ZONES = {"alex": "America/New_York", "robin": "Europe/Madrid", "rivera": "America/Chicago"}


def token_of(address: str) -> str:
    return address.removeprefix("https://dyad.example/calendar/").removesuffix(".ics")


async def feed_of(home: Town, who: Any = ALEX) -> bytes:
    return await home.feed.file(token_of(await home.feed.renew(who)))


def events(file: bytes) -> dict[str, Any]:
    return {str(one["UID"]): one for one in icalendar.Calendar.from_ical(file).walk("VEVENT")}


async def booked() -> Town:
    home = await town()
    for id, at in STARTS.items():
        await home.books(id, at, "alex", "robin")
    return home


@pytest.mark.parametrize("who", [ALEX, ROBIN, RIVERA], ids=lambda who: ZONES[who.person])
async def test_every_session_is_at_its_instant_on_the_wall_of_its_owner(who: Any) -> None:
    file = await feed_of(await booked(), who)
    zone = ZoneInfo(ZONES[who.person])
    found = events(file)
    assert {uid: one["DTSTART"].dt.astimezone(UTC) for uid, one in found.items()} == {
        f"{id}@dyad": at for id, at in STARTS.items()
    }
    assert all(
        one["DTEND"].dt.astimezone(UTC) - STARTS[uid[:-5]] == timedelta(minutes=50) for uid, one in found.items()
    )
    spring = found["spring@dyad"]["DTSTART"]
    assert spring.params["TZID"] == zone.key
    assert spring.dt.replace(tzinfo=None) == STARTS["spring"].astimezone(zone).replace(tzinfo=None)
    read: Any = vobject.readOne(file.decode())
    instants = {one.uid.value: one.dtstart.value.astimezone(UTC) for one in read.vevent_list}
    assert instants == {f"{id}@dyad": at for id, at in STARTS.items()}


@pytest.fixture(scope="module")
def radicale(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("radicale")
    connect: Any = caldav.DAVClient
    with radicale_running(folder) as url, connect(url=url, username="robin", password="any") as client:
        yield client


@pytest.mark.parametrize("who", [ALEX, ROBIN, RIVERA], ids=lambda who: ZONES[who.person])
async def test_a_calendar_server_finds_each_session_in_its_minute(who: Any, radicale: Any) -> None:
    file = await feed_of(await booked(), who)
    shelf = radicale.principal().make_calendar(name=who.person)
    answer = radicale.put(str(shelf.url), without_method(file), {"Content-Type": "text/calendar"})
    assert answer.status == 201
    minute = timedelta(minutes=1)
    for at in STARTS.values():
        assert shelf.search(start=at, end=at + minute, event=True, expand=False)
        assert shelf.search(start=at + 49 * minute, end=at + 50 * minute, event=True, expand=False)
        assert not shelf.search(start=at - minute, end=at, event=True, expand=False)


async def test_a_cancelled_session_stays_as_cancelled_with_the_mail_s_number() -> None:
    home = await booked()
    before = await feed_of(home)
    assert {str(one["STATUS"]) for one in events(before).values()} == {"CONFIRMED"}
    cancelled = await home.store.cancel("york")
    assert cancelled is not None
    after = events(await feed_of(home))
    assert (str(after["york@dyad"]["STATUS"]), after["york@dyad"]["SEQUENCE"]) == ("CANCELLED", cancelled.sequence)
    assert (str(after["before@dyad"]["STATUS"]), after["before@dyad"]["SEQUENCE"]) == ("CONFIRMED", 0)


async def test_it_reaches_60_days_back_and_a_year_ahead() -> None:
    home = await town()
    today = NOW.replace(hour=0)
    for id, at in {"older": -BACK - timedelta(minutes=1), "old": -BACK, "far": AHEAD - timedelta(minutes=1)}.items():
        await home.books(id, today + at, "alex")
    await home.books("further", today + AHEAD, "alex")
    assert set(events(await feed_of(home))) == {"old@dyad", "far@dyad"}


async def test_it_tells_of_nobody_else_and_of_no_reason() -> None:
    home = await booked()
    await home.books("own", NOW + timedelta(days=1), "robin")
    file = (await feed_of(home)).decode()
    assert "own@dyad" not in file
    for word in ("Robin", "Rivera", "Alex", "example.org", "couple", "ATTENDEE", "http"):
        assert word not in file
    assert {str(one["SUMMARY"]) for one in events(file.encode()).values()} == {"Appointment"}
    person = await home.store.person("alex")
    assert person is not None
    await home.store.add_person(replace(person, language="es"))
    assert {str(one["SUMMARY"]) for one in events(await feed_of(home)).values()} == {"Cita"}


async def test_a_renewed_address_ends_the_old_one_and_a_stopped_one_is_gone() -> None:
    home = await booked()
    assert await home.feed.standing(ALEX) is None
    old = token_of(await home.feed.renew(ALEX))
    await home.wait(timedelta(hours=1))
    new = token_of(await home.feed.renew(ALEX))
    other = token_of(await home.feed.renew(ROBIN))
    since = NOW + timedelta(hours=1)
    assert await home.feed.standing(ALEX) == {"since": since, "until": since + VALID}
    with pytest.raises(LinkRefused):
        await home.feed.file(old)
    assert await home.feed.file(new)
    await home.feed.stop(ALEX)
    assert await home.feed.standing(ALEX) is None
    with pytest.raises(LinkRefused):
        await home.feed.file(new)
    assert await home.feed.file(other)


async def test_the_file_is_the_same_all_day_while_nothing_changes() -> None:
    home = await booked()
    token = token_of(await home.feed.renew(ALEX))
    first = await home.feed.file(token)
    await home.wait(timedelta(hours=14))
    assert await home.feed.file(token) == first
    await home.store.cancel("york")
    assert await home.feed.file(token) != first


async def test_another_kind_of_link_is_no_calendar() -> None:
    home = await booked()
    token = await home.links.mint("alex", None, "client", "portal", timedelta(days=1))
    with pytest.raises(LinkRefused):
        await home.feed.file(token)
