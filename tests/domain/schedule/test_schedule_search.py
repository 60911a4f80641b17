"""find_slots: what it promises, one by one, and how long it takes. `test_schedule_oracle` compares all of it."""

from __future__ import annotations

import time as clock
from datetime import UTC, datetime, time, timedelta

import pytest

from server.domain.schedule import Busy, Calendar, Rules, ScheduleError, Slot, WeeklyHours, Window, find_slots
from tests.domain.schedule.calendars import CHICAGO, always, office, starts, utc

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


# --- the promises, one by one -------------------------------------------------------------------------------------


def test_three_days_of_the_missed_week_come_first() -> None:
    found = find_slots(
        [Calendar(office())],
        minutes=50,
        after=utc("2026-11-24T00:00"),
        until=MONDAY + timedelta(days=28),
        near=utc("2026-11-23T21:00"),
    )
    assert starts(found) == ["11-24 15:00", "11-25 15:00", "11-26 15:00"]
    assert all(slot.end - slot.start == timedelta(minutes=50) for slot in found)
    assert all(slot.start.tzinfo is UTC for slot in found)


def test_a_second_time_on_a_day_of_the_missed_week_comes_before_the_next_week() -> None:
    found = find_slots(
        [Calendar(office())],
        minutes=50,
        after=utc("2026-11-27T18:00"),  # Friday noon in Chicago
        until=MONDAY + timedelta(days=28),
        near=utc("2026-11-23T21:00"),
    )
    assert starts(found) == ["11-27 18:00", "11-27 20:00", "11-27 22:00"]


def test_the_next_week_fills_what_the_missed_week_lacks() -> None:
    found = find_slots(
        [Calendar(office())],
        minutes=50,
        after=utc("2026-11-27T21:30"),
        until=MONDAY + timedelta(days=28),
        near=utc("2026-11-23T21:00"),
    )
    assert starts(found) == ["11-27 21:30", "11-30 15:00", "12-01 15:00"]


def test_a_session_missed_ahead_of_time_keeps_its_own_week_first() -> None:
    found = find_slots(
        [Calendar(office(days=[0, 3], end=10))],
        minutes=50,
        after=utc("2026-11-23T00:00"),
        until=MONDAY + timedelta(days=28),
        near=utc("2026-12-09T21:00"),
    )
    assert starts(found) == ["12-07 15:00", "12-10 15:00", "11-23 15:00"]


def test_the_week_is_the_first_calendars_own() -> None:
    """Sunday 20:00 in Los Angeles is Monday in UTC: it still belongs to the week that ends."""
    sunday_evening = Calendar(office("America/Los_Angeles", [5, 6], 18, 22))
    found = find_slots(
        [sunday_evening],
        minutes=50,
        after=utc("2026-11-28T00:00"),
        until=utc("2026-12-20T00:00"),
        near=utc("2026-11-30T04:00"),
    )
    assert starts(found) == ["11-29 02:00", "11-29 04:00", "11-30 02:00"]


def test_two_partners_and_a_therapist_in_three_zones() -> None:
    """9 to 17 in Berlin, New York and Chicago leave 15:00 to 16:00 UTC in winter."""
    people = [Calendar(office(zone)) for zone in (CHICAGO, "America/New_York", "Europe/Berlin")]
    found = find_slots(people, minutes=50, after=MONDAY, until=MONDAY + timedelta(days=7))
    assert starts(found) == ["11-23 15:00", "11-24 15:00", "11-25 15:00"]


def test_busy_spans_and_excluded_slots_are_left_out() -> None:
    person = Calendar(office(end=12), (Busy(utc("2026-11-23T15:00"), utc("2026-11-23T16:05")),))
    span = {"minutes": 50, "after": MONDAY, "until": MONDAY + timedelta(days=1)}
    [first] = find_slots([person], **span)  # type: ignore[arg-type]
    assert starts([first]) == ["11-23 16:15"]
    assert starts(find_slots([person], **span, excluded=[first])) == []  # type: ignore[arg-type]


def test_a_slot_ends_where_a_busy_span_begins() -> None:
    person = Calendar(office(end=10), (Busy(utc("2026-11-23T15:45"), utc("2026-11-23T16:00")),))
    assert len(find_slots([person], minutes=45, after=MONDAY, until=MONDAY + timedelta(days=1))) == 1
    assert find_slots([person], minutes=46, after=MONDAY, until=MONDAY + timedelta(days=1)) == []


def test_long_slots_of_a_day_do_not_overlap() -> None:
    found = find_slots([Calendar(office("UTC"))], minutes=150, after=MONDAY, until=MONDAY + timedelta(days=1))
    assert starts(found) == ["11-23 09:00", "11-23 11:30", "11-23 14:00"]


def test_midnight_ends_a_day_and_days_join() -> None:
    night = WeeklyHours("UTC", (Window(0, time(23), time(0)), Window(1, time(0), time(1))))
    found = find_slots([Calendar(night)], minutes=120, after=MONDAY, until=MONDAY + timedelta(days=7))
    assert starts(found) == ["11-23 23:00"]


def test_overlapping_windows_and_busy_spans_count_once() -> None:
    hours = WeeklyHours("UTC", (Window(0, time(9), time(10)), Window(0, time(9, 30), time(11))))
    busy = (
        Busy(utc("2026-11-23T09:00"), utc("2026-11-23T09:20")),
        Busy(utc("2026-11-23T09:10"), utc("2026-11-23T09:15")),
    )
    found = find_slots([Calendar(hours, busy)], minutes=60, after=MONDAY, until=MONDAY + timedelta(days=7))
    assert starts(found) == ["11-23 09:30"]


def test_nothing_common_is_an_empty_list() -> None:
    people = [Calendar(office("UTC", end=12)), Calendar(office("UTC", start=12))]
    assert find_slots(people, minutes=15, after=MONDAY, until=MONDAY + timedelta(days=90)) == []
    assert find_slots(people[:1], minutes=15, after=MONDAY, until=MONDAY - timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 721}, "minutes"),
        ({"count": 0}, "slots wanted"),
        ({"calendars": []}, "calendars"),
        ({"after": MONDAY.replace(tzinfo=None)}, "after .* has no zone"),
        ({"near": MONDAY.replace(tzinfo=None)}, "near .* has no zone"),
        ({"until": MONDAY + timedelta(days=400)}, "at most 366 days"),
    ],
)
def test_a_search_that_cannot_be_is_refused(change: dict[str, object], says: str) -> None:
    search: dict[str, object] = {
        "calendars": [Calendar(office())],
        "minutes": 50,
        "after": MONDAY,
        "until": MONDAY + timedelta(days=7),
    }
    with pytest.raises(ScheduleError, match=says):
        find_slots(**{**search, **change})  # type: ignore[arg-type]


# --- speed --------------------------------------------------------------------------------------------------------


def crowded(zone: str, minute: int) -> Calendar:
    """Open all the time, with 2,000 busy spans, four extra ones a week and two sessions a day over ninety days."""
    at = [MONDAY + timedelta(minutes=minute + 60 * hour) for hour in range(2000)]
    busy = tuple(Busy(start, start + timedelta(minutes=20)) for start in at)
    extra = tuple(Slot(start, start + timedelta(hours=3)) for start in at[::42])
    sessions = tuple(Slot(start, start + timedelta(minutes=50)) for start in at[::12])
    return Calendar(always(zone), busy, extra, sessions)


def crowd() -> list[Calendar]:
    zones = (CHICAGO, "America/New_York", "Europe/Berlin", "Australia/Sydney", "Europe/London")
    return [crowded(zone, 7 * i) for i, zone in enumerate(zones)]


def slots_of_a_crowd(people: list[Calendar]) -> list[Slot]:
    """Over all of the ninety days."""
    rules = Rules(buffer=10, most_per_day=6, earliest=time(0, 30), latest=time(23, 30))
    return find_slots(people, minutes=15, after=MONDAY, until=MONDAY + timedelta(days=90), near=MONDAY, rules=rules)


@pytest.mark.flaky(reruns=2)  # it reads a clock
def test_five_full_calendars_over_ninety_days_take_less_than_fifty_milliseconds() -> None:
    people, took = crowd(), []
    for _ in range(5):
        began = clock.process_time()  # what else the machine does only ever adds to it, so the least counts
        found = slots_of_a_crowd(people)
        took.append(clock.process_time() - began)
        assert len(found) == 3
    assert min(took) < 0.05, f"{min(took) * 1000:.0f} ms"
