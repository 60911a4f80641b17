"""find_slots: what it promises, and an oracle that asks every minute one by one."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.schedule import Busy, Calendar, ScheduleError, Slot, WeeklyHours, Window, find_slots

CHICAGO = "America/Chicago"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def office(zone: str = CHICAGO, days: Sequence[int] = range(5), start: int = 9, end: int = 17) -> WeeklyHours:
    return WeeklyHours(zone, tuple(Window(day, time(start), time(end % 24)) for day in days))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(slots: Sequence[Slot]) -> list[str]:
    return [f"{slot.start:%m-%d %H:%M}" for slot in slots]


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


# --- the oracle ---------------------------------------------------------------------------------------------------


def suits(calendar: Calendar, minute: datetime) -> bool:
    """Whether a person can be met during this minute: one instant, converted, looked up."""
    local = minute.astimezone(ZoneInfo(calendar.hours.zone))
    if local.fold:
        return False
    of_day = local.hour * 60 + local.minute
    in_window = any(
        window.weekday == local.weekday()
        and window.start.hour * 60 + window.start.minute <= of_day
        and (window.end == time(0) or of_day < window.end.hour * 60 + window.end.minute)
        for window in calendar.hours.windows
    )
    return in_window and not any(busy.start <= minute < busy.end for busy in calendar.busy)


def oracle(
    people: Sequence[Calendar], minutes: int, after: datetime, until: datetime, count: int, near: datetime | None
) -> list[datetime]:
    zone = ZoneInfo(people[0].hours.zone)
    total = int((until - after) / timedelta(minutes=1))
    good = [all(suits(person, after + timedelta(minutes=m)) for person in people) for m in range(total)]
    free = [
        after + timedelta(minutes=m)
        for m in range(total - minutes + 1)
        if (after + timedelta(minutes=m)).timestamp() % 900 == 0 and all(good[m : m + minutes])
    ]

    def day(start: datetime) -> date:
        return start.astimezone(zone).date()

    def week(start: datetime) -> tuple[int, int]:
        return day(start).isocalendar()[:2]

    apart = timedelta(minutes=max(120, minutes))
    chosen: list[datetime] = []
    own = [start for start in free if near is not None and week(start) == week(near)]
    for group in (own, [start for start in free if start not in set(own)]):
        picked: list[datetime] = []
        for fresh_day in (True, False):
            for start in group:
                others = chosen + picked
                fits = all(abs(start - other) >= apart for other in others)
                new = not fresh_day or day(start) not in {day(other) for other in others}
                if len(others) < count and fits and new:
                    picked.append(start)
        chosen += sorted(picked)
    return chosen


ZONES = ["America/New_York", "America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "UTC"]
# The Saturdays before the clock changes of those zones, and a plain week.
BEGINNINGS = [
    utc(f"{day}T00:00") for day in ("2026-03-07", "2026-03-28", "2026-04-04", "2026-10-24", "2026-10-31", "2026-06-06")
]

walls = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 20, 30, 45]))


@st.composite
def window(draw: st.DrawFn) -> Window:
    start = draw(walls)
    end = draw(st.one_of(st.just(time(0)), walls.filter(lambda wall: wall > start)))
    return Window(draw(st.sampled_from([5, 6, 0])), start, end)


@st.composite
def calendar(draw: st.DrawFn, beginning: datetime) -> Calendar:
    hours = WeeklyHours(draw(st.sampled_from(ZONES)), tuple(draw(st.lists(window(), min_size=1, max_size=4))))
    spans = draw(st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 400)), max_size=4))
    busy = [(beginning + timedelta(minutes=at), timedelta(minutes=length)) for at, length in spans]
    return Calendar(hours, tuple(Busy(start, start + length) for start, length in busy))


@st.composite
def search(draw: st.DrawFn) -> tuple[list[Calendar], int, datetime, datetime, int, datetime | None]:
    beginning = draw(st.sampled_from(BEGINNINGS))
    people = draw(st.lists(calendar(beginning), min_size=1, max_size=3))
    near = draw(st.sampled_from([None, beginning, beginning + timedelta(days=2)]))
    after = beginning + timedelta(minutes=draw(st.integers(0, 1500)))
    until = after + timedelta(minutes=draw(st.integers(0, 3000)))
    return people, draw(st.sampled_from([15, 50, 90, 150])), after, until, draw(st.integers(1, 4)), near


@settings(max_examples=150, deadline=None)
@given(search())
def test_the_search_finds_what_asking_every_minute_finds(
    asked: tuple[list[Calendar], int, datetime, datetime, int, datetime | None],
) -> None:
    people, minutes, after, until, count, near = asked
    found = find_slots(people, minutes=minutes, after=after, until=until, count=count, near=near)
    assert [slot.start for slot in found] == oracle(people, minutes, after, until, count, near)
    for one, other in combinations(found, 2):
        assert abs(one.start - other.start) >= timedelta(hours=2)


# --- speed --------------------------------------------------------------------------------------------------------


def test_five_full_calendars_over_ninety_days_take_tens_of_milliseconds() -> None:
    zones = [CHICAGO, "America/New_York", "Europe/Berlin", "America/Denver", "Europe/London"]
    people = [
        Calendar(
            office(zone, range(7), 0, 0),
            tuple(
                Busy(MONDAY + timedelta(minutes=60 * k + 7 * i), MONDAY + timedelta(minutes=60 * k + 7 * i + 20))
                for k in range(2000)
            ),
        )
        for i, zone in enumerate(zones)
    ]
    best = float("inf")
    for _ in range(5):
        began = clock.perf_counter()
        find_slots(people, minutes=50, after=MONDAY, until=MONDAY + timedelta(days=90), near=MONDAY)
        best = min(best, clock.perf_counter() - began)
    assert best < 0.1, f"{best * 1000:.0f} ms"
