"""A weekly series with single exceptions: one UID, one RRULE in the wall time of the series' own zone.

The zone of the file is the series', not the recipient's: the rule must change clocks where the series does. A reader
elsewhere turns each instance into its own wall time, and so shows the right hour also in the weeks in which only one
of the two places has changed its clocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from icalendar import Event

from server.adapters.icalendar.entry import CalendarEntry, withdrawn
from server.adapters.icalendar.invitation import Method, check_method
from server.adapters.icalendar.writing import ZoneSpan, add_zones, calendar_of, event_of
from server.domain.schedule.hours import check_instant

MOST_OCCURRENCES = 520
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """`count` weekly appointments at the wall time of the first, numbered from 0.

    `entry` is the first of them as planned; its `zone` is the series' zone, its `uid` and `sequence` are the whole
    series'. `moved` gives the new start (an instant) of single ones, `dropped` names those that are off. What can't
    be written is refused with `ValueError`: among it a series that has a clock change within an occurrence, or a wall
    time that one of its days has twice or never. Readers disagree about those; write them as single entries.
    """

    entry: CalendarEntry
    count: int
    moved: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))
    dropped: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_OCCURRENCES:
            raise ValueError(f"{self.count} weeks; a series has 1 to {MOST_OCCURRENCES}")
        object.__setattr__(self, "moved", MappingProxyType(dict(self.moved)))
        for number in (*self.moved, *self.dropped):
            _check_number(self, number)
        if self.dropped & self.moved.keys():
            raise ValueError("an occurrence is both moved and dropped")
        for number, starts_at in self.moved.items():
            check_instant(f"moved[{number}]", starts_at)
        for number in range(self.count):
            _check_wall(planned(self, number), self.entry.minutes)


def planned(series: SeriesEntry, number: int) -> datetime:
    """When the rule puts that occurrence, in the series' zone; exceptions not looked at."""
    first = series.entry.starts_at.astimezone(ZoneInfo(series.entry.zone)).replace(microsecond=0)
    # Arithmetic within one zone is the wall's: 3 PM stays 3 PM.
    return first + number * WEEK


def starts_of(series: SeriesEntry) -> list[datetime]:
    """When the series takes place (UTC, sorted): moved ones where they are now, dropped ones not."""
    numbers = (number for number in range(series.count) if number not in series.dropped)
    return sorted(series.moved.get(number, planned(series, number)).astimezone(UTC) for number in numbers)


def moved(series: SeriesEntry, number: int, starts_at: datetime) -> SeriesEntry:
    """The series with one occurrence at another instant, and the next SEQUENCE. One that was off is on again."""
    _check_number(series, number)
    others = {key: value for key, value in series.moved.items() if key != number}
    if starts_at.timestamp() != planned(series, number).timestamp():
        others[number] = starts_at
    return replace(series, entry=_next(series.entry), moved=others, dropped=series.dropped - {number})


def dropped(series: SeriesEntry, number: int) -> SeriesEntry:
    """The series without that occurrence, and the next SEQUENCE."""
    _check_number(series, number)
    others = {key: value for key, value in series.moved.items() if key != number}
    return replace(series, entry=_next(series.entry), moved=others, dropped=series.dropped | {number})


def series_withdrawn(series: SeriesEntry) -> SeriesEntry:
    """The whole series as its CANCEL must carry it: see `withdrawn`."""
    return replace(series, entry=withdrawn(series.entry))


def series_invitation(series: SeriesEntry, method: Method, *, stamp: datetime, only: int | None = None) -> bytes:
    """The .ics file of the whole series, to be sent anew after each change (RFC 5546, 3.2.2), or of its end.

    With CANCEL, `only` tells of one occurrence that is off (3.2.5): give it the series from `dropped`. A client that
    knows the series takes out that one; the whole REQUEST says the same with an EXDATE.
    """
    check_method(method, cancelled=series.entry.cancelled)
    if only is not None and (method != "CANCEL" or only not in series.dropped):
        raise ValueError("`only` cancels an occurrence that was dropped")
    calendar = calendar_of(method)
    add_zones(calendar, zone_spans(series))
    if only is None:
        for event in series_events(series, cancelled=method == "CANCEL", attendee=True, stamp=stamp):
            calendar.add_component(event)
    else:
        calendar.add_component(_instance(series, only, None, cancelled=True, attendee=True, stamp=stamp))
    file: bytes = calendar.to_ical()
    return file


def zone_spans(series: SeriesEntry) -> list[ZoneSpan]:
    """What a file with the series in it must know of the series' zone."""
    starts = [planned(series, 0), planned(series, series.count - 1), *series.moved.values()]
    return [(series.entry.zone, start, start) for start in starts]


def series_events(series: SeriesEntry, *, cancelled: bool, attendee: bool, stamp: datetime) -> Iterator[Event]:
    """The event with the rule, then one for each occurrence that was moved (RFC 5545, 3.8.4.4), in order."""
    master = event_of(series.entry, cancelled=cancelled, attendee=attendee, stamp=stamp)
    master.add("RRULE", {"FREQ": "WEEKLY", "COUNT": series.count})
    if series.dropped:
        master.add("EXDATE", [planned(series, number) for number in sorted(series.dropped)])
    yield master
    for number, starts_at in sorted(series.moved.items()):
        yield _instance(series, number, starts_at, cancelled=cancelled, attendee=attendee, stamp=stamp)


def _instance(
    series: SeriesEntry, number: int, starts_at: datetime | None, *, cancelled: bool, attendee: bool, stamp: datetime
) -> Event:
    at = planned(series, number)
    entry = replace(series.entry, starts_at=starts_at or at)
    event = event_of(entry, cancelled=cancelled, attendee=attendee, stamp=stamp)
    event.add("RECURRENCE-ID", at)
    return event


def _next(entry: CalendarEntry) -> CalendarEntry:
    return replace(entry, sequence=entry.sequence + 1)


def _check_number(series: SeriesEntry, number: int) -> None:
    if not 0 <= number < series.count:
        raise ValueError(f"occurrence {number} is not 0 to {series.count - 1}")


def _check_wall(start: datetime, minutes: int) -> None:
    instant = start.astimezone(UTC)
    end = instant + timedelta(minutes=minutes)
    once = start.replace(fold=0).utcoffset() == start.replace(fold=1).utcoffset()
    if not once or end.astimezone(start.tzinfo).utcoffset() != start.utcoffset():
        raise ValueError(f"the clocks change during the occurrence of {start:%Y-%m-%d}; write it as a single entry")
