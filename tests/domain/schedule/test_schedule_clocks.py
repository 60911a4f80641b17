"""Clock changes as people meet them: an hour skipped, an hour repeated, and the days between two changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.domain.schedule import Calendar, Slot, find_slots
from tests.domain.schedule.calendars import (
    CHICAGO,
    MADRID,
    NEW_YORK,
    SYDNEY,
    always,
    never,
    office,
    slot,
    starts,
    utc,
)

DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def night(person: Calendar, midnight: datetime) -> list[tuple[str, int]]:
    """The quarter hours offered in the six hours from midnight: the wall, and whether it shows it a second time."""
    found: list[Slot] = []
    for quarter in range(24):
        start = midnight.astimezone(UTC) + quarter * QUARTER
        found += find_slots([person], minutes=15, after=start, until=start + QUARTER)
    at = [one.start.astimezone(midnight.tzinfo) for one in found]
    return [(f"{start:%H:%M}", start.fold) for start in at]


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [
        (NEW_YORK, "2026-03-08", "01:45", "03:00"),
        (MADRID, "2026-03-29", "01:45", "03:00"),
        (SYDNEY, "2026-10-04", "01:45", "03:00"),
    ],
)
def test_the_hour_the_clocks_skip_is_never_offered(zone: str, day: str, before: str, after: str) -> None:
    """Hours from two to three hold no session on that night; hours around them run on without the hour between."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    assert night(Calendar(office(zone, range(7), 2, 3)), midnight) == []
    shown = [wall for wall, _ in night(Calendar(office(zone, range(7), 1, 4)), midnight)]
    assert len(shown) == 8
    assert shown[shown.index(before) + 1] == after


@pytest.mark.parametrize(
    ("zone", "day"), [(NEW_YORK, "2026-11-01"), (MADRID, "2026-10-25"), (SYDNEY, "2026-04-05"), (CHICAGO, "2026-11-01")]
)
@pytest.mark.parametrize("extra", [False, True])
def test_the_hour_the_clocks_repeat_is_offered_the_first_time_only(zone: str, day: str, extra: bool) -> None:
    """Whoever reads 1:30 in a mail comes at the first one; that holds for weekly hours and extra spans alike."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    person = Calendar(never(zone), extra=(Slot(midnight, midnight + DAY),)) if extra else Calendar(always(zone))
    shown = night(person, midnight)
    assert len(shown) == 20, "six hours pass, and one of them is nobody's"
    assert [fold for _, fold in shown] == [0] * 20
    assert len(set(shown)) == 20


def test_the_autumns_hour_is_offered_once_also_when_the_search_begins_in_winter() -> None:
    night = slot("2026-11-01T00:00", "2026-11-01T04:00", NEW_YORK)
    person = Calendar(never(NEW_YORK), extra=(night,))
    found = find_slots(
        [person], minutes=120, after=utc("2026-01-05T00:00"), until=utc("2026-12-31T00:00"), near=night.start
    )
    # From midnight to two for the first time, then from two to four: the second hour from one to two is passed over.
    assert starts(found, NEW_YORK) == ["11-01 00:00", "11-01 02:00"]


def test_a_weekly_session_keeps_its_wall_time_over_both_changes() -> None:
    host = Calendar(office(NEW_YORK, [0], 15, 16))
    for week in ("2026-03-02", "2026-03-09", "2026-10-26", "2026-11-02"):
        found = find_slots([host], minutes=50, after=utc(f"{week}T00:00"), until=utc(f"{week}T00:00") + 2 * DAY)
        assert starts(found, NEW_YORK) == [f"{week[5:]} 15:00"]


def test_the_week_between_two_clock_changes_comes_last() -> None:
    """New York is an hour ahead from March 8 and Madrid from March 29: in between they are five hours apart, not six.

    The old session was on March 5; the host is away for the rest of that week.
    """
    host = Calendar(office(NEW_YORK, [0, 1], 9, 12))
    client = Calendar(always(MADRID))
    search = {"minutes": 50, "after": utc("2026-03-06T00:00"), "near": utc("2026-03-05T15:00"), "count": 4}
    found = find_slots([host, client], until=utc("2026-04-02T00:00"), **search)  # type: ignore[arg-type]
    assert starts(found, NEW_YORK) == ["03-30 09:00", "03-30 11:00", "03-31 09:00", "03-31 11:00"]
    # Where there is nothing else, those weeks are offered as well, spread over days.
    found = find_slots([host, client], until=utc("2026-03-20T00:00"), **search)  # type: ignore[arg-type]
    assert starts(found, NEW_YORK) == ["03-09 09:00", "03-10 09:00", "03-16 09:00", "03-17 09:00"]


def test_the_missed_week_comes_first_even_between_two_clock_changes() -> None:
    """Saturday's session is missed; New York's clocks change that night, and Sunday is still the same week."""
    host, client = Calendar(office(NEW_YORK, [6], 9, 10)), Calendar(always(MADRID))
    found = find_slots(
        [host, client],
        minutes=50,
        after=utc("2026-03-07T20:00"),
        until=utc("2026-04-10T00:00"),
        near=utc("2026-03-07T15:00"),
    )
    assert starts(found, NEW_YORK) == ["03-08 09:00", "03-29 09:00", "04-05 09:00"]


def test_the_fewer_people_are_surprised_the_better() -> None:
    """From March 29 Madrid is back in step with New York, and Phoenix, which has no summer, is not."""
    host, there, desert = (
        Calendar(office(NEW_YORK, [0], 9, 10)),
        Calendar(always(MADRID)),
        Calendar(always("America/Phoenix")),
    )
    search = {
        "minutes": 50,
        "after": utc("2026-03-06T00:00"),
        "until": utc("2026-04-01T00:00"),
        "near": utc("2026-03-02T15:00"),
    }
    assert starts(find_slots([host, there, desert], **search)) == ["03-30 13:00", "03-09 13:00", "03-16 13:00"]  # type: ignore[arg-type]
    assert starts(find_slots([host, desert], **search)) == ["03-09 13:00", "03-16 13:00", "03-23 13:00"]  # type: ignore[arg-type]


def test_a_change_counts_from_its_very_instant() -> None:
    """The last start that fits is the instant of New York's change, 7:00 UTC: it comes after those before it."""
    people = [Calendar(always(NEW_YORK)), Calendar(always(MADRID))]
    found = find_slots(
        people,
        minutes=15,
        after=utc("2026-03-08T05:00"),
        until=utc("2026-03-08T07:15"),
        near=utc("2026-03-01T15:00"),
        count=1,
    )
    assert starts(found) == ["03-08 05:00"]
    found = find_slots(
        people,
        minutes=15,
        after=utc("2026-03-08T05:00"),
        until=utc("2026-03-08T07:15"),
        near=utc("2026-03-20T15:00"),
        count=2,
    )
    assert starts(found) == ["03-08 07:00", "03-08 05:00"]


def test_without_a_missed_session_nobody_is_surprised() -> None:
    host, client = Calendar(office(NEW_YORK, [0], 9, 10)), Calendar(always(MADRID))
    found = find_slots([host, client], minutes=50, after=utc("2026-03-01T00:00"), until=utc("2026-04-10T00:00"))
    assert starts(found, NEW_YORK) == ["03-02 09:00", "03-09 09:00", "03-16 09:00"]
