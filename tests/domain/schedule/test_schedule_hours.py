"""Weekly hours are wall time plus zone: both clock changes in three zones, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from server.domain.schedule import Busy, Calendar, ScheduleError, Slot, WeeklyHours, Window, find_slots
from server.domain.schedule.hours import MOST_BUSY, MOST_WINDOWS
from server.domain.schedule.spans import open_spans

SUNDAY = 6


def offered(zone: str, day: str, first: time, last: time) -> list[tuple[str, str]]:
    """The open spans of that UTC day and the next, as UTC hours and minutes."""
    low = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    weekday = datetime.fromisoformat(day).weekday()
    spans = open_spans(WeeklyHours(zone, (Window(weekday, first, last),)), low, low + 2 * 86_400)
    return [tuple(f"{datetime.fromtimestamp(end, UTC):%H:%M}" for end in span) for span in spans]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [
        ("America/New_York", "2026-03-08", "14:00", "13:00"),
        ("America/New_York", "2026-11-01", "13:00", "14:00"),
        ("America/Chicago", "2026-03-08", "15:00", "14:00"),
        ("America/Chicago", "2026-11-01", "14:00", "15:00"),
        ("Europe/Berlin", "2026-03-29", "08:00", "07:00"),
        ("Europe/Berlin", "2026-10-25", "07:00", "08:00"),
    ],
)
def test_nine_stays_nine_on_the_wall_when_the_clocks_change(zone: str, day: str, before: str, after: str) -> None:
    week_earlier = (datetime.fromisoformat(day) - timedelta(days=7)).date().isoformat()
    assert offered(zone, week_earlier, time(9), time(10))[0][0] == before
    assert offered(zone, day, time(9), time(10))[0][0] == after


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [("America/New_York", "2026-03-08", 2), ("America/Chicago", "2026-03-08", 2), ("Europe/Berlin", "2026-03-29", 2)],
)
def test_an_hour_that_the_clocks_skip_is_not_offered(zone: str, day: str, hour: int) -> None:
    assert offered(zone, day, time(hour), time(hour + 1)) == []
    [(low, high)] = offered(zone, day, time(hour - 1), time(hour + 2))
    assert (int(high[:2]) - int(low[:2])) == 2, "three hours of wall, two of time"


@pytest.mark.parametrize(
    ("zone", "day", "hour", "first"),
    [
        ("America/New_York", "2026-11-01", 1, ("05:00", "06:00")),
        ("America/Chicago", "2026-11-01", 1, ("06:00", "07:00")),
        ("Europe/Berlin", "2026-10-25", 2, ("00:00", "01:00")),
    ],
)
def test_an_hour_that_the_clocks_repeat_is_offered_once_the_first_time(
    zone: str, day: str, hour: int, first: tuple[str, str]
) -> None:
    assert offered(zone, day, time(hour), time(hour + 1)) == [first]
    around = offered(zone, day, time(hour), time(hour + 2))
    assert around == [first, (f"{int(first[1][:2]) + 1:02}:00", f"{int(first[1][:2]) + 2:02}:00")]


def test_a_search_that_begins_in_the_repeated_hour_waits_for_its_end() -> None:
    always = WeeklyHours("America/New_York", tuple(Window(day, time(0), time(0)) for day in range(7)))
    found = find_slots(
        [Calendar(always)],
        minutes=15,
        after=datetime(2026, 11, 1, 6, 20, tzinfo=UTC),  # 1:20 AM for the second time
        until=datetime(2026, 11, 2, tzinfo=UTC),
        count=1,
    )
    assert found[0].start == datetime(2026, 11, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("weekday", "start", "end", "says"),
    [
        (7, time(9), time(10), "weekday 7"),
        (-1, time(9), time(10), "weekday -1"),
        (0, time(10), time(10), "not after its start"),
        (0, time(10), time(9), "not after its start"),
        (0, time(9, tzinfo=UTC), time(10), "carries a zone"),
        (0, time(9, 0, 1), time(10), "whole minute"),
    ],
)
def test_a_window_that_cannot_be_is_refused(weekday: int, start: time, end: time, says: str) -> None:
    with pytest.raises(ScheduleError, match=says):
        Window(weekday, start, end)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "America", "/etc/localtime", "a\0b", "Ü"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ScheduleError, match="not a time zone"):
        WeeklyHours(zone, ())


def test_counts_are_limited() -> None:
    window = Window(0, time(9), time(10))
    busy = Busy(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
    with pytest.raises(ScheduleError, match="windows"):
        WeeklyHours("UTC", (window,) * (MOST_WINDOWS + 1))
    with pytest.raises(ScheduleError, match="busy spans"):
        Calendar(WeeklyHours("UTC", (window,)), (busy,) * (MOST_BUSY + 1))


@pytest.mark.parametrize("kind", [Busy, Slot])
def test_spans_have_a_zone_and_last(kind: type[Busy] | type[Slot]) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    with pytest.raises(ScheduleError, match="has no zone"):
        kind(noon.replace(tzinfo=None), noon)
    with pytest.raises(ScheduleError, match="not after its start"):
        kind(noon, noon)


def test_a_span_across_a_clock_change_is_measured_in_time_not_on_the_wall() -> None:
    zone = ZoneInfo("America/New_York")
    second_time = datetime(2026, 11, 1, 1, 15, tzinfo=zone, fold=1)
    assert Busy(datetime(2026, 11, 1, 1, 45, tzinfo=zone), second_time).end is second_time
    with pytest.raises(ScheduleError, match="not after its start"):
        Busy(second_time, datetime(2026, 11, 1, 1, 45, tzinfo=zone))


def test_a_slot_is_kept_in_utc() -> None:
    west = timezone(timedelta(hours=-6))
    slot = Slot(datetime(2026, 11, 23, 15, tzinfo=west), datetime(2026, 11, 23, 15, 50, tzinfo=west))
    assert slot.start.isoformat() == "2026-11-23T21:00:00+00:00"
    assert slot.end.tzinfo is UTC
