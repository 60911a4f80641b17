"""The best times that suit everyone: the missed session's own week first, then the earliest, spread over days."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.schedule.hours import Busy, Calendar, ScheduleError, Slot, check_instant, zone_of
from server.domain.schedule.spans import Span, common, day_start, local_day, open_spans, union, without

QUARTER = 15 * 60
APART = 2 * 60 * 60
MOST_DAYS = 366
MOST_MINUTES = 12 * 60
MOST_PEOPLE = 50
MOST_SLOTS = 20


def find_slots(
    calendars: Sequence[Calendar],
    *,
    minutes: int,
    after: datetime,
    until: datetime,
    count: int = 3,
    near: datetime | None = None,
    excluded: Iterable[Slot | Busy] = (),
) -> list[Slot]:
    """At most `count` slots of `minutes` in [after, until) that lie in every calendar, the best first.

    Starts are quarter hours of UTC. Slots of the week of `near` (the missed session) come before all others; within
    that, a day that has no slot yet comes before one that has; then the earlier comes first. Two starts are never
    less than two hours apart, and slots never overlap. Weeks (from Monday) and days are those of the first
    calendar's zone, so put the host's first. Nothing that overlaps `excluded` is offered.
    """
    _check(calendars, minutes, after, until, count, near)
    low, high = _ceil(after), int(until.timestamp())
    free = _free(calendars, low, high, excluded)
    starts = _starts(free, minutes * 60)
    apart = max(APART, minutes * 60)
    zone = zone_of(calendars[0].hours.zone)
    chosen: list[int] = []
    for group in _groups(starts, zone, near):
        chosen += sorted(_spread(group, zone, count - len(chosen), apart, chosen))
    length = timedelta(minutes=minutes)
    return [Slot(begin, begin + length) for begin in (datetime.fromtimestamp(start, UTC) for start in chosen)]


def _free(calendars: Sequence[Calendar], low: int, high: int, excluded: Iterable[Slot | Busy]) -> list[Span]:
    free: list[Span] = [(low, high)] if low < high else []
    for hours in {calendar.hours for calendar in calendars}:
        free = common(free, open_spans(hours, low, high))
    # Who is busy doesn't matter: one union of everything taken, cut out once.
    taken = [_outward(span) for calendar in calendars for span in calendar.busy]
    taken += [_outward(span) for span in excluded]
    return without(free, union(taken))


def _starts(free: Sequence[Span], length: int) -> list[int]:
    """Every quarter hour at which a slot of that length (seconds) fits, ascending."""
    return [start for low, high in free for start in range(-(-low // QUARTER) * QUARTER, high - length + 1, QUARTER)]


def _groups(starts: list[int], zone: ZoneInfo, near: datetime | None) -> list[list[int]]:
    """The starts in order of preference: the week of `near`, then the rest."""
    if near is None:
        return [starts]
    day = near.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    first = bisect_left(starts, day_start(zone, monday))
    last = bisect_left(starts, day_start(zone, monday + timedelta(days=7)))
    return [starts[first:last], starts[:first] + starts[last:]]


def _spread(starts: list[int], zone: ZoneInfo, count: int, apart: int, before: Sequence[int]) -> list[int]:
    """At most `count` of the starts: the first of each new day, then of used days, `apart` seconds between any two."""
    picked: list[int] = []
    used = {local_day(zone, start) for start in before}

    def fits(start: int) -> bool:
        return all(abs(start - other) >= apart for other in (*before, *picked))

    i = 0
    while i < len(starts) and len(picked) < count:
        day = local_day(zone, starts[i])
        if day in used:
            i = bisect_left(starts, day_start(zone, day + timedelta(days=1)), lo=i + 1)
        elif fits(starts[i]):
            picked.append(starts[i])
            used.add(day)
        else:
            i += 1
    for start in starts:
        if len(picked) >= count:
            break
        if fits(start):
            picked.append(start)
    return picked


def _outward(span: Slot | Busy) -> Span:
    """The span in whole seconds, never shorter than it is."""
    return int(span.start.timestamp() // 1), _ceil(span.end)


def _ceil(instant: datetime) -> int:
    return -int(-instant.timestamp() // 1)


def _check(
    calendars: Sequence[Calendar], minutes: int, after: datetime, until: datetime, count: int, near: datetime | None
) -> None:
    if not 1 <= len(calendars) <= MOST_PEOPLE:
        raise ScheduleError(f"{len(calendars)} calendars; a search needs 1 to {MOST_PEOPLE}")
    if not 1 <= minutes <= MOST_MINUTES:
        raise ScheduleError(f"{minutes} minutes; a slot lasts 1 to {MOST_MINUTES}")
    if not 1 <= count <= MOST_SLOTS:
        raise ScheduleError(f"{count} slots wanted; a search gives 1 to {MOST_SLOTS}")
    for name, instant in (("after", after), ("until", until), ("near", near)):
        if instant is not None:
            check_instant(name, instant)
    if until.timestamp() - after.timestamp() > MOST_DAYS * 86_400:
        raise ScheduleError(f"a search looks at most {MOST_DAYS} days ahead")
