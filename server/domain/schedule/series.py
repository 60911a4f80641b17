"""Sessions that come every week at the same time of a zone's wall clock, whatever the clocks do meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.domain.schedule.hours import ScheduleError, zone_of
from server.domain.schedule.walls import instants_of

MOST_WEEKS = 52
WEEK = timedelta(days=7)


def weekly(first: datetime, zone: str, count: int) -> tuple[datetime, ...]:
    """The starts (UTC) of `count` weekly sessions, the first of which begins at `first`.

    A wall time that comes twice is meant the first time, one that the clocks skip is the instant at which they do.
    """
    if not 1 <= count <= MOST_WEEKS:
        raise ScheduleError(f"{count} weeks; a series has 1 to {MOST_WEEKS}")
    wall = first.astimezone(zone_of(zone)).replace(tzinfo=None)
    later = (instants_of(wall + number * WEEK, zone)[0] for number in range(1, count))
    return (first.astimezone(UTC), *later)


def one_rule_says_it(first: datetime, zone: str, count: int, minutes: int) -> bool:
    """Whether every calendar reads the weekly rule of a file alike: no session has a clock change within it, and none
    a wall time that its day has twice or never."""
    place, length = zone_of(zone), timedelta(minutes=minutes)
    wall = first.astimezone(place).replace(tzinfo=None)
    for number, start in enumerate(weekly(first, zone, count)):
        shown, end = start.astimezone(place), (start + length).astimezone(place)
        if shown.replace(tzinfo=None) != wall + number * WEEK or shown.fold or shown.utcoffset() != end.utcoffset():
            return False
        if shown.replace(fold=1).utcoffset() != shown.utcoffset():
            return False
    return True
