"""Where a wanted session could be: everybody's hours and busy spans as spans, and the starts that fit into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from server.domain.attendance.model import Kind
from server.domain.schedule import Calendar, Slot
from server.domain.schedule.spans import Span, common, inward, open_spans, union, without
from server.domain.week.model import Group, Need, Rules
from server.domain.week.score import daily

QUARTER = 15 * 60


@dataclass(frozen=True, slots=True)
class Start:
    """A time that a session could have; `group` indexes the offered groups."""

    low: int
    high: int
    group: int | None = None


class Times:
    """The spans of one week: when each person may be booked (`hours`), whoever is busy, and what of it is `free`.

    `allowed` is what the rules leave of the week for a person who would offer every hour.
    """

    def __init__(
        self,
        calendars: Mapping[str, Calendar],
        groups: Sequence[Group],
        week: Slot,
        rules: Rules,
    ) -> None:
        low, high = -int(-week.start.timestamp() // 1), int(week.end.timestamp())
        self.groups = groups
        self.week = (low, high)
        self.allowed: dict[str, list[Span]] = {}
        self.hours: dict[str, list[Span]] = {}
        self.free: dict[str, list[Span]] = {}
        self.taken: dict[str, list[Span]] = {}
        for person, calendar in calendars.items():
            rule = open_spans(daily(calendar.hours.zone, rules.earliest, rules.latest), low, high)
            self.allowed[person] = rule
            extra = (span for slot in calendar.extra for span in inward(slot.start, slot.end))
            self.hours[person] = common(rule, union([*open_spans(calendar.hours, low, high), *extra]))
            busy = [(one.start, one.end) for one in calendar.busy]
            busy += [(one.start, one.end) for one in calendar.sessions]
            self.taken[person] = union(outward(start.timestamp(), end.timestamp()) for start, end in busy)
            self.free[person] = without(self.hours[person], self.taken[person])

    def starts(self, need: Need, spans: Iterable[Sequence[Span]], skipped: frozenset[int] = frozenset()) -> list[Start]:
        """Every start of the need that lies in all of the spans: quarter hours of UTC, or the offered groups."""
        shared = reduce(common, spans, [self.week])
        if need.kind is not Kind.GROUP:
            length = need.minutes * 60
            return [
                Start(begin, begin + length)
                for low, high in shared
                for begin in range(-(-low // QUARTER) * QUARTER, high - length + 1, QUARTER)
            ]
        offered = [
            Start(*self.group_span(index), index)
            for index, group in enumerate(self.groups)
            if group.places > 0 and index not in skipped
        ]
        return [one for one in offered if any(low <= one.low and one.high <= high for low, high in shared)]

    def free_starts(self, need: Need) -> list[Start]:
        return self.starts(need, [self.free[person] for person in need.people])

    def group_span(self, index: int) -> Span:
        group = self.groups[index]
        begin = group.start.timestamp()
        return outward(begin, begin + group.minutes * 60)


def outward(low: float, high: float) -> Span:
    """The span in whole seconds, never shorter than it is."""
    return int(low // 1), -int(-high // 1)
