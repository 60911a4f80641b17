"""The best times that suit everyone, within the rules of the clinic."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from math import ceil, floor

from server.domain.schedule.hours import Busy, Calendar, ScheduleError, Slot, check_instant, zone_of
from server.domain.schedule.preference import prefer
from server.domain.schedule.rules import NO_RULES, Rules
from server.domain.schedule.spans import Span, common, day_start, inward, local_day, open_spans, outward, union, without

QUARTER = 15 * 60
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
    rules: Rules = NO_RULES,
) -> list[Slot]:
    """At most `count` slots of `minutes` in [after, until) that lie in every calendar, the best first.

    The first calendar is the host's: weeks, days and the rules' sessions are the host's. Starts are quarter hours of
    UTC. Nothing that overlaps `excluded` is offered, and nothing that breaks a rule. The second time of an hour that
    somebody's clocks repeat is never offered.

    What is better is one rule, stated at `prefer`: the week of `near` (the missed session), then the fewest clock
    surprises, then a day that has no slot yet, then the earliest.
    """
    _check(calendars, minutes, after, until, count, near)
    length = timedelta(minutes=minutes)
    seconds = minutes * 60
    free = _free(calendars, ceil(after.timestamp()), floor(until.timestamp()), excluded, rules)
    starts = _starts(free, seconds, _full_days(calendars[0], rules))
    zones = [zone_of(calendar.hours.zone) for calendar in calendars]
    chosen = prefer(starts, zones, None if near is None else floor(near.timestamp()), count, seconds)
    return [Slot(begin, begin + length) for begin in (datetime.fromtimestamp(start, UTC) for start in chosen)]


def _free(
    calendars: Sequence[Calendar], low: int, high: int, excluded: Iterable[Slot | Busy], rules: Rules
) -> list[Span]:
    """What is open to everyone and taken by nobody."""
    free: list[Span] = [(low, high)] if low < high else []
    # Also without rules this takes the repeated hours out of extra spans.
    for zone in {calendar.hours.zone for calendar in calendars}:
        free = common(free, open_spans(rules.day_of(zone), low, high))
    weekly = {hours: open_spans(hours, low, high) for hours in {calendar.hours for calendar in calendars}}
    for calendar in calendars:
        extra = (span for slot in calendar.extra for span in inward(slot.start, slot.end))
        free = common(free, union([*weekly[calendar.hours], *extra]))
    return without(free, _taken(calendars, excluded, rules.buffer * 60))


def _taken(calendars: Sequence[Calendar], excluded: Iterable[Slot | Busy], buffer: int) -> list[Span]:
    """Everything taken, by whomever: one union, cut out once."""
    taken = [outward(span.start, span.end) for span in excluded]
    for calendar in calendars:
        taken += [outward(span.start, span.end) for spans in (calendar.busy, calendar.sessions) for span in spans]
    for session in calendars[0].sessions:
        start, end = outward(session.start, session.end)
        taken.append((start - buffer, end + buffer))
    return union(taken)


def _full_days(host: Calendar, rules: Rules) -> list[Span]:
    """The days on which the host has as many sessions as the rules allow."""
    if rules.most_per_day is None:
        return []
    zone = zone_of(host.hours.zone)
    held = Counter(local_day(zone, floor(session.start.timestamp())) for session in host.sessions)
    full = (day for day, sessions in held.items() if sessions >= rules.most_per_day)
    return union((day_start(zone, day), day_start(zone, day + timedelta(days=1))) for day in full)


def _starts(free: Sequence[Span], length: int, barred: Sequence[Span]) -> list[int]:
    """Every quarter hour outside `barred` at which a slot of that length (seconds) fits, ascending."""
    starts = [start for low, high in free for start in range(-(-low // QUARTER) * QUARTER, high - length + 1, QUARTER)]
    for low, high in barred:
        del starts[bisect_left(starts, low) : bisect_left(starts, high)]
    return starts


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
