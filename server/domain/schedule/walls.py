"""What a wall clock shows, as instants: most times come once, and twice a year one comes twice or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

from server.domain.schedule.hours import ScheduleError, zone_of
from server.domain.schedule.spans import changes


def instants_of(wall: datetime, zone: str) -> tuple[datetime, datetime]:
    """The first and the last instant (UTC) at which the zone's clock shows `wall`, which is naive; mostly the same.

    A time that the clocks skip is the instant at which they skip it. Raises `ScheduleError` for an unknown zone, an
    aware time, and one outside the years 1900 to 2200.
    """
    place = zone_of(zone)
    if wall.tzinfo is not None or not 1900 <= wall.year <= 2200:
        raise ScheduleError(f"{wall} is not a wall time of the years 1900 to 2200")
    first, last = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= last:
        return first, last
    # Skipped: read with the offset before the change it is after it, and the other way round.
    pieces = changes(place, int(last.timestamp()), int(first.timestamp()))
    change = datetime.fromtimestamp(next(end for _, end, _ in pieces), UTC)
    return change, change


def widest(start: datetime, end: datetime, zone: str) -> tuple[datetime, datetime]:
    """From the first time that the clock shows `start` to the last time that it shows `end`: for who is away."""
    return instants_of(start, zone)[0], instants_of(end, zone)[1]


def narrowest(start: datetime, end: datetime, zone: str) -> tuple[datetime, datetime]:
    """Only what lies between the two however they are read: for who offers time. May end before it starts."""
    return instants_of(start, zone)[1], instants_of(end, zone)[0]
