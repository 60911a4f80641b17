"""Weekly series with exceptions, and feeds: UID and SEQUENCE over their life, and the instants in three zones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from server.adapters.icalendar import (
    SeriesEntry,
    busy_of,
    dropped,
    feed,
    invitation,
    moved,
    series_invitation,
    series_withdrawn,
    starts_of,
    withdrawn,
)
from tests.support.calendars import STAMP, entry

ZONES = ["America/New_York", "Europe/Madrid", "Australia/Sydney"]
# The clocks change on October 4 in Sydney, October 25 in Madrid, November 1 in New York.
WALL = datetime(2026, 9, 23, 15)


def weekly(zone: str = "America/New_York", count: int = 8) -> SeriesEntry:
    return SeriesEntry(entry(WALL.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone=zone), count)


def events(file: bytes) -> list[Any]:
    return list(Calendar.from_ical(file).walk("VEVENT"))


def told(file: bytes) -> list[tuple[str, int, str]]:
    return [(str(one["UID"]), one["SEQUENCE"], str(one["STATUS"])) for one in events(file)]


def starts_by_vobject(file: bytes) -> list[datetime]:
    """Another implementation's reading: the rule by dateutil, exceptions put in by hand."""
    calendar: Any = vobject.readOne(file.decode())
    calendar.validate(raiseException=True)
    master, *exceptions = calendar.vevent_list
    starts = {start.astimezone(UTC) for start in master.getrruleset(addRDate=True)}
    for one in exceptions:
        starts.remove(one.recurrence_id.value.astimezone(UTC))
        starts.add(one.dtstart.value.astimezone(UTC))
    return sorted(starts)


@pytest.mark.parametrize("zone", ZONES)
def test_every_week_is_at_the_same_wall_time_where_the_series_is(zone: str) -> None:
    series = weekly(zone)
    starts = starts_of(series)
    assert [start.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for start in starts] == [
        WALL + number * timedelta(days=7) for number in range(8)
    ]
    assert len({start.time() for start in starts}) == 2, "the clocks change once in these weeks"
    file = series_invitation(series, "REQUEST", stamp=STAMP)
    assert starts_by_vobject(file) == starts
    [event] = events(file)
    assert event["DTSTART"].params["TZID"] == zone
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;COUNT=8"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("reader", ZONES)
def test_the_exceptions_are_the_same_instants_wherever_they_are_read(zone: str, reader: str) -> None:
    other = datetime(2026, 10, 20, 6, 30, tzinfo=UTC)
    series = moved(dropped(weekly(zone), 2), 4, other)
    planned = starts_of(weekly(zone))
    assert starts_of(series) == sorted([*(planned[n] for n in (0, 1, 3, 5, 6, 7)), other])
    file = series_invitation(series, "REQUEST", stamp=STAMP)
    assert starts_by_vobject(file) == starts_of(series)
    spans = busy_of(
        file, zone=reader, owner="robin@example.org", after=STAMP - timedelta(90), until=STAMP + timedelta(90)
    )
    assert [(span.start, span.end - span.start) for span in spans] == [
        (start, timedelta(minutes=50)) for start in starts_of(series)
    ]


def test_uid_and_sequence_over_the_life_of_a_series() -> None:
    series = weekly()
    uid = series.entry.uid
    assert told(series_invitation(series, "REQUEST", stamp=STAMP)) == [(uid, 0, "CONFIRMED")]
    series = moved(series, 3, datetime(2026, 10, 15, 14, tzinfo=UTC))
    assert told(series_invitation(series, "REQUEST", stamp=STAMP)) == [(uid, 1, "CONFIRMED")] * 2
    series = dropped(series, 5)
    assert told(series_invitation(series, "REQUEST", stamp=STAMP)) == [(uid, 2, "CONFIRMED")] * 2
    off = series_invitation(series, "CANCEL", stamp=STAMP, only=5)
    assert told(off) == [(uid, 2, "CANCELLED")]
    [instance] = events(off)
    assert instance["RECURRENCE-ID"].dt == instance["DTSTART"].dt == datetime(2026, 10, 28, 19, tzinfo=UTC)
    series = moved(series, 5, starts_of(weekly())[5])
    assert (series.entry.sequence, series.dropped, set(series.moved)) == (3, frozenset(), {3})
    series = dropped(series, 3)
    assert (series.entry.sequence, series.dropped, dict(series.moved)) == (4, frozenset({3}), {})
    gone = series_withdrawn(series)
    assert told(series_invitation(gone, "CANCEL", stamp=STAMP)) == [(uid, 5, "CANCELLED")]


def test_an_occurrence_moved_into_a_repeated_hour_is_the_one_that_was_meant() -> None:
    second = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)
    file = series_invitation(moved(weekly(), 5, second), "REQUEST", stamp=STAMP)
    assert second in starts_by_vobject(file)


@pytest.mark.parametrize(
    "change",
    [
        lambda: weekly(count=0),
        lambda: weekly(count=521),
        lambda: moved(weekly(), 8, STAMP),
        lambda: moved(weekly(), 1, STAMP.replace(tzinfo=None)),
        lambda: dropped(weekly(), -1),
        lambda: replace(weekly(), moved={1: STAMP}, dropped=frozenset({1})),
        lambda: series_invitation(series_withdrawn(weekly()), "REQUEST", stamp=STAMP),
        lambda: series_invitation(weekly(), "CANCEL", stamp=STAMP, only=1),
        lambda: series_invitation(dropped(weekly(), 1), "REQUEST", stamp=STAMP, only=1),
        lambda: series_invitation(weekly(), "REPLY", stamp=STAMP),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_is_refused(change: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        change()


@pytest.mark.parametrize(
    ("wall", "minutes"),
    [("2026-10-18T01:30", 10), ("2026-10-18T00:30", 100), ("2027-02-28T02:30", 10), ("2027-02-28T01:30", 50)],
)
def test_a_series_in_whose_time_the_clocks_change_is_refused(wall: str, minutes: int) -> None:
    """In New York, two Sundays later: a time that comes twice, runs into the change, never comes, is cut by it."""
    start = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo("America/New_York"))
    first = replace(entry(start), minutes=minutes)
    assert len(starts_of(SeriesEntry(first, 2))) == 2
    with pytest.raises(ValueError, match="clocks change"):
        SeriesEntry(first, 3)


def feed_of(*entries: Any) -> bytes:
    return feed(entries, name="My appointments", stamp=STAMP)


def test_a_feed_holds_every_appointment_and_each_zone_once() -> None:
    start = datetime(2026, 10, 20, 19, tzinfo=UTC)
    ones = [
        entry(start, uid="a@dyad"),
        entry(start + timedelta(days=900), uid="b@dyad"),
        entry(start, zone="Europe/Madrid", uid="c@dyad"),
        withdrawn(entry(start, uid="d@dyad")),
    ]
    series = moved(weekly("Australia/Sydney"), 1, start)
    file = feed_of(*ones, series)
    calendar = Calendar.from_ical(file)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == sorted(ZONES)
    assert told(file) == [
        ("a@dyad", 0, "CONFIRMED"),
        ("b@dyad", 0, "CONFIRMED"),
        ("c@dyad", 0, "CONFIRMED"),
        ("d@dyad", 1, "CANCELLED"),
        (series.entry.uid, 1, "CONFIRMED"),
        (series.entry.uid, 1, "CONFIRMED"),
    ]
    vobject.readOne(file.decode()).validate(raiseException=True)
    # the same bytes in another order
    assert feed_of(series, *reversed(ones)) == file


def test_a_feed_is_published_and_names_nobody_but_the_organizer() -> None:
    text = feed_of(entry(STAMP)).decode()
    for line in (
        "METHOD:PUBLISH",
        "X-WR-CALNAME:My appointments",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SUMMARY:Appointment",
        "CLASS:PRIVATE",
    ):
        assert f"\r\n{line}\r\n" in text
    assert "ATTENDEE" not in text
    assert "robin" not in text
    assert "http" not in text


def test_a_feed_agrees_with_the_mails() -> None:
    booked = entry(datetime(2026, 10, 20, 19, tzinfo=UTC))
    later = replace(booked, starts_at=booked.starts_at + timedelta(days=1), sequence=1)
    gone = withdrawn(later)
    for one in (booked, later):
        assert told(feed_of(one)) == told(invitation(one, "REQUEST", stamp=STAMP))
    assert told(feed_of(gone)) == told(invitation(gone, "CANCEL", stamp=STAMP)) == [(booked.uid, 2, "CANCELLED")]
    with pytest.raises(ValueError, match="cancelled"):
        invitation(gone, "REQUEST", stamp=STAMP)


def test_a_cancelled_appointment_of_a_feed_takes_no_time() -> None:
    gone = withdrawn(entry(STAMP + timedelta(days=1)))
    off = series_withdrawn(weekly())
    for one in (gone, off):
        span = {"after": STAMP, "until": STAMP + timedelta(days=30)}
        assert busy_of(feed_of(one), zone="UTC", owner="robin@example.org", **span) == ()


def test_an_empty_feed_is_still_a_calendar() -> None:
    calendar = Calendar.from_ical(feed_of())
    assert len(calendar.subcomponents) == 1
    assert calendar.walk("VEVENT") == []
    vobject.readOne(feed_of().decode())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: feed_of(entry(STAMP), entry(STAMP)),
        lambda: feed_of(entry(STAMP), replace(weekly(), entry=entry(WALL.replace(tzinfo=UTC)))),
        lambda: feed([], name="a\r\nX:1", stamp=STAMP),
        lambda: feed([], name="x", stamp=STAMP.replace(tzinfo=None)),
    ],
)
def test_a_feed_that_cannot_be_is_refused(wrong: Callable[[], bytes]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wrong()
