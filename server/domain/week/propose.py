"""The proposal of a week: when each wanted session is, and why; and why not, where there is no time for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from server.domain.schedule import Calendar, Slot
from server.domain.week.booked import Booked
from server.domain.week.model import MOST_GROUPS, MOST_NEEDS, Group, Need, Placement, Proposal, Rules, WeekError
from server.domain.week.pools import Board
from server.domain.week.reasons import Told
from server.domain.week.score import Walls, on_days, score
from server.domain.week.search import Search
from server.domain.week.starts import Times

LONGEST_WEEK = timedelta(days=14)


def propose(
    needs: Sequence[Need],
    calendars: Mapping[str, Calendar],
    groups: Sequence[Group],
    week: Slot,
    rules: Rules | None = None,
    standing: Sequence[Booked] = (),
) -> Proposal:
    """The week of least `score` that a bounded search finds: placed, unplaced, each with its reasons.

    Every session lies in `week`, inside everybody's hours and the rules, and outside what anybody is busy with. The
    same arguments give the same proposal, in whatever order needs, calendars and groups come. `calendars` holds
    everybody who is named in a need. A group need is placed into an offered group, each at most once per person.
    `standing` is what is booked: it counts among a partner's sessions of a day.
    """
    rules = rules or Rules()
    groups = sorted(groups, key=lambda group: (group.start.timestamp(), group.id))
    _check(needs, calendars, groups, week)
    calendars = {person: calendars[person] for person in sorted({person for need in needs for person in need.people})}
    times = Times(calendars, groups, week, rules)
    walls = Walls(calendars, times.week, rules)
    before = on_days(standing, walls, calendars)
    board = Board(needs, times, walls, rules, before)
    search = Search(board)
    search.run()
    placed = sorted(_placements(board, search.best, groups), key=lambda one: (one.slot.start, one.need.people))
    left = [need for pool, picks in zip(board.pools, search.best, strict=True) for need in pool.needs[len(picks) :]]
    left.sort(key=lambda need: -need.weight)
    told = Told(times, walls, rules, placed, before)
    return Proposal(
        tuple(replace(one, reasons=told.reasons(one)) for one in placed),
        tuple(told.unplaced(need) for need in left),
        score(placed, left, calendars, rules, standing),
    )


def _placements(board: Board, best: Sequence[Sequence[int]], groups: Sequence[Group]) -> list[Placement]:
    """The chosen starts as sessions; of needs that can stand in for each other the heaviest comes first."""
    placed = []
    for pool, picks in zip(board.pools, best, strict=True):
        for need, position in zip(pool.needs, sorted(picks), strict=False):
            start = pool.starts[position]
            if start.group is None:
                begin = datetime.fromtimestamp(start.low, UTC)
                placed.append(Placement(need, Slot(begin, begin + timedelta(minutes=need.minutes))))
            else:
                group = groups[start.group]
                begin = group.start.astimezone(UTC)
                placed.append(Placement(need, Slot(begin, begin + timedelta(minutes=group.minutes)), group.id))
    return placed


def _check(needs: Sequence[Need], calendars: Mapping[str, Calendar], groups: Sequence[Group], week: Slot) -> None:
    if len(needs) > MOST_NEEDS:
        raise WeekError(f"{len(needs)} sessions wanted; at most {MOST_NEEDS}")
    if len(groups) > MOST_GROUPS:
        raise WeekError(f"{len(groups)} groups offered; at most {MOST_GROUPS}")
    if strangers := {person for need in needs for person in need.people} - set(calendars):
        raise WeekError(f"there is no calendar of {', '.join(sorted(strangers))}")
    if twice := [id for id, count in Counter(group.id for group in groups).items() if count > 1]:
        raise WeekError(f"group {twice[0]} is offered twice")
    if week.end - week.start > LONGEST_WEEK:
        raise WeekError(f"a week of {(week.end - week.start).days} days is too long")
