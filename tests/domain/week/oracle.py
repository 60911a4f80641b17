"""The optimum of a week by OR-Tools CP-SAT: a second reading of what a week costs, which shares no code with it.

Every candidate is a Boolean. Times are whole minutes since the start of the epoch; walls are asked minute by minute.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

from ortools.sat.python import cp_model

from server.domain.attendance import Kind
from server.domain.schedule import Calendar
from server.domain.week import Need
from tests.domain.week.couples import Case


@dataclass(frozen=True)
class Candidate:
    need: int
    low: int
    high: int
    group: str | None


@dataclass(frozen=True)
class Optimum:
    """`floor` is proven: no week costs less. `cost` is the best one that was found."""

    floor: int
    cost: int


@dataclass(frozen=True)
class Minute:
    """What one person's wall and calendar say of a minute."""

    allowed: bool  # by the rules
    offered: bool  # by the rules and the person's own hours
    free: bool  # and nothing else is then
    middle: bool


class Clock:
    """One person's wall, asked for one minute at a time."""

    def __init__(self, calendar: Calendar, case: Case) -> None:
        self.zone = ZoneInfo(calendar.hours.zone)
        self.windows = [(w.weekday, minutes_of(w.start), minutes_of(w.end) or 1440) for w in calendar.hours.windows]
        self.busy = [(busy.start.timestamp() / 60, busy.end.timestamp() / 60) for busy in calendar.busy]
        self.day_bounds = (minutes_of(case.rules.earliest), minutes_of(case.rules.latest) or 1440)
        self.middle = (minutes_of(case.rules.middle[0]), minutes_of(case.rules.middle[1]) or 1440)
        self.known: dict[int, Minute] = {}

    def wall(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, UTC).astimezone(self.zone)

    def day(self, minute: int) -> int:
        return self.wall(minute).toordinal()

    def look(self, minute: int) -> Minute:
        if minute not in self.known:
            wall = self.wall(minute)
            of_day = wall.hour * 60 + wall.minute
            # Of an hour that the clocks repeat, only the first one counts.
            allowed = not wall.fold and self.day_bounds[0] <= of_day < self.day_bounds[1]
            offered = allowed and any(day == wall.weekday() and a <= of_day < b for day, a, b in self.windows)
            free = offered and not any(a < minute + 1 and minute < b for a, b in self.busy)
            middle = not wall.fold and self.middle[0] <= of_day < self.middle[1]
            self.known[minute] = Minute(allowed, offered, free, middle)
        return self.known[minute]


def minutes_of(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def optimum(case: Case, effort: float = 20) -> Optimum:
    """`effort` is counted in the solver's own steps, some seconds of an idle machine; a busy one finds the same."""
    clocks = {person: Clock(calendar, case) for person, calendar in case.calendars.items()}
    model = cp_model.CpModel()
    candidates = [one for index, need in enumerate(case.needs) for one in candidates_of(index, need, case, clocks)]
    chosen = [model.new_bool_var(f"x{i}") for i in range(len(candidates))]
    terms: list[tuple[int, cp_model.IntVar]] = []
    base = 0
    of_need: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(candidates):
        of_need[one.need].append(i)
    for index, need in enumerate(case.needs):
        model.add_at_most_one(chosen[i] for i in of_need[index])
        base += need.weight
    for i, one in enumerate(candidates):
        terms.append((_own(one, case, clocks) - case.needs[one.need].weight, chosen[i]))
    _never_two_at_once(model, case, candidates, chosen)
    terms += _days(model, case, clocks, candidates, chosen)
    terms += _joint_close(model, case, clocks, candidates, chosen)
    terms += _right_after(model, case, clocks, candidates, chosen)
    _break_ties(model, case, candidates, chosen, of_need)
    model.minimize(base + sum(cost * var for cost, var in terms))
    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = effort
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    status = solver.solve(model)
    assert status in (cp_model.OPTIMAL, cp_model.FEASIBLE), solver.status_name(status)
    return Optimum(round(solver.best_objective_bound), round(solver.objective_value))


def candidates_of(index: int, need: Need, case: Case, clocks: dict[str, Clock]) -> list[Candidate]:
    """Every time that suits everyone, as if no other session were in the week."""
    return [
        one
        for one in times_of(index, need, case)
        if all(clocks[person].look(minute).free for minute in range(one.low, one.high) for person in need.people)
    ]


def times_of(index: int, need: Need, case: Case) -> list[Candidate]:
    """Every time of the week that a session could have, whoever is there or not."""
    first, last = case.week.start.timestamp() / 60, case.week.end.timestamp() / 60
    offered: list[tuple[int, int, str | None]] = []
    if need.kind is Kind.GROUP:
        for group in case.groups:
            low = round(group.start.timestamp() / 60)
            if group.places:
                offered.append((low, low + group.minutes, group.id))
    else:
        low = -(-int(first) // 15) * 15
        while low < last:
            offered.append((low, low + need.minutes, None))
            low += 15
    return [Candidate(index, low, high, group) for low, high, group in offered if first <= low and high <= last]


def _own(one: Candidate, case: Case, clocks: dict[str, Clock]) -> int:
    need = case.needs[one.need]
    cost = 0
    for person in need.people:
        outside = sum(not clocks[person].look(minute).middle for minute in range(one.low, one.high))
        cost += 4 * ((outside + 59) // 60)
    return cost + (5 if clocks[need.people[0]].wall(one.low).minute not in (0, 30) else 0)


def _never_two_at_once(
    model: cp_model.CpModel, case: Case, candidates: list[Candidate], chosen: list[cp_model.IntVar]
) -> None:
    """Each person's sessions as optional intervals that the gap lengthens; each offered group has its places."""
    of_group: dict[str, list[int]] = defaultdict(list)
    of_person: dict[str, list[cp_model.IntervalVar]] = defaultdict(list)
    for i, one in enumerate(candidates):
        length = one.high - one.low + case.rules.gap
        interval = model.new_optional_fixed_size_interval_var(one.low, length, chosen[i], f"i{i}")
        for person in case.needs[one.need].people:
            of_person[person].append(interval)
        if one.group:
            of_group[one.group].append(i)
    for intervals in of_person.values():
        model.add_no_overlap(intervals)
    places = {group.id: group.places for group in case.groups}
    for name, members in of_group.items():
        model.add(sum(chosen[i] for i in members) <= places[name])


def _days(
    model: cp_model.CpModel,
    case: Case,
    clocks: dict[str, Clock],
    candidates: list[Candidate],
    chosen: list[cp_model.IntVar],
) -> list[tuple[int, cp_model.IntVar]]:
    """At most so many a day for a partner; the second costs 30, the third 60, and so on.

    That is a curve that bends upwards, so it is the highest of the lines through each two neighbours of it.
    """
    on_day: dict[tuple[str, int], list[int]] = defaultdict(list)
    for i, one in enumerate(candidates):
        for person in case.needs[one.need].partners:
            on_day[person, clocks[person].day(one.low)].append(i)
    terms = []
    for (person, day), members in on_day.items():
        most, before = case.rules.most_per_day, standing(case, clocks, person, day)
        if before >= most:
            model.add(sum(chosen[i] for i in members) == 0)
            continue
        count = before + sum(chosen[i] for i in members)
        model.add(count <= most)
        extra = model.new_int_var(0, most * (most - 1) // 2, f"extra {person} {day}")
        for nth in range(1, most):
            model.add(extra + before * (before - 1) // 2 >= nth * count - nth * (nth + 1) // 2)
        terms.append((30, extra))
    return terms


def standing(case: Case, clocks: dict[str, Clock], person: str, day: int) -> int:
    """How many of the booked sessions this partner has on that day."""
    return sum(
        person in one.partners and clocks[person].day(int(one.starts_at.timestamp()) // 60) == day
        for one in case.standing
    )


def _joint_close(
    model: cp_model.CpModel,
    case: Case,
    clocks: dict[str, Clock],
    candidates: list[Candidate],
    chosen: list[cp_model.IntVar],
) -> list[tuple[int, cp_model.IntVar]]:
    by_need: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, one in enumerate(candidates):
        need = case.needs[one.need]
        if need.kind in (Kind.COUPLES, Kind.INTAKE):
            by_need[one.need][clocks[need.people[0]].day(one.low)].append(i)
    terms = []
    for first, second in combinations(sorted(by_need), 2):
        close = model.new_bool_var(f"close {first} {second}")
        terms.append((20, close))
        for day, mine in by_need[first].items():
            near = [i for there, theirs in by_need[second].items() if abs(there - day) < 2 for i in theirs]
            if near:
                model.add(close >= sum(chosen[i] for i in mine) + sum(chosen[i] for i in near) - 1)
    return terms


def _right_after(
    model: cp_model.CpModel,
    case: Case,
    clocks: dict[str, Clock],
    candidates: list[Candidate],
    chosen: list[cp_model.IntVar],
) -> list[tuple[int, cp_model.IntVar]]:
    of_need: dict[int, list[int]] = defaultdict(list)
    for i, one in enumerate(candidates):
        of_need[one.need].append(i)
    terms = []
    kinds = [need.kind for need in case.needs]
    joint = [index for index in of_need if kinds[index] in (Kind.COUPLES, Kind.INTAKE)]
    for alone in (index for index in of_need if kinds[index] is Kind.INDIVIDUAL):
        for both in joint:
            for person in set(case.needs[alone].partners) & set(case.needs[both].partners):
                after = model.new_bool_var(f"after {alone} {both} {person}")
                terms.append((15, after))
                for i in of_need[alone]:
                    one, day = candidates[i], clocks[person].day(candidates[i].low)
                    near = [
                        j
                        for j in of_need[both]
                        if 0 <= candidates[j].low - one.high < 60 and clocks[person].day(candidates[j].low) == day
                    ]
                    if near:
                        model.add(after >= chosen[i] + sum(chosen[j] for j in near) - 1)
    return terms


def _break_ties(
    model: cp_model.CpModel,
    case: Case,
    candidates: list[Candidate],
    chosen: list[cp_model.IntVar],
    of_need: dict[int, list[int]],
) -> None:
    """Of two needs that can stand in for each other the heavier goes first, which costs no week and saves much time."""
    alike: dict[object, list[int]] = defaultdict(list)
    for index, need in enumerate(case.needs):
        alike[need.kind, 0 if need.kind is Kind.GROUP else need.minutes, need.people].append(index)
    for members in alike.values():
        members.sort(key=lambda index: -case.needs[index].weight)
        for one, other in pairwise(members):
            here, there = (sum(chosen[i] for i in of_need[index]) for index in (one, other))
            model.add(here >= there)
            big = 1_000_000
            first = min((candidates[i].low for i in of_need[one]), default=0)
            earlier = sum((candidates[i].low - first) * chosen[i] for i in of_need[one])
            later = sum((candidates[i].low - first) * chosen[i] for i in of_need[other])
            model.add(earlier <= later + big * (1 - there))
