"""What is said about a proposed week: why each session is where it is, and why a need found no time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

from server.domain.attendance.model import Kind
from server.domain.schedule.spans import Span, union, without
from server.domain.week.model import Need, Placement, Reason, ReasonCode, Rules, Unplaced, Why, WhyNot
from server.domain.week.score import Day, Walls, span_of
from server.domain.week.starts import Start, Times

Spans = Mapping[str, Sequence[Span]]


class Told:
    """A placed week, and what can be said about it."""

    def __init__(
        self, times: Times, walls: Walls, rules: Rules, placed: Sequence[Placement], standing: Counter[Day]
    ) -> None:
        self._times, self._walls, self._rules, self._placed = times, walls, rules, placed
        sessions: dict[str, list[Span]] = defaultdict(list)
        self._on_day = standing.copy()
        for one in placed:
            low, high = span_of(one)
            for person in one.need.people:
                sessions[person].append((low - rules.gap * 60, high + rules.gap * 60))
            for person in one.need.partners:
                self._on_day[person, walls.day(person, low)] += 1
        self._sessions = {person: union(sessions[person]) for person in times.hours}
        self._open = {person: without(times.free[person], self._sessions[person]) for person in times.hours}

    def reasons(self, one: Placement) -> tuple[Reason, ...]:
        need, span = one.need, span_of(one)
        found = [Reason(ReasonCode.EVERYONE_FREE, need.people)]
        if one.group is not None:
            places = next(group.places for group in self._times.groups if group.id == one.group)
            found.append(Reason(ReasonCode.OFFERED_GROUP, number=places))
        if need.why is Why.MADE_UP:
            found.append(Reason(ReasonCode.OWN_WEEK_FOR_MISSED))
        if len(self._times.free_starts(need)) == 1:
            found.append(Reason(ReasonCode.ONLY_COMMON_TIME, need.people))
        if all(self._on_day[person, self._walls.day(person, span[0])] == 1 for person in need.partners):
            found.append(Reason(ReasonCode.DAY_OF_ITS_OWN, need.partners))
        if (days := self._days_after_joint(one)) >= 2:
            found.append(Reason(ReasonCode.TWO_DAYS_AFTER_JOINT, number=days))
        if self._walls.in_the_middle(need.people, span):
            found.append(Reason(ReasonCode.MIDDLE_OF_THE_DAY, need.people))
        return tuple(found)

    def unplaced(self, need: Need) -> Unplaced:
        skipped = self._groups_gone(need)
        if need.kind is Kind.GROUP and not self._times.starts(need, [], skipped):
            return Unplaced(need, WhyNot.NO_GROUP_PLACE, need.people)
        widen = tuple(person for person in need.people if self._fits(need, self._widened(person), skipped))
        if apart := self._apart(need, skipped):
            return Unplaced(need, WhyNot.NO_COMMON_HOURS, apart, widen)
        left = self._starts(need, self._open, skipped)
        if not left:
            return Unplaced(need, WhyNot.TAKEN, self._taking(need, skipped), widen)
        full = tuple(person for person in need.partners if any(self._day_full(person, start) for start in left))
        if not self._fits(need, self._open, skipped):
            return Unplaced(need, WhyNot.DAY_FULL, full, widen)
        return Unplaced(need, WhyNot.TOO_DEAR)

    def _days_after_joint(self, one: Placement) -> int:
        """Days since the joint session before this joint one; 0 if there is none, or it isn't joint."""
        if not one.need.joint:
            return 0
        day = self._walls.day(one.need.people[0], span_of(one)[0])
        before = [
            self._walls.day(other.need.people[0], span_of(other)[0])
            for other in self._placed
            if other.need.joint and span_of(other)[0] < span_of(one)[0]
        ]
        return day - max(before) if before else 0

    def _groups_gone(self, need: Need) -> frozenset[int]:
        """The offered groups in which this person already is, or that the rest of the week has filled."""
        used = Counter(one.group for one in self._placed if one.group is not None)
        own = {one.group for one in self._placed if one.group is not None and one.need.people == need.people}
        offered = enumerate(self._times.groups)
        return frozenset(index for index, group in offered if group.id in own or used[group.id] >= group.places)

    def _apart(self, need: Need, skipped: frozenset[int]) -> tuple[str, ...]:
        """The fewest people whose hours have no time for the session in common; nobody if all have."""
        for size in range(1, len(need.people) + 1):
            for people in combinations(need.people, size):
                if not self._times.starts(need, [self._times.hours[person] for person in people], skipped):
                    return people
        return ()

    def _taking(self, need: Need, skipped: frozenset[int]) -> tuple[str, ...]:
        """Whoever is busy, or in another session, at some time that is within everybody's hours."""
        hours = self._times.hours
        common = self._starts(need, hours, skipped)
        free = {
            person: set(self._starts(need, {**hours, person: self._open[person]}, skipped)) for person in need.people
        }
        return tuple(person for person in need.people if any(start not in free[person] for start in common))

    def _widened(self, person: str) -> Spans:
        """What is open for everyone, if this person offered all the hours that the rules allow."""
        allowed = without(self._times.allowed[person], self._times.taken[person])
        return {**self._open, person: without(allowed, self._sessions[person])}

    def _fits(self, need: Need, spans: Spans, skipped: frozenset[int]) -> bool:
        starts = self._starts(need, spans, skipped)
        return any(not any(self._day_full(person, start) for person in need.partners) for start in starts)

    def _starts(self, need: Need, spans: Spans, skipped: frozenset[int]) -> list[Start]:
        return self._times.starts(need, [spans[person] for person in need.people], skipped)

    def _day_full(self, person: str, start: Start) -> bool:
        return self._on_day[person, self._walls.day(person, start.low)] >= self._rules.most_per_day
