"""The working rules of a clinic and the exceptions of a week, as stories of single searches."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from server.domain.schedule import Calendar, Rules, ScheduleError, Slot, find_slots
from server.domain.schedule.hours import MOST_BUSY
from tests.domain.schedule.calendars import CHICAGO, MADRID, NEW_YORK, SYDNEY, always, busy, never, office, slot, starts

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)
WAKING = Rules(earliest=time(7), latest=time(21))


def search(*people: Calendar, rules: Rules, minutes: int = 50, days: int = 1, count: int = 20) -> list[Slot]:
    until = MONDAY + timedelta(days=days)
    return find_slots(people, minutes=minutes, after=MONDAY, until=until, count=count, rules=rules)


# --- the hours of the day -----------------------------------------------------------------------------------------


def test_nobody_is_asked_before_seven_on_their_own_wall() -> None:
    """Anyone is there at any hour, says the calendar; 7 to 21 in New York and Madrid leaves 7 to 15 in New York."""
    found = search(Calendar(always(NEW_YORK)), Calendar(always(MADRID)), rules=WAKING, minutes=60)
    assert starts(found, NEW_YORK) == ["06-15 07:00", "06-15 09:00", "06-15 11:00", "06-15 13:00"]
    assert starts(found, MADRID) == ["06-15 13:00", "06-15 15:00", "06-15 17:00", "06-15 19:00"]


def test_a_session_is_over_by_the_latest_hour() -> None:
    evening = Calendar(never("UTC"), extra=(slot("2026-06-15T20:00", "2026-06-15T23:00"),))
    assert starts(search(evening, rules=WAKING, minutes=60)) == ["06-15 20:00"]
    assert search(evening, rules=WAKING, minutes=75) == []


def test_where_waking_hours_do_not_meet_nothing_is_offered() -> None:
    assert search(Calendar(always(NEW_YORK)), Calendar(always(SYDNEY)), rules=WAKING, days=90, count=1) != []
    short = Rules(earliest=time(9), latest=time(17))
    assert search(Calendar(always(NEW_YORK)), Calendar(always(SYDNEY)), rules=short, days=90, count=1) == []


def test_seven_stays_seven_on_the_wall_when_the_clocks_change() -> None:
    for day, expected in (("2026-03-07", "12:00"), ("2026-03-09", "11:00")):
        after = datetime.fromisoformat(day).replace(hour=6, tzinfo=UTC)
        found = find_slots(
            [Calendar(always(NEW_YORK))],
            minutes=50,
            after=after,
            until=after + timedelta(hours=18),
            count=1,
            rules=WAKING,
        )
        assert f"{found[0].start:%H:%M}" == expected


# --- the host's other sessions ------------------------------------------------------------------------------------


def test_the_host_keeps_a_buffer_around_sessions_and_not_around_a_lunch() -> None:
    host = Calendar(
        office("UTC", end=15),
        busy=(busy("2026-06-15T09:00", "2026-06-15T10:00"),),
        sessions=(slot("2026-06-15T11:00", "2026-06-15T12:00"),),
    )
    assert starts(search(host, rules=Rules(), minutes=60)) == ["06-15 10:00", "06-15 12:00", "06-15 14:00"]
    assert starts(search(host, rules=Rules(buffer=10), minutes=50)) == ["06-15 10:00", "06-15 12:15"]
    assert starts(search(host, rules=Rules(buffer=10), minutes=60)) == ["06-15 12:15"]


def test_a_clients_other_session_takes_its_time_and_no_more() -> None:
    client = Calendar(office("UTC", end=12), sessions=(slot("2026-06-15T09:00", "2026-06-15T10:00"),))
    found = search(Calendar(always("UTC")), client, rules=Rules(buffer=30, most_per_day=1), minutes=60)
    assert starts(found) == ["06-15 10:00"]


def test_a_session_before_the_search_begins_still_asks_for_its_buffer() -> None:
    host = Calendar(always("UTC"), sessions=(slot("2026-06-14T23:00", "2026-06-15T00:00"),))
    assert starts(search(host, rules=Rules(buffer=20), count=1)) == ["06-15 00:30"]


def test_a_full_day_of_the_host_is_passed_over() -> None:
    """Two sessions on Monday and one on Tuesday, at most two a day: Tuesday has room, Monday has none."""
    sessions = tuple(slot(f"2026-06-{day}:00", f"2026-06-{day}:50", CHICAGO) for day in ("15T09", "15T10", "16T09"))
    host = Calendar(office(), sessions=sessions)
    found = search(host, rules=Rules(most_per_day=2), days=3, count=2)
    assert starts(found, CHICAGO) == ["06-16 10:00", "06-17 09:00"]


def test_a_session_counts_on_the_day_the_hosts_wall_shows_at_its_start() -> None:
    """22:00 on Sunday in Chicago is Monday in UTC and runs into Monday on the wall: it fills Sunday."""
    host = Calendar(always(CHICAGO), sessions=(slot("2026-06-14T22:00", "2026-06-15T00:30", CHICAGO),))
    found = search(host, rules=Rules(most_per_day=1), days=2, count=1)
    assert starts(found, CHICAGO) == ["06-15 00:30"]


# --- exceptions ---------------------------------------------------------------------------------------------------


def test_an_extra_saturday_is_offered_and_a_day_off_is_not() -> None:
    host = Calendar(
        office("UTC", [0]),
        busy=(busy("2026-06-15T00:00", "2026-06-16T00:00"),),
        extra=(slot("2026-06-20T10:00", "2026-06-20T11:00"),),
    )
    assert starts(search(host, rules=Rules(), days=7)) == ["06-20 10:00"]


def test_extra_time_lengthens_the_day_it_touches() -> None:
    host = Calendar(office("UTC", end=10), extra=(slot("2026-06-15T10:00", "2026-06-15T10:30"),))
    assert starts(search(host, rules=Rules(), minutes=90)) == ["06-15 09:00"]
    assert search(host, rules=Rules(), minutes=91) == []


def test_extra_time_is_offered_only_where_everyone_is_free() -> None:
    evening = slot("2026-06-15T18:00", "2026-06-15T20:00")
    host, client = Calendar(office("UTC"), extra=(evening,)), Calendar(office("UTC", start=17, end=22))
    assert starts(search(host, client, rules=Rules(), count=1)) == ["06-15 18:00"]
    taken = Calendar(office("UTC", start=17, end=22), busy=(busy("2026-06-15T18:00", "2026-06-15T19:30"),))
    assert search(host, taken, rules=Rules()) == []


def test_extra_time_of_less_than_a_second_opens_nothing() -> None:
    begin = MONDAY + timedelta(hours=9, microseconds=1)
    host = Calendar(never("UTC"), extra=(Slot(begin, begin + timedelta(microseconds=1)),))
    assert search(host, rules=Rules(), minutes=1) == []


# --- what can't be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        ({"buffer": -1}, "a buffer of -1 minutes"),
        ({"buffer": 721}, "a buffer of 721 minutes"),
        ({"most_per_day": 0}, "at most 0 sessions a day"),
        ({"earliest": time(21), "latest": time(7)}, "ends at 07:00"),
        ({"earliest": time(7, tzinfo=UTC)}, "carries a zone"),
        ({"latest": time(21, 0, 1)}, "whole minute"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules: dict[str, object], says: str) -> None:
    with pytest.raises(ScheduleError, match=says):
        Rules(**rules)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "says"), [("extra", "extra spans"), ("sessions", "sessions in a calendar")])
def test_exceptions_and_sessions_are_limited(name: str, says: str) -> None:
    one = slot("2026-06-15T10:00", "2026-06-15T11:00")
    with pytest.raises(ScheduleError, match=says):
        Calendar(never("UTC"), **{name: (one,) * (MOST_BUSY + 1)})  # type: ignore[arg-type]
