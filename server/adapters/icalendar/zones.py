"""The VTIMEZONE of an IANA zone, as it goes into the files that Dyad writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Component, Timezone, TimezoneDaylight, TimezoneStandard

from server.domain.schedule.hours import zone_of

# Clock changes are described a year to either side, so that a client that moves the entry still shows it right.
AROUND = timedelta(days=366)


def timezone_of(zone: str, around: datetime, until: datetime | None = None) -> Timezone:
    """The zone's VTIMEZONE from a year before an instant to a year after it, or after `until` (RFC 5545, 3.6.5).

    Ours and not the library's, which (7.3) writes the onset of summer time as the wall shows it after the change;
    the standard wants the wall before it, and a strict reader is then an hour off for the first hour.
    """
    place = zone_of(zone)
    first = around.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - AROUND
    last = (until or around).astimezone(UTC) + AROUND
    component = Timezone()
    component.add("TZID", zone)
    before = first.astimezone(place)
    component.add_component(_observance(before, before.utcoffset() or timedelta()))
    for change in changes(place, first, last):
        offset_before = (change - timedelta(seconds=1)).astimezone(place).utcoffset() or timedelta()
        component.add_component(_observance(change.astimezone(place), offset_before))
    return component


def _observance(onset: datetime, offset_before: timedelta) -> Component:
    """STANDARD or DAYLIGHT from `onset` (aware, in the zone); DTSTART is the wall *before* the change."""
    component: Component = TimezoneDaylight() if onset.dst() else TimezoneStandard()
    component.add("DTSTART", (onset.astimezone(UTC) + offset_before).replace(tzinfo=None))
    component.add("TZOFFSETFROM", offset_before)
    component.add("TZOFFSETTO", onset.utcoffset() or timedelta())
    component.add("TZNAME", onset.tzname() or "LOCAL")
    return component


def changes(place: ZoneInfo, low: datetime, high: datetime) -> Iterator[datetime]:
    """The instants (UTC, whole minutes) at which the zone's clocks change; no two within a day."""

    def state(instant: datetime) -> tuple[timedelta | None, str | None]:
        local = instant.astimezone(place)
        return local.utcoffset(), local.tzname()

    day = timedelta(days=1)
    while low < high:
        begin, end = low, low + day
        if state(begin) != state(end):
            while end - begin > timedelta(minutes=1):
                middle = begin + (end - begin) // 2
                middle = middle.replace(second=0, microsecond=0)
                begin, end = (middle, end) if state(middle) == state(begin) else (begin, middle)
            yield end
        low += day
