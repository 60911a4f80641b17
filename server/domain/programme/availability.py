"""What somebody says beside their weekly hours: away, extra, and the calendars they keep elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.domain.programme.faults import ProgrammeError, line
from server.domain.schedule import Busy, ScheduleError, Slot

MOST_EXCEPTIONS = 200
MOST_CALENDARS = 5
MOST_SPANS = 10_000

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class ImportedCalendar:
    """Spans taken from a calendar that somebody keeps elsewhere; nothing else of it is kept.

    `host` is where it is fetched from, empty for a file. `until` is how far it was read, and `read_at` when these spans
    were. Since `unread_since` it could not be read again, and the last good spans stand.
    """

    id: str
    name: str
    host: str
    read_at: datetime
    until: datetime
    spans: tuple[Span, ...]
    unread_since: datetime | None = None

    def __post_init__(self) -> None:
        line("The calendar's name", self.name, 60)
        if len(self.spans) > MOST_SPANS:
            raise ProgrammeError("too_many", "This calendar holds more than we can read.")
        _check(self.spans)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A span in which somebody is in another place than usual, written like a licence's ("US-NY")."""

    start: datetime
    end: datetime
    place: str

    def __post_init__(self) -> None:
        line("The place", self.place, 60)
        _check(((self.start, self.end),))


@dataclass(frozen=True, slots=True)
class Availability:
    """Exceptions from the weekly hours, as instants; start included, end not. `elsewhere` says where somebody is."""

    away: tuple[Span, ...] = ()
    extra: tuple[Span, ...] = ()
    calendars: tuple[ImportedCalendar, ...] = ()
    elsewhere: tuple[Elsewhere, ...] = ()

    def __post_init__(self) -> None:
        if len(self.away) + len(self.extra) + len(self.elsewhere) > MOST_EXCEPTIONS:
            raise ProgrammeError("too_many", f"Up to {MOST_EXCEPTIONS} exceptions at a time.")
        if len(self.calendars) > MOST_CALENDARS:
            raise ProgrammeError("too_many", f"Up to {MOST_CALENDARS} calendars.")
        _check((*self.away, *self.extra))

    @property
    def away_spans(self) -> tuple[Busy, ...]:
        imported = (span for calendar in self.calendars for span in calendar.spans)
        return tuple(Busy(start, end) for start, end in (*self.away, *imported))

    @property
    def extra_spans(self) -> tuple[Slot, ...]:
        return tuple(Slot(start, end) for start, end in self.extra)


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The addresses of somebody's calendars, by the calendar's id. Whoever knows one can read that calendar."""

    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)


def _check(spans: tuple[Span, ...]) -> None:
    try:
        for start, end in spans:
            Busy(start, end)
    except ScheduleError as no:
        raise ProgrammeError("hours_unfit", f"{no}.") from no
