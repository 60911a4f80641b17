"""Short ways to say calendars and times in the tests of the search."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from server.domain.schedule import Busy, Slot, WeeklyHours, Window

CHICAGO = "America/Chicago"
MADRID = "Europe/Madrid"
NEW_YORK = "America/New_York"
SYDNEY = "Australia/Sydney"


def office(zone: str = CHICAGO, days: Sequence[int] = range(5), start: int = 9, end: int = 17) -> WeeklyHours:
    return WeeklyHours(zone, tuple(Window(day, time(start), time(end % 24)) for day in days))


def always(zone: str) -> WeeklyHours:
    return office(zone, range(7), 0, 24)


def never(zone: str) -> WeeklyHours:
    return WeeklyHours(zone, ())


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slot(start: str, end: str, zone: str = "UTC") -> Slot:
    """A slot between two wall times of the zone."""
    return Slot(*(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (start, end)))


def busy(start: str, end: str, zone: str = "UTC") -> Busy:
    span = slot(start, end, zone)
    return Busy(span.start, span.end)


def starts(slots: Sequence[Slot], zone: str = "UTC") -> list[str]:
    """When they start, on the wall of the zone."""
    return [f"{one.start.astimezone(ZoneInfo(zone)):%m-%d %H:%M}" for one in slots]
