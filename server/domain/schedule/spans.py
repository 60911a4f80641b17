"""Arithmetic on sorted, disjoint, half-open spans of whole seconds since 1970 (UTC).

Integers rather than datetimes: the search then costs one sort and a few sweeps, whatever the zones are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from math import ceil, floor
from zoneinfo import ZoneInfo

from server.domain.schedule.hours import WeeklyHours, zone_of

Span = tuple[int, int]
DAY = 86_400
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def open_spans(hours: WeeklyHours, after: int, until: int) -> list[Span]:
    """The spans of [after, until) in which the zone's wall clock is inside a window.

    Between two clock changes wall time is UTC plus a constant, so a window is shifted, not converted. An hour that
    the clocks skip is in no such piece and so is never offered. An hour that they repeat is offered the first time
    only: "1:30 AM" in a mail is read as the first one (RFC 5545, 3.3.5, reads it so too).
    """
    week: list[list[Span]] = [[] for _ in range(7)]
    for window in hours.windows:
        week[window.weekday].append((window.first_minute * 60, window.last_minute * 60))
    found: list[Span] = []
    for start, end, offset in _pieces(zone_of(hours.zone), after, until):
        for day in range((start + offset) // DAY, (end + offset - 1) // DAY + 1):
            midnight = day * DAY - offset
            for first, last in week[date.fromordinal(_EPOCH_ORDINAL + day).weekday()]:
                low, high = max(start, midnight + first), min(end, midnight + last)
                if low < high:
                    found.append((low, high))
    return union(found)


def union(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """What lies in both."""
    shared: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low < high:
            shared.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return shared


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """What is left of `spans` when `taken` is cut out; both sorted and disjoint."""
    left: list[Span] = []
    j = 0
    for start, end in spans:
        while j < len(taken) and taken[j][1] <= start:
            j += 1
        k = j
        while k < len(taken) and taken[k][0] < end:
            if taken[k][0] > start:
                left.append((start, taken[k][0]))
            start = max(start, taken[k][1])
            k += 1
        if start < end:
            left.append((start, end))
    return left


def outward(start: datetime, end: datetime) -> Span:
    """The span in whole seconds, never shorter than it is."""
    return floor(start.timestamp()), ceil(end.timestamp())


def inward(start: datetime, end: datetime) -> list[Span]:
    """The span in whole seconds, never longer than it is; none if no whole second is left."""
    low, high = ceil(start.timestamp()), floor(end.timestamp())
    return [(low, high)] if low < high else []


def day_start(zone: ZoneInfo, day: date) -> int:
    """The first instant of a day in the zone, even where the clocks skip midnight."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())


def local_day(zone: ZoneInfo, instant: int) -> date:
    """The date that the zone's calendar shows at the instant."""
    return datetime.fromtimestamp(instant, zone).date()


@lru_cache(4096)  # the days of a few zones are asked about again and again
def offset_at(zone: ZoneInfo, instant: int) -> int:
    """What the zone's wall clock is ahead of UTC at the instant, in seconds."""
    offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds())


def changes(zone: ZoneInfo, after: int, until: int) -> Iterator[tuple[int, int, int]]:
    """[after, until) as (start, end, offset): one piece from each clock change to the next."""
    start, offset = after, offset_at(zone, after)
    while start < until:
        end, following = _next_change(zone, start, offset, until)
        yield start, end, offset
        start, offset = end, following


def _pieces(zone: ZoneInfo, after: int, until: int) -> Iterator[tuple[int, int, int]]:
    """The pieces of `changes`, less what a change repeats."""
    # The first piece may begin inside a repeated hour: look back for the change that opened it.
    fresh = _repeated_until(zone, after)
    before: int | None = None
    for start, end, offset in changes(zone, after, until):
        if before is not None:
            fresh = start + max(0, before - offset)
        if max(start, fresh) < end:
            yield max(start, fresh), end, offset
        before = offset


def _next_change(zone: ZoneInfo, start: int, offset: int, until: int) -> tuple[int, int]:
    """When the offset next changes, at most `until`, and to what."""
    low = start
    while low < until:
        high = min((low // DAY + 1) * DAY, until)
        following = offset_at(zone, high)
        if following != offset:
            while high - low > 1:
                middle = (low + high) // 2
                if offset_at(zone, middle) == offset:
                    low = middle
                else:
                    high = middle
            return high, offset_at(zone, high)
        low = high
    return until, offset


def _repeated_until(zone: ZoneInfo, instant: int) -> int:
    """The end of the repeated hour that the instant lies in; the instant itself if it lies in none."""
    if not datetime.fromtimestamp(instant, zone).fold:
        return instant
    change, offset = _next_change(zone, instant - DAY, offset_at(zone, instant - DAY), instant)
    return change + max(0, offset_at(zone, instant - DAY) - offset)
