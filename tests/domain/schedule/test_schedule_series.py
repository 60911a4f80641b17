"""A weekly session stays at its hour when the clocks change, and says so where a calendar's rule can't be trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.schedule import ScheduleError
from server.domain.schedule.series import one_rule_says_it, weekly

ZONES = ("America/New_York", "Europe/Madrid", "Australia/Sydney")


def at(text: str, zone: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("begin", ["2026-03-02", "2026-09-21"])
def test_three_in_the_afternoon_stays_three_in_the_afternoon_over_both_clock_changes(zone: str, begin: str) -> None:
    starts = weekly(at(f"{begin}T15:00", zone), zone, 12)
    shown = [start.astimezone(ZoneInfo(zone)) for start in starts]
    assert {f"{one:%a %H:%M}" for one in shown} == {"Mon 15:00"}
    assert [one.date() - shown[0].date() for one in shown] == [timedelta(weeks=n) for n in range(12)]
    assert len({one.utcoffset() for one in shown}) == 2, "a clock change lies between them"
    assert one_rule_says_it(starts[0], zone, 12, 50)


def test_a_time_that_comes_twice_is_the_first_and_one_that_never_comes_is_when_the_clocks_skip_it() -> None:
    zone = "America/New_York"
    assert weekly(at("2026-10-25T01:30", zone), zone, 2)[1] == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert weekly(at("2026-03-01T02:30", zone), zone, 3)[1:] == (
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        at("2026-03-15T02:30", zone),
    )


@pytest.mark.parametrize(
    ("first", "count", "minutes", "says"),
    [
        ("2026-10-25T01:30", 2, 50, False),  # twice
        ("2026-03-01T02:30", 2, 50, False),  # never
        ("2026-03-01T01:30", 2, 50, False),  # the clocks change within it
        ("2026-10-25T00:30", 2, 50, True),
        ("2026-10-25T01:30", 1, 50, True),
        ("2026-10-25T00:30", 2, 100, False),
        ("2026-03-01T01:00", 2, 50, True),
        ("2026-10-25T02:00", 2, 50, True),
    ],
)
def test_a_rule_is_trusted_where_all_calendars_read_it_alike(first: str, count: int, minutes: int, says: bool) -> None:
    zone = "America/New_York"
    assert one_rule_says_it(at(first, zone), zone, count, minutes) is says


@pytest.mark.parametrize("count", [0, 53])
def test_a_series_is_bounded(count: int) -> None:
    with pytest.raises(ScheduleError):
        weekly(at("2026-03-02T15:00", "UTC"), "UTC", count)
