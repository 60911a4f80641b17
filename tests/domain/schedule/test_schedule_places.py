"""A licence holds for a place: where a person is decides whether the host may see them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from server.domain.schedule import Calendar, ScheduleError, Stay, Stays, find_slots, unlicensed
from tests.domain.schedule.calendars import NEW_YORK, busy, office, starts, utc

AFTER, UNTIL = utc("2026-06-15T00:00"), utc("2026-06-22T00:00")


def stay(first: str, last: str, place: str) -> Stay:
    return Stay(utc(first), utc(last), place)


def test_someone_at_home_in_a_licensed_place_is_always_seen() -> None:
    assert unlicensed(Stays("US-NY"), {"US-NY", "US-NJ"}, AFTER, UNTIL) == ()


def test_someone_at_home_elsewhere_is_never_seen() -> None:
    assert unlicensed(Stays("US-FL"), {"US-NY"}, AFTER, UNTIL) == (busy("2026-06-15T00:00", "2026-06-22T00:00"),)
    assert unlicensed(Stays("US-FL"), (), AFTER, AFTER) == ()


def test_a_holiday_without_licence_is_left_out() -> None:
    away = Stays("US-NY", (stay("2026-06-16T12:00", "2026-06-18T12:00", "US-FL"),))
    barred = unlicensed(away, {"US-NY"}, AFTER, UNTIL)
    assert barred == (busy("2026-06-16T12:00", "2026-06-18T12:00"),)
    client = Calendar(office(NEW_YORK, end=10), barred)
    found = find_slots([Calendar(office(NEW_YORK)), client], minutes=50, after=AFTER, until=UNTIL, count=5)
    assert starts(found, NEW_YORK) == ["06-15 09:00", "06-18 09:00", "06-19 09:00"]


def test_a_visit_to_a_licensed_place_opens_its_days() -> None:
    visit = Stays("US-FL", (stay("2026-06-16T00:00", "2026-06-18T00:00", "US-NY"),))
    assert unlicensed(visit, {"US-NY"}, AFTER, UNTIL) == (
        busy("2026-06-15T00:00", "2026-06-16T00:00"),
        busy("2026-06-18T00:00", "2026-06-22T00:00"),
    )


def test_where_two_stays_overlap_both_places_need_a_licence() -> None:
    stays = (
        stay("2026-06-16T00:00", "2026-06-18T00:00", "US-NJ"),
        stay("2026-06-17T00:00", "2026-06-19T00:00", "US-FL"),
    )
    for order in (stays, stays[::-1]):
        assert unlicensed(Stays("US-NY", order), {"US-NY", "US-NJ"}, AFTER, UNTIL) == (
            busy("2026-06-17T00:00", "2026-06-19T00:00"),
        )


def test_stays_outside_the_search_are_cut_off() -> None:
    long = Stays("US-NY", (stay("2026-01-01T00:00", "2026-06-16T00:00", "US-FL"),))
    assert unlicensed(long, {"US-NY"}, AFTER, UNTIL) == (busy("2026-06-15T00:00", "2026-06-16T00:00"),)
    assert unlicensed(long, {"US-NY"}, UNTIL, UNTIL + timedelta(days=1)) == ()


def test_a_fraction_of_a_second_is_never_rounded_towards_a_licence() -> None:
    half = timedelta(microseconds=500_000)
    visit = Stays("US-FL", (Stay(AFTER + half, AFTER + timedelta(hours=1) + half, "US-NY"),))
    first, second = unlicensed(visit, {"US-NY"}, AFTER, UNTIL)
    assert (first.end, second.start) == (AFTER + timedelta(seconds=1), AFTER + timedelta(hours=1))


def test_a_stay_that_does_not_last_or_has_no_zone_is_refused() -> None:
    with pytest.raises(ScheduleError, match="stay ends at"):
        Stay(AFTER, AFTER, "US-NY")
    with pytest.raises(ScheduleError, match=r"until .* has no zone"):
        unlicensed(Stays("US-NY"), {"US-NY"}, AFTER, UNTIL.replace(tzinfo=None))
