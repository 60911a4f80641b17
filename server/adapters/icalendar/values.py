"""Times and durations as a calendar file writes them (RFC 5545, 3.3), made instants of one zone or another.

Everything wrong raises `ValueError` or `OverflowError`, for the caller to turn into a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from icalendar import vDuration

from server.adapters.icalendar.lines import Line

TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII | re.IGNORECASE)
OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)
MOST_DURATION_CHARACTERS = 40


class Zones(Protocol):
    home: tzinfo

    def of(self, tzid: str | None) -> tzinfo: ...


@dataclass(frozen=True, slots=True)
class Time:
    """A time, or a date (`whole_day`) as its first moment; shaped for recurring-ical-events, which reads `.dt`."""

    dt: datetime
    whole_day: bool = False
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a list of times: a moment, a date, or a period with its start and its end or length."""

    dt: datetime | date | tuple[datetime, datetime | timedelta]


@dataclass(frozen=True, slots=True)
class Moments:
    dts: list[Moment]


def wall_of(text: str) -> tuple[datetime, bool, bool]:
    """The wall time without its zone; whether it is a date only; whether it is UTC."""
    match = TIME.fullmatch(text.strip())
    if not match:
        raise ValueError("not a date or time")
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    if match[4] is None:
        return datetime.combine(date(year, month, day), time()), True, False
    # A leap second is the last one that Python knows.
    clock = time(int(match[4]), int(match[5]), min(int(match[6]), 59))
    return datetime.combine(date(year, month, day), clock), False, bool(match[7])


def moment_of(text: str, tzid: str | None, zones: Zones) -> Time:
    """Floating times and dates are the person's own: they are read in `zones.home`."""
    wall, whole_day, utc = wall_of(text)
    zone = UTC if utc else zones.home if whole_day else zones.of(tzid)
    return Time(wall.replace(tzinfo=zone), whole_day)


def time_of(line: Line, zones: Zones) -> Time:
    found = moment_of(line.value, line.parameters.get("TZID"), zones)
    return Time(found.dt, found.whole_day, line.parameters)


def duration_of(text: str) -> timedelta:
    if len(text) > MOST_DURATION_CHARACTERS:
        raise ValueError("not a duration")
    return vDuration(vDuration.from_ical(text.strip().upper())).td  # type: ignore[no-untyped-call]


def offset_of(text: str) -> timedelta:
    match = OFFSET.fullmatch(text.strip())
    if not match:
        raise ValueError("not an offset from UTC")
    size = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if size >= timedelta(days=1):
        raise ValueError("an offset of a day or more")
    return -size if match[1] == "-" else size


def after_length(start: datetime, length: timedelta) -> datetime:
    """Days of a duration are the wall's, hours are exact (RFC 5545, 3.3.6)."""
    days = timedelta(days=length.days)
    end = start + days
    return end if length == days else end.astimezone(UTC) + (length - days)


def period_of(text: str, tzid: str | None, zones: Zones) -> tuple[datetime, datetime]:
    first, _, second = text.partition("/")
    start = moment_of(first, tzid, zones).dt
    if second.strip()[:1].upper() in ("P", "+", "-"):
        return start, after_length(start, duration_of(second))
    return start, moment_of(second, tzid, zones).dt


def moments_of(lines: list[Line], zones: Zones, *, dates: bool) -> Iterator[Moment]:
    """The entries of RDATE or EXDATE lines; with `dates` a date stays one and so stands for its whole day."""
    for line in lines:
        tzid = line.parameters.get("TZID")
        for text in filter(str.strip, line.value.split(",")):
            if "/" in text:
                yield Moment(period_of(text, tzid, zones))
            else:
                found = moment_of(text, tzid, zones)
                yield Moment(found.dt.date() if dates and found.whole_day else found.dt)
