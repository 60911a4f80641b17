"""The search's board: the starts of all needs as bits of whole numbers, so that what is left costs one `&`."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from server.domain.attendance.model import Kind
from server.domain.week.model import Need, Rules
from server.domain.week.score import RIGHT_AFTER_SECONDS, Day, Walls
from server.domain.week.starts import QUARTER, Start, Times


@dataclass(slots=True)
class Cell:
    """The starts of a pool on the same days: of each partner (`days`) and, of a joint session, of its host.

    `at`: where these days are in the board's list of all.
    """

    days: tuple[Day, ...]
    host_day: int
    at: tuple[int, ...] = ()
    mask: int = 0
    levels: tuple[tuple[int, int], ...] = ()  # (what a start costs by itself, the starts that cost it), cheapest first


@dataclass(slots=True)
class Pool:
    """Needs that can stand in for each other, the heaviest first, and every start that suits them, the earliest first.

    `follows[i]` has bit i set where the start before it is a quarter hour earlier.
    """

    needs: list[Need]
    starts: list[Start]
    partners: frozenset[str]
    joint: bool
    individual: bool
    lows: list[int]
    cells: list[Cell] = field(default_factory=list)
    cell_of: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    on_day: dict[Day, int] = field(default_factory=dict)
    follows: int = 0
    left_cost: list[int] = field(default_factory=list)  # of leaving out all needs from the n-th on

    @property
    def everything(self) -> int:
        return (1 << len(self.starts)) - 1

    def on_days(self, days: Iterable[Day]) -> int:
        return reduce(or_, (self.on_day.get(day, 0) for day in days), 0)


class Board:
    """All pools, and what a start in one of them does to the starts of another."""

    def __init__(
        self, needs: Sequence[Need], times: Times, walls: Walls, rules: Rules, standing: Mapping[Day, int]
    ) -> None:
        """`standing`: how many sessions, which nothing moves, a partner has on a day already."""
        self.rules, self.standing = rules, standing
        self.places = [group.places for group in times.groups]
        grouped: dict[tuple[Kind, int, tuple[str, ...]], list[Need]] = defaultdict(list)
        for need in needs:
            grouped[need.kind, 0 if need.kind is Kind.GROUP else need.minutes, need.people].append(need)
        self.pools = [_pool(grouped[key], times, walls) for key in sorted(grouped)]
        self.calendar = sorted({day for pool in self.pools for day in pool.on_day})
        places = {day: place for place, day in enumerate(self.calendar)}
        for cell in (cell for pool in self.pools for cell in pool.cells):
            cell.at = tuple(places[day] for day in cell.days)
        full = [day for day, count in standing.items() if count >= rules.most_per_day]
        self.open = [pool.everything & ~pool.on_days(full) for pool in self.pools]
        self.sharing: dict[int, list[tuple[int, int]]] = defaultdict(list)  # of each offered group, its starts
        for index, pool in enumerate(self.pools):
            for position, start in enumerate(pool.starts):
                if start.group is not None:
                    self.sharing[start.group].append((index, 1 << position))
        self._blocked: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._after: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._meets = [
            [not set(one.needs[0].people).isdisjoint(other.needs[0].people) for other in self.pools]
            for one in self.pools
        ]
        # The pools whose prices change when one of a pool is placed: they share a day, or are joint sessions too.
        self.touched = [
            [
                index
                for index, other in enumerate(self.pools)
                if one.partners & other.partners or (one.joint and other.joint)
            ]
            for one in self.pools
        ]
        # For each partner the days, each with the starts that every pool has on it.
        self.days: dict[str, list[tuple[int, list[tuple[int, int]]]]] = {}
        for person in sorted({person for pool in self.pools for person in pool.partners}):
            days = sorted({day for pool in self.pools for day in pool.on_day if day[0] == person})
            self.days[person] = [
                (
                    places[day],
                    [(index, pool.on_day[day]) for index, pool in enumerate(self.pools) if day in pool.on_day],
                )
                for day in days
            ]

    def blocked(self, pool: int, start: int) -> list[tuple[int, int]]:
        """For each pool that shares a person: the starts that this one leaves no room for, gap included."""
        found = self._blocked.get((pool, start))
        if found is None:
            found = self._blocked[pool, start] = [
                (other, mask)
                for other, meets in enumerate(self._meets[pool])
                if meets and (mask := self._overlap(self.pools[pool].starts[start], self.pools[other]))
            ]
        return found

    def after(self, pool: int, start: int) -> list[tuple[int, int]]:
        """For each partner shared: the starts of another pool that put a joint session right after an individual."""
        found = self._after.get((pool, start))
        if found is None:
            found = self._after[pool, start] = list(self._right_after(self.pools[pool], start))
        return found

    def _overlap(self, one: Start, pool: Pool) -> int:
        gap = self.rules.gap * 60
        if pool.needs[0].kind is Kind.GROUP:
            pairs = enumerate(pool.starts)
            return sum(1 << i for i, it in pairs if it.low < one.high + gap and it.high + gap > one.low)
        length = pool.needs[0].minutes * 60
        return _bits(pool, one.low - gap - length + 1, one.high + gap)

    def _right_after(self, pool: Pool, start: int) -> list[tuple[int, int]]:
        at, days = pool.starts[start], dict(pool.cells[pool.cell_of[start]].days)
        found = []
        for index, other in enumerate(self.pools):
            if pool.individual and other.joint:
                near = _bits(other, at.high, at.high + RIGHT_AFTER_SECONDS)
            elif pool.joint and other.individual:
                length = other.needs[0].minutes * 60
                near = _bits(other, at.low - RIGHT_AFTER_SECONDS - length + 1, at.low - length + 1)
            else:
                continue
            for person in sorted(pool.partners & other.partners):
                if mask := near & other.on_day.get((person, days[person]), 0):
                    found.append((index, mask))
        return found


def _bits(pool: Pool, low: int, high: int) -> int:
    """The starts of [low, high)."""
    first, last = bisect_left(pool.lows, low), bisect_left(pool.lows, high)
    return (1 << last) - (1 << first) if first < last else 0


def _pool(alike: list[Need], times: Times, walls: Walls) -> Pool:
    need = alike[0]
    starts = sorted(times.free_starts(need), key=lambda start: (start.low, start.group or 0))
    pool = Pool(
        sorted(alike, key=lambda one: (-one.weight, one.why, one.focus or "", one.minutes)),
        starts,
        frozenset(need.partners),
        need.joint,
        need.kind is Kind.INDIVIDUAL,
        [start.low for start in starts],
    )
    weights = [one.weight for one in pool.needs]
    pool.left_cost = [sum(weights[n:]) for n in range(len(weights) + 1)]
    _sort_into_cells(pool, walls)
    return pool


def _sort_into_cells(pool: Pool, walls: Walls) -> None:
    need = pool.needs[0]
    cells: dict[tuple[tuple[Day, ...], int], int] = {}
    levels: list[dict[int, int]] = []
    for i, start in enumerate(pool.starts):
        days = tuple((person, walls.day(person, start.low)) for person in need.partners)
        host_day = walls.day(need.people[0], start.low) if need.joint else 0
        index = cells.setdefault((days, host_day), len(cells))
        if index == len(pool.cells):
            pool.cells.append(Cell(days, host_day))
            levels.append({})
        own = walls.cost(need.people, (start.low, start.high))
        pool.own.append(own)
        pool.cell_of.append(index)
        pool.cells[index].mask |= 1 << i
        levels[index][own] = levels[index].get(own, 0) | 1 << i
        for day in days:
            pool.on_day[day] = pool.on_day.get(day, 0) | 1 << i
        if i and pool.lows[i] - pool.lows[i - 1] == QUARTER:
            pool.follows |= 1 << i
    for cell, found in zip(pool.cells, levels, strict=True):
        cell.levels = tuple(sorted(found.items()))
