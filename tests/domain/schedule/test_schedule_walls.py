"""What people enter on their own clock, in the nights in which the clocks change too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.schedule import ScheduleError
from server.domain.schedule.walls import instants_of, narrowest, widest

ZONES = ["America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "UTC"]
WALLS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(second=0, microsecond=0))


def test_most_times_come_once() -> None:
    noon = datetime(2026, 7, 1, 16, tzinfo=UTC)
    assert instants_of(datetime(2026, 7, 1, 12), "America/New_York") == (noon, noon)


def test_a_repeated_time_is_both() -> None:
    first, last = instants_of(datetime(2026, 11, 1, 1, 30), "America/New_York")
    assert (first, last) == (datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC))


@pytest.mark.parametrize("minute", [0, 1, 30, 59])
def test_a_skipped_time_is_when_the_clocks_skip_it(minute: int) -> None:
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert instants_of(datetime(2026, 3, 29, 2, minute), "Europe/Madrid") == (change, change)


def test_half_an_hour_is_skipped_on_lord_howe() -> None:
    change = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert instants_of(datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe") == (change, change)


def test_who_is_away_is_away_for_the_whole_of_a_repeated_hour() -> None:
    night = datetime(2026, 11, 1, 1, 30)
    start, end = widest(night, night, "America/New_York")
    assert end - start == timedelta(hours=1)


def test_who_offers_a_repeated_hour_offers_none_of_it_that_may_not_be_meant() -> None:
    start, end = narrowest(datetime(2026, 11, 1, 1), datetime(2026, 11, 1, 2), "America/New_York")
    assert (start, end) == (datetime(2026, 11, 1, 6, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC))
    start, end = narrowest(datetime(2026, 11, 1, 1), datetime(2026, 11, 1, 1, 30), "America/New_York")
    assert end < start


@given(wall=WALLS, zone=st.sampled_from(ZONES))
def test_each_instant_shows_the_time_unless_it_is_skipped(wall: datetime, zone: str) -> None:
    place = ZoneInfo(zone)
    first, last = instants_of(wall, zone)
    shown = [at.astimezone(place).replace(tzinfo=None) for at in (first, last)]
    before = (first - timedelta(seconds=1)).astimezone(place).replace(tzinfo=None)
    assert shown == [wall, wall] or (first == last and before < wall < shown[0])


@given(walls=st.tuples(WALLS, WALLS), zone=st.sampled_from(ZONES))
def test_what_is_offered_lies_in_what_would_be_away(walls: tuple[datetime, datetime], zone: str) -> None:
    start, end = sorted(walls)
    outer, inner = widest(start, end, zone), narrowest(start, end, zone)
    assert outer[0] <= inner[0]
    assert inner[1] <= outer[1]


@pytest.mark.parametrize(
    ("wall", "zone"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "UTC"),
        (datetime(1, 1, 1), "Asia/Tokyo"),
        (datetime(9999, 12, 31, 23), "America/New_York"),
        (datetime(2026, 1, 1), "Mars/Olympus"),
    ],
)
def test_what_is_no_wall_time_is_refused(wall: datetime, zone: str) -> None:
    with pytest.raises(ScheduleError):
        instants_of(wall, zone)
