"""Which of the possible starts are offered, and in which order. The rule is stated at `prefer`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from server.domain.schedule.spans import changes, day_start, local_day, offset_at

APART = 2 * 60 * 60


def prefer(starts: Sequence[int], zones: Sequence[ZoneInfo], near: int | None, count: int, length: int) -> list[int]:
    """At most `count` of the ascending starts of slots of `length` seconds, the best first.

    They are picked one by one, each at least two hours and a slot's length from those already picked: one of the week
    of `near` before any other, then one with fewer clock surprises, then one of a day that has none yet, then the
    earliest. They are listed by week and surprises as they were picked, and among equals of both by time.

    A clock surprise is a person whose hours of difference to the host aren't those they know from `near`: it comes
    of clocks that change on different days. There is none without `near`. `zones` holds one zone per person, the
    host's first; weeks (from Monday) and days are of the host's zone.
    """
    chosen: list[int] = []
    used: set[date] = set()
    apart = max(APART, length)
    for group in _groups(starts, zones, near):
        chosen += sorted(_spread(group, zones[0], count - len(chosen), apart, chosen, used))
    return chosen


def surprises(zones: Sequence[ZoneInfo], near: int, instant: int) -> int:
    """How many people's difference to the first zone is at the instant another than at `near`."""
    shift = [offset_at(zone, instant) - offset_at(zone, near) for zone in zones]
    return sum(other != shift[0] for other in shift)


def _groups(starts: Sequence[int], zones: Sequence[ZoneInfo], near: int | None) -> list[Sequence[int]]:
    """The starts in groups, the best first; each ascending, and equal in week and surprises."""
    if near is None or not starts:
        return [starts]
    day = local_day(zones[0], near)
    monday = day - timedelta(days=day.weekday())
    low, high = day_start(zones[0], monday), day_start(zones[0], monday + timedelta(days=7))
    # Between two clock changes of anybody the surprises are the same, so they are counted once for each such piece.
    bounds = {low, high}
    for zone in set(zones):
        bounds.update(piece[0] for piece in changes(zone, starts[0], starts[-1] + 1))
    cuts = sorted({0, len(starts), *(bisect_left(starts, bound) for bound in bounds)})
    groups: dict[tuple[bool, int], list[int]] = {}
    for first, last in pairwise(cuts):
        start = starts[first]
        key = (not low <= start < high, surprises(zones, near, start))
        groups.setdefault(key, []).extend(starts[first:last])
    return [groups[key] for key in sorted(groups)]


def _spread(
    starts: Sequence[int], zone: ZoneInfo, count: int, apart: int, before: Sequence[int], used: set[date]
) -> list[int]:
    """At most `count` of the starts: the first of each day not in `used` (which grows), then of the others."""
    picked: list[int] = []

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
