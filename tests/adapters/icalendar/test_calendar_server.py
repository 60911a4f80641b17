"""A real CalDAV server takes Dyad's files, finds them by time by its own reading, and gives back the same instants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import caldav
import pytest

from server.adapters.icalendar import (
    CalendarEntry,
    SeriesEntry,
    dropped,
    feed,
    invitation,
    moved,
    series_invitation,
    starts_of,
    withdrawn,
)
from tests.support.calendars import STAMP, entry, without_method
from tests.support.radicale import radicale_running

ZONES = ["America/New_York", "Europe/Madrid", "Australia/Sydney"]
FROM, TO = datetime(2026, 9, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("radicale")
    connect: Any = caldav.DAVClient
    with radicale_running(folder) as url, connect(url=url, username="robin", password="any") as client:
        yield client


@pytest.fixture
def shelf(client: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """An empty calendar on the server."""
    made = client.principal().make_calendar(name=request.node.name)
    yield made
    made.delete()


def put(client: Any, shelf: Any, uid: str, file: bytes) -> None:
    """As it is, and not through the library's own idea of an event, which counts SEQUENCE up."""
    answer = client.put(str(shelf.url.join(f"{uid}.ics")), without_method(file), {"Content-Type": "text/calendar"})
    assert answer.status in (201, 204)


def expanded(shelf: Any) -> list[datetime]:
    found = shelf.search(start=FROM, end=TO, event=True, expand=True)
    return sorted(one.icalendar_component["DTSTART"].dt.astimezone(UTC) for one in found)


def found_at(shelf: Any, instant: datetime) -> bool:
    """Whether the server, which works rules out by itself, has something in that minute."""
    return bool(shelf.search(start=instant, end=instant + MINUTE, event=True, expand=False))


@pytest.mark.parametrize("zone", ZONES)
def test_a_series_with_exceptions_is_where_it_was_put(client: Any, shelf: Any, zone: str) -> None:
    first = datetime(2026, 9, 23, 15, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    whole = SeriesEntry(entry(first, zone=zone), 8)
    other = datetime(2026, 10, 22, 6, 30, tzinfo=UTC)
    series = moved(dropped(whole, 2), 4, other)
    put(client, shelf, series.entry.uid, series_invitation(series, "REQUEST", stamp=STAMP))
    assert expanded(shelf) == starts_of(series)
    for start in starts_of(series):
        assert found_at(shelf, start)
        assert found_at(shelf, start + 49 * MINUTE)
        assert not found_at(shelf, start - MINUTE)
        assert not found_at(shelf, start + 50 * MINUTE)
    assert not found_at(shelf, starts_of(whole)[2])
    assert not found_at(shelf, starts_of(whole)[4])


def test_create_move_and_cancel_keep_one_entry(client: Any, shelf: Any) -> None:
    booked = entry(datetime(2026, 10, 30, 19, tzinfo=UTC))
    later = replace(booked, starts_at=booked.starts_at + timedelta(days=7), sequence=1)
    steps: list[tuple[CalendarEntry, bytes]] = [
        (booked, invitation(booked, "REQUEST", stamp=STAMP)),
        (later, invitation(later, "REQUEST", stamp=STAMP)),
        (withdrawn(later), invitation(withdrawn(later), "CANCEL", stamp=STAMP)),
    ]
    for number, (expected, file) in enumerate(steps):
        put(client, shelf, booked.uid, file)
        [kept] = shelf.events()
        component = kept.icalendar_component
        assert (component["UID"], component["SEQUENCE"]) == (booked.uid, number)
        assert component["DTSTART"].dt.astimezone(UTC) == expected.starts_at
    assert component["STATUS"] == "CANCELLED"


def test_a_whole_feed_becomes_a_calendar(client: Any, shelf: Any) -> None:
    """Putting a file in a folder's place is how Radicale takes in a subscribed calendar."""
    singles = [entry(datetime(2026, 11, 1, 6, 10, tzinfo=UTC), uid="night@dyad")]
    singles += [
        entry(datetime(2026, 10, 25, 12, tzinfo=UTC), zone=zone, uid=f"{n}@dyad") for n, zone in enumerate(ZONES)
    ]
    series = SeriesEntry(entry(datetime(2026, 10, 20, 7, tzinfo=UTC), zone="Europe/Madrid"), 3)
    file = feed([*singles, series], name="My appointments", stamp=STAMP)
    answer = client.put(str(shelf.url), without_method(file), {"Content-Type": "text/calendar"})
    assert answer.status == 201
    assert len(shelf.events()) == 5
    assert expanded(shelf) == sorted([*(one.starts_at for one in singles), *starts_of(series)])
