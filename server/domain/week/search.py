"""The search: a bounded branch and bound over all needs, then again over parts of the week until none gets better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from server.domain.schedule.spans import DAY
from server.domain.week.pools import Board, Cell, Pool
from server.domain.week.score import JOINT_CLOSE, RIGHT_AFTER, SAME_DAY

# In nodes, so that the same week is found on every machine; together they keep a couple's week below 100 ms.
FIRST_NODES = 300
PART_NODES = 12
TRY_NODES, SECOND_NODES = 500, 325
MOST_PARTS = 3

Picks = tuple[tuple[int, ...], ...]  # for each pool, its chosen starts
Picked = tuple[frozenset[int], ...]  # the same, in no order


class Prices(NamedTuple):
    """The least that each of the wanted more of a pool adds, in rising order: in all, and crowded days aside (`bare`).
    Fewer than wanted where no more can find room. `floor` is what the pool adds to the week at least, by each."""

    full: list[int]
    bare: list[int]
    floor: int
    bare_floor: int


class State:
    """A week in the making: what is placed, what that leaves, and what it costs so far."""

    __slots__ = ("cost", "counts", "groups", "hosted", "left", "penalties", "picks", "prices")

    def __init__(self, board: Board) -> None:
        self.cost = 0
        self.left = board.open[:]
        self.penalties: list[tuple[int, ...]] = [() for _ in board.pools]
        self.counts = [board.standing.get(day, 0) for day in board.calendar]
        self.hosted: tuple[int, ...] = ()
        self.groups: dict[int, int] = {}
        self.picks: list[tuple[int, ...]] = [() for _ in board.pools]
        self.prices: list[Prices | None] = [None for _ in board.pools]  # None: to be worked out anew

    def copy(self) -> State:
        twin = State.__new__(State)
        twin.cost, twin.hosted = self.cost, self.hosted
        twin.left, twin.penalties, twin.picks = self.left[:], self.penalties[:], self.picks[:]
        twin.counts, twin.groups, twin.prices = self.counts[:], self.groups.copy(), self.prices[:]
        return twin

    def place(self, board: Board, index: int, start: int) -> None:
        pool = board.pools[index]
        cell = pool.cells[pool.cell_of[start]]
        self.cost += self.price(pool, index, start)
        self.picks[index] += (start,)
        for other in board.touched[index]:
            self.prices[other] = None
        for other, mask in board.blocked(index, start):
            if self.left[other] & mask:
                self.left[other] &= ~mask
                self.prices[other] = None
        for other, mask in board.after(index, start):
            self.penalties[other] += (mask,)
        for at in cell.at:
            self.counts[at] += 1
            if self.counts[at] >= board.rules.most_per_day:
                for other, one in enumerate(board.pools):
                    self.left[other] &= ~one.on_day.get(board.calendar[at], 0)
        if pool.joint:
            self.hosted += (cell.host_day,)
        if (group := pool.starts[start].group) is not None:
            self.groups[group] = taken = self.groups.get(group, 0) + 1
            if taken >= board.places[group]:
                for other, mask in board.sharing[group]:
                    self.left[other] &= ~mask
                    self.prices[other] = None

    def price(self, pool: Pool, index: int, start: int) -> int:
        """What placing it adds to the cost."""
        cell, cost = pool.cells[pool.cell_of[start]], pool.own[start]
        for at in cell.at:
            cost += SAME_DAY * self.counts[at]
        for day in self.hosted if pool.joint else ():
            if -2 < cell.host_day - day < 2:
                cost += JOINT_CLOSE
        for mask in self.penalties[index]:
            if mask >> start & 1:
                cost += RIGHT_AFTER
        return cost


class Search:
    """Finds `best`, the picks of every pool, and its `cost`.

    Two tries, each of which first looks at the whole week and then again at parts of its best one: the first places
    what has the least room first, the second what weighs most. Where one of them gets stuck the other seldom does.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.best: Picks = tuple(() for _ in board.pools)
        self.cost = sum(pool.left_cost[0] for pool in board.pools)
        self._nodes = 0
        self._limit = 0
        self._by_weight = False
        self._seen: set[tuple[Picked, tuple[int, ...]]] = set()

    def run(self) -> None:
        nothing = self.cost, self.best
        floor = self._least(State(self.board))
        self._try(floor, TRY_NODES)
        if self.cost > floor:
            first = self.cost, self.best
            self.cost, self.best = nothing
            self._by_weight = True
            self._try(floor, SECOND_NODES)
            self.cost, self.best = min(first, (self.cost, self.best))

    def _try(self, floor: int, nodes: int) -> None:
        self._nodes = 0
        self._explore(State(self.board), FIRST_NODES)
        size = 2
        while size <= MOST_PARTS and self._nodes < nodes and self.cost > floor:
            before = self.cost
            for fixed in self._parts(size):
                self._explore(fixed, PART_NODES)
                if self._nodes >= nodes:
                    break
            size = size + 1 if self.cost == before else 2
        self._explore(self._without((), None), PART_NODES)

    def _least(self, empty: State) -> int:
        """What no week can cost less than."""
        prices = [self._prices(empty, index, len(pool.needs)) for index, pool in enumerate(self.board.pools)]
        return max(sum(one.floor for one in prices), self._spread(empty, prices))

    def _explore(self, state: State, nodes: int) -> None:
        self._limit = self._nodes + nodes
        self._seen.clear()
        wanted = tuple(len(pool.needs) - len(picks) for pool, picks in zip(self.board.pools, state.picks, strict=True))
        self._descend(state, wanted, tuple(map(frozenset, state.picks)))

    def _parts(self, size: int) -> Iterator[State]:
        """The best week, as it is by then, with each few days taken out of it, and then with each few pools."""
        first = min((pool.lows[0] for pool in self.board.pools if pool.lows), default=0)
        last = max((pool.lows[-1] for pool in self.board.pools if pool.lows), default=0)
        for days in combinations(range(first // DAY, last // DAY + 1), size):
            yield self._without(range(len(self.board.pools)), set(days))
        for pools in combinations(range(len(self.board.pools)), size):
            yield self._without(pools, None)

    def _without(self, pools: Sequence[int], days: set[int] | None) -> State:
        """The best week less the sessions of these pools on these days; None means all days."""
        state = State(self.board)
        for index, picks in enumerate(self.best):
            for start in picks:
                day = self.board.pools[index].lows[start] // DAY
                if index not in pools or (days is not None and day not in days):
                    state.place(self.board, index, start)
        return state

    def _descend(self, state: State, wanted: tuple[int, ...], picked: Picked) -> None:
        """Tries every way to place `wanted` more of each pool that could beat the best, the cheapest first; `picked`
        is what is placed, in whatever order."""
        self._nodes += 1
        total, prices = state.cost, list[Prices]()
        for pool, count in enumerate(wanted):
            prices.append(self._prices(state, pool, count))
            total += prices[-1].floor
            if total >= self.cost:
                return
        index = self._next(state, wanted)
        if index is None:
            self.cost, self.best = total, tuple(state.picks)
            return
        if self._spread(state, prices) >= self.cost:
            return
        rest, placed = total - prices[index].floor, len(state.picks[index])
        after = rest + self._floor(index, placed + 1, prices[index].full[:-1])
        fewer = (*wanted[:index], wanted[index] - 1, *wanted[index + 1 :])
        for price, start in self._options(state, index):
            if after + price >= self.cost or self._nodes >= self._limit:
                break
            more = (*picked[:index], picked[index] | {start}, *picked[index + 1 :])
            if self._is_new(more, fewer):
                following = state.copy()
                following.place(self.board, index, start)
                self._descend(following, fewer, more)
        none = (*wanted[:index], 0, *wanted[index + 1 :])
        left_out = self.board.pools[index].left_cost[placed]
        if rest + left_out < self.cost and self._is_new(picked, none):
            following = state.copy()
            following.prices[index] = Prices([], [], left_out, left_out)
            self._descend(following, none, picked)

    def _is_new(self, picked: Picked, wanted: tuple[int, ...]) -> bool:
        """Whether nothing went on from there yet, and something still may."""
        if self._nodes >= self._limit or (picked, wanted) in self._seen:
            return False
        self._seen.add((picked, wanted))
        return True

    def _next(self, state: State, wanted: Sequence[int]) -> int | None:
        """The pool to place from now: the tightest, or, where weight rules, the one with the weightiest need."""
        open_pools = []
        for index, (pool, left) in enumerate(zip(self.board.pools, state.left, strict=True)):
            if wanted[index] and left:
                weight, room = pool.needs[len(state.picks[index])].weight, left.bit_count() / wanted[index]
                open_pools.append(((-weight, room) if self._by_weight else (room, -weight), index))
        return min(open_pools)[1] if open_pools else None

    def _prices(self, state: State, index: int, count: int) -> Prices:
        """The prices of `count` more of the pool, worked out once for as long as nothing near it changes."""
        if (known := state.prices[index]) is not None:
            return known
        pool, left, penalties = self.board.pools[index], state.left[index], state.penalties[index]
        full: list[int] = []
        bare: list[int] = []
        # The innermost loop of all: nothing is called here that can be written out.
        counts, hosted = state.counts, state.hosted if pool.joint else ()
        for cell in pool.cells if count and left else ():
            here = left & cell.mask
            if not here:
                continue
            crowd = most = 0
            for at in cell.at:
                taken = counts[at]
                crowd += SAME_DAY * taken
                most = taken if taken > most else most
            own = _least(cell, here, penalties)
            for day in hosted:
                if -2 < cell.host_day - day < 2:
                    own += JOINT_CLOSE
            full.append(own + crowd)
            bare.append(own)
            again = min(count, here.bit_count(), self.board.rules.most_per_day - most) if count > 1 else 1
            for nth in range(1, again):
                full.append(own + crowd + SAME_DAY * len(cell.at) * nth)
                bare.append(own)
        full.sort()
        bare.sort()
        del full[count:], bare[count:]
        placed = len(state.picks[index])
        state.prices[index] = prices = Prices(
            full, bare, self._floor(index, placed, full), self._floor(index, placed, bare)
        )
        return prices

    def _floor(self, index: int, placed: int, prices: Sequence[int]) -> int:
        """What a pool adds to the cost at least, if so many of it are placed and no more can be than have a price."""
        pool = self.board.pools[index]
        floor = pool.left_cost[placed + len(prices)]
        if not prices or prices[-1] <= pool.needs[-1].weight:
            return floor + sum(prices)
        return floor + sum(min(need.weight, price) for need, price in zip(pool.needs[placed:], prices, strict=False))

    def _spread(self, state: State, prices: Sequence[Prices]) -> int:
        """Another floor of the week's cost: each partner's sessions to come on the days that are the emptiest."""
        floor, coming = state.cost, dict.fromkeys(self.board.days, 0)
        for pool, one in zip(self.board.pools, prices, strict=True):
            floor += one.bare_floor
            for person in pool.partners if one.bare else ():
                coming[person] += len(one.bare)
        left = [mask if one.bare else 0 for mask, one in zip(state.left, prices, strict=True)]
        for person, days in self.board.days.items():
            if coming[person] > 1:
                room: list[int] = []
                for at, masks in days:
                    for index, mask in masks:
                        if mask & left[index]:
                            room += range(state.counts[at], self.board.rules.most_per_day)
                            break
                room.sort()
                floor += SAME_DAY * sum(room[: coming[person]])
        return floor

    def _options(self, state: State, index: int) -> list[tuple[int, int]]:
        """Starts worth trying, the cheapest first: of each day the cheapest, and those that leave no time unused."""
        pool, left = self.board.pools[index], state.left[index]
        edges = left & ~((left << 1) & pool.follows) | left & ~((left & pool.follows) >> 1)
        tried = 0
        for cell in pool.cells:
            here = left & cell.mask
            levels = 0
            for _, mask in cell.levels:
                if level := here & mask:
                    tried |= level & -level | 1 << (level.bit_length() - 1)
                    for penalty in state.penalties[index]:
                        level &= ~penalty
                    if level:
                        tried |= level & -level | 1 << (level.bit_length() - 1)
                    levels += 1
                    if levels == 2:
                        break
        return sorted((state.price(pool, index, start), start) for start in _bits(tried | edges))


def _least(cell: Cell, here: int, penalties: Sequence[int]) -> int:
    """What the cheapest of these starts costs, days aside."""
    least = -1
    for cost, mask in cell.levels:
        if 0 <= least <= cost:
            break
        level = here & mask
        if not level:
            continue
        if not penalties:
            return cost
        for penalty in penalties:
            if level & ~penalty:
                level &= ~penalty
            else:
                cost += RIGHT_AFTER
        least = cost if least < 0 else min(least, cost)
    return least


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
