"""A person's calendar: weekly hours on the wall of their own zone, extra spans, and those in which they are taken.

Wall time and zone are what is stored, never an offset: 3 PM stays 3 PM when the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

MOST_WINDOWS = 100
MOST_BUSY = 10_000


class ScheduleError(ValueError):
    """A calendar or a search that can't be; the sentence says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of one weekday's wall clock, `start` included and `end` not; Monday is 0.

    Whole minutes. An `end` of midnight (`time(0)`) means the end of the day.
    """

    weekday: int
    start: time
    end: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ScheduleError(f"weekday {self.weekday} is not 0 (Monday) to 6 (Sunday)")
        for name, wall in (("start", self.start), ("end", self.end)):
            if wall.tzinfo is not None:
                raise ScheduleError(f"{name} {wall} carries a zone; a window is wall time, its zone is the calendar's")
            if wall.second or wall.microsecond:
                raise ScheduleError(f"{name} {wall} is not a whole minute")
        if self.last_minute <= self.first_minute:
            raise ScheduleError(f"the window ends at {self.end:%H:%M}, which is not after its start {self.start:%H:%M}")

    @property
    def first_minute(self) -> int:
        """Minutes from midnight to the start."""
        return self.start.hour * 60 + self.start.minute

    @property
    def last_minute(self) -> int:
        """Minutes from midnight to the end; 1440 for midnight."""
        return self.end.hour * 60 + self.end.minute or 24 * 60


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The hours of a week in which a person can be booked, as the wall clock of `zone` (an IANA name) shows them."""

    zone: str
    windows: tuple[Window, ...]

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if len(self.windows) > MOST_WINDOWS:
            raise ScheduleError(f"{len(self.windows)} windows in a week; at most {MOST_WINDOWS}")


@dataclass(frozen=True, slots=True)
class Busy:
    """A span in which a person is taken: `start` included, `end` not."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        check_span("busy", self.start, self.end)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be offered. Kept in UTC, whatever zone it was given in."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        check_span("slot", self.start, self.end)
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When one person can be booked: in their weekly hours and the extra spans, less what they are busy with.

    Extra spans open a time and never close one. `sessions` are those booked already: taken like any busy span, and
    what the clinic's rules count. A session that is to be moved is not among them.
    """

    hours: WeeklyHours
    busy: tuple[Busy, ...] = ()
    extra: tuple[Slot, ...] = ()
    sessions: tuple[Slot, ...] = ()

    def __post_init__(self) -> None:
        for name, spans in (("busy spans", self.busy), ("extra spans", self.extra), ("sessions", self.sessions)):
            if len(spans) > MOST_BUSY:
                raise ScheduleError(f"{len(spans)} {name} in a calendar; at most {MOST_BUSY}")


def zone_of(name: str) -> ZoneInfo:
    """The IANA zone of that name, or a `ScheduleError`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError, AttributeError, TypeError):
        # zoneinfo answers a directory, a path upwards and an unknown name with three different exceptions
        raise ScheduleError(f"{name!r} is not a time zone of the IANA database") from None


def check_instant(name: str, instant: datetime) -> None:
    """Refuses a naive time: nobody can tell when it is."""
    if instant.utcoffset() is None:
        raise ScheduleError(f"{name} {instant} has no zone")


def check_span(name: str, start: datetime, end: datetime) -> None:
    """Refuses naive ends and a span that doesn't last."""
    check_instant(f"{name} start", start)
    check_instant(f"{name} end", end)
    # Within one zone Python compares wall clocks, which is wrong across a clock change: compare instants.
    if end.timestamp() <= start.timestamp():
        raise ScheduleError(f"{name} ends at {end}, which is not after its start {start}")
