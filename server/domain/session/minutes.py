"""Minutes of attendance: when each person was in the room, as intervals; everything else is an intersection of these.

A person has one line of intervals, however many devices they use. It ends at the last sign of life, not when its
absence was noticed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

Interval = tuple[datetime, datetime | None]  # the second None while it lasts
Presence = Mapping[str, tuple[Interval, ...]]


def noted(presence: Presence, inside: Iterable[str], at: datetime, ended: datetime) -> Presence:
    """The intervals when exactly `inside` are there from `at` on, and who no longer is was there until `ended`."""
    wanted = set(inside)
    known = {key for key, line in presence.items() if line and line[-1][1] is None}
    if wanted == known:
        return presence
    changed = dict(presence)
    for key in known - wanted:
        *before, (since, _) = presence[key]
        changed[key] = (*before, (since, ended)) if ended > since else tuple(before)
    for key in wanted - known:
        changed[key] = (*presence.get(key, ()), (at, None))
    return changed


def shared(presence: Presence, keys: Iterable[str], now: datetime) -> list[tuple[datetime, datetime]]:
    """When all of `keys` were there, until `now`."""
    lines = [[(a, b or now) for a, b in presence.get(key, ()) if (b or now) > a] for key in keys]
    common = lines[0] if lines else []
    for line in lines[1:]:
        common = [(max(a, c), min(b, d)) for a, b in common for c, d in line if max(a, c) < min(b, d)]
    return common


def length(intervals: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """How long they are, what several of them cover counted once."""
    total, reached = timedelta(0), None
    for begin, end in sorted(intervals):
        begin = begin if reached is None else max(begin, reached)
        if end > begin:
            total += end - begin
            reached = end
    return total
