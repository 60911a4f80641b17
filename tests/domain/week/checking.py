"""Checks a proposal against what it promises, minute by minute and reason by reason, in code of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations

from server.domain.attendance import Kind
from server.domain.week import Need, Placement, Proposal, Reason, ReasonCode, Why, WhyNot
from tests.domain.week.couples import Case
from tests.domain.week.oracle import Candidate, Clock, standing, times_of

JOINT = (Kind.COUPLES, Kind.INTAKE)


class Checked:
    def __init__(self, case: Case, proposal: Proposal) -> None:
        self.case, self.proposal = case, proposal
        self.clocks = {person: Clock(calendar, case) for person, calendar in case.calendars.items()}
        first, last = (int(end.timestamp() // 60) for end in (case.week.start, case.week.end))
        looks = {p: [(m, clock.look(m)) for m in range(first, last + 1)] for p, clock in self.clocks.items()}
        self.allowed = {p: frozenset(m for m, look in seen if look.allowed) for p, seen in looks.items()}
        self.offered = {p: frozenset(m for m, look in seen if look.offered) for p, seen in looks.items()}
        self.free = {p: frozenset(m for m, look in seen if look.free) for p, seen in looks.items()}
        self.spans = [(low(one), high(one), one) for one in proposal.placed]

    def faults(self) -> Iterator[str]:
        """Everything that is not as promised."""
        placed, left = self.proposal.placed, self.proposal.unplaced
        if Counter([*(one.need for one in placed), *(one.need for one in left)]) != Counter(self.case.needs):
            yield "some need is lost, or there twice"
        if [one.slot.start for one in placed] != sorted(one.slot.start for one in placed):
            yield "not in order of time"
        for one in placed:
            yield from self._time_faults(one)
            if set(one.reasons) != (true := set(self._true_reasons(one))):
                yield f"{one} says what is not so, or not all: {true}"
        for person in self.case.calendars:
            yield from self._day_faults(person)
        known: dict[object, list[tuple[WhyNot, tuple[str, ...], tuple[str, ...]]]] = {}
        for none in left:
            key = none.need.kind, none.need.minutes, none.need.people
            whys = known[key] = known.get(key) or list(self._true_whys(none.need))
            if (none.why, none.people, none.widen) not in whys:
                yield f"{none} is not so; true is one of {whys}"

    def _time_faults(self, one: Placement) -> Iterator[str]:
        if not (self.case.week.start <= one.slot.start and one.slot.end <= self.case.week.end):
            yield f"{one.slot} is not in the week"
        for person in one.need.people:
            if not all(self.clocks[person].look(minute).free for minute in range(low(one), high(one))):
                yield f"{person} is not free at {one.slot}"
        if one.need.kind is not Kind.GROUP:
            if one.slot.end - one.slot.start != timedelta(minutes=one.need.minutes) or low(one) % 15 or one.group:
                yield f"{one.slot} is no time for {one.need}"
        elif one.group not in {
            group.id
            for group in self.case.groups
            if group.start == one.slot.start and timedelta(minutes=group.minutes) == one.slot.end - one.slot.start
        }:
            yield f"{one.group} is not offered at {one.slot}"

    def _day_faults(self, person: str) -> Iterator[str]:
        own = [span for span in self.spans if person in span[2].need.people]
        for (_, ends, _), (begins, _, _) in combinations(own, 2):
            if begins < ends + self.case.rules.gap:
                yield f"{person} has no gap of {self.case.rules.gap} minutes"
        if any(self._same_day(person, begins) > self.case.rules.most_per_day for begins, _, one in own):
            yield f"a day of {person} is too full"
        taken = Counter(one.group for _, _, one in self.spans if one.group)
        if any(taken[group.id] > group.places for group in self.case.groups):
            yield "a group is overbooked"

    def _true_reasons(self, one: Placement) -> Iterator[Reason]:
        need = one.need
        yield Reason(ReasonCode.EVERYONE_FREE, need.people)
        if need.why is Why.MADE_UP:
            yield Reason(ReasonCode.OWN_WEEK_FOR_MISSED)
        if one.group:
            [places] = [group.places for group in self.case.groups if group.id == one.group]
            yield Reason(ReasonCode.OFFERED_GROUP, number=places)
        if len(self._times(need, [self.free[person] for person in need.people], alone=True)) == 1:
            yield Reason(ReasonCode.ONLY_COMMON_TIME, need.people)
        if all(self._same_day(person, low(one)) == 1 for person in need.partners):
            yield Reason(ReasonCode.DAY_OF_ITS_OWN, need.partners)
        if need.kind in JOINT:
            day = self.clocks[need.people[0]].day
            before = [begins for begins, _, other in self.spans if other.need.kind in JOINT and begins < low(one)]
            if before and (days := day(low(one)) - day(max(before))) >= 2:
                yield Reason(ReasonCode.TWO_DAYS_AFTER_JOINT, number=days)
        minutes = range(low(one), high(one))
        if all(self.clocks[person].look(minute).middle for person in need.people for minute in minutes):
            yield Reason(ReasonCode.MIDDLE_OF_THE_DAY, need.people)

    def _true_whys(self, need: Need) -> Iterator[tuple[WhyNot, tuple[str, ...], tuple[str, ...]]]:
        """What may be said about a need without a time; several, where more than one set of people is the fewest."""
        if need.kind is Kind.GROUP and not self._times(need, []):
            yield WhyNot.NO_GROUP_PLACE, need.people, ()
            return
        widen = tuple(
            person
            for person in need.people
            if self._places(need, [(self.allowed if who == person else self.offered)[who] for who in need.people])
        )
        for size in range(1, len(need.people) + 1):
            apart = [
                people
                for people in combinations(need.people, size)
                if not self._times(need, [self.offered[person] for person in people])
            ]
            if apart:
                yield from ((WhyNot.NO_COMMON_HOURS, people, widen) for people in apart)
                return
        offered = self._times(need, [self.offered[person] for person in need.people])
        blocked = {person: [one for one in offered if not self._open(person, one)] for person in need.people}
        left = [one for one in offered if not any(one in blocked[person] for person in need.people)]
        full = [person for person in need.partners if any(self._full(person, one) for one in left)]
        if not left:
            yield WhyNot.TAKEN, tuple(person for person in need.people if blocked[person]), widen
        elif all(any(self._full(person, one) for person in need.partners) for one in left):
            yield WhyNot.DAY_FULL, tuple(full), widen

    def _times(self, need: Need, suiting: Sequence[frozenset[int]], alone: bool = False) -> list[Candidate]:
        """The times every minute of which is in all the given sets of minutes.

        Of groups, those that still have a place for this person; `alone` as if nothing else were in the week.
        """
        placed = [] if alone else [one for one in self.proposal.placed if one.group]
        taken = Counter(one.group for one in placed)
        own = {one.group for one in placed if one.need.people == need.people}
        gone = {group.id for group in self.case.groups if group.id in own or taken[group.id] >= group.places}
        return [
            one
            for one in times_of(0, need, self.case)
            if one.group not in gone and all(minutes.issuperset(range(one.low, one.high)) for minutes in suiting)
        ]

    def _places(self, need: Need, suiting: Sequence[frozenset[int]]) -> bool:
        return any(
            all(self._open(person, one) and not self._full(person, one) for person in need.people)
            for one in self._times(need, suiting)
        )

    def _open(self, person: str, one: Candidate) -> bool:
        """Whether the person is neither busy nor in another session then."""
        gap = self.case.rules.gap
        return not any(a < one.high and one.low < b for a, b in self.clocks[person].busy) and not any(
            begins < one.high + gap and one.low < ends + gap
            for begins, ends, other in self.spans
            if person in other.need.people
        )

    def _full(self, person: str, one: Candidate) -> bool:
        return self._same_day(person, one.low) >= self.case.rules.most_per_day

    def _same_day(self, person: str, minute: int) -> int:
        day = self.clocks[person].day
        new = sum(day(begins) == day(minute) for begins, _, one in self.spans if person in one.need.partners)
        return new + standing(self.case, self.clocks, person, day(minute))


def low(one: Placement) -> int:
    return round(one.slot.start.timestamp() / 60)


def high(one: Placement) -> int:
    return round(one.slot.end.timestamp() / 60)
