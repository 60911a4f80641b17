"""Random couples' weeks, and the short ways in which the stories write theirs down."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.attendance import Kind
from server.domain.schedule import Busy, Calendar, Slot, WeeklyHours, Window
from server.domain.week import (
    Booked,
    Group,
    Missed,
    Need,
    PartnerNeed,
    PartnerState,
    Progress,
    Rules,
    Targets,
    Why,
    needs_of,
)

# How many random couples the suite looks at; the five hundred take some three minutes (DYAD_WEEK_CASES=500).
CASES = int(os.environ.get("DYAD_WEEK_CASES", "40"))
CHICAGO = "America/Chicago"
MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)  # midnight in Chicago
WEEK = Slot(MONDAY, MONDAY + timedelta(days=7))
ZONES = ("America/Chicago", "America/New_York", "America/Los_Angeles", "Europe/Berlin", "Asia/Kathmandu")


@dataclass(frozen=True, slots=True)
class Case:
    needs: tuple[Need, ...]
    calendars: dict[str, Calendar]
    groups: tuple[Group, ...]
    week: Slot
    rules: Rules
    standing: tuple[Booked, ...] = ()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time of the week in Chicago; Monday is 0."""
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def office(days: Sequence[int] = range(5), start: int = 9, end: int = 17, zone: str = CHICAGO) -> WeeklyHours:
    return WeeklyHours(zone, tuple(Window(day, time(start), time(end % 24)) for day in days))


def calendar(days: Sequence[int] = range(5), start: int = 9, end: int = 17, *busy: Busy) -> Calendar:
    return Calendar(office(days, start, end), busy)


def joint(why: Why = Why.TARGET, weight: int = 1000, minutes: int = 50) -> Need:
    return Need(Kind.COUPLES, minutes, ("host", "ann", "bob"), why, weight)


def individual(person: str, host: str = "host", minutes: int = 50) -> Need:
    return Need(Kind.INDIVIDUAL, minutes, (host, person), Why.TARGET, 600)


def group(person: str, minutes: int = 90) -> Need:
    return Need(Kind.GROUP, minutes, (person,), Why.TARGET, 300)


def random_case(dice: random.Random) -> Case:
    """Anything from an open week to one in which much finds no time; one couple in five lives in several zones."""
    week = _week(dice)
    zones = dict.fromkeys(("host", "ann", "bob", "therapist"), dice.choice(ZONES))
    if dice.random() < 0.15:
        zones = {person: dice.choice(ZONES) for person in zones}
    density = dice.choice((0.5, 0.8, 1.0, 1.0, 1.0))
    lengths = dice.choice(((90, 150, 240), (240, 480), (480, 600), (600, 840)))
    calendars = {person: _calendar(dice, zones[person], week, density, lengths) for person in zones}
    targets = Targets(
        dice.choice((1, 1, 2, 2, 3)), dice.choice((0, 1, 1, 2)), dice.choice((0, 2, 3, 4, 5)), dice.choice(HOURS)
    )
    partners = (_partner(dice, "ann"), _partner(dice, "bob"))
    missed = tuple(_missed(dice) for _ in range(dice.choice((0, 0, 1, 2))))
    return Case(
        needs_of(targets, partners, missed, host="host"),
        calendars,
        _groups(dice, week, zones["ann"]),
        week,
        _rules(dice),
        _standing(dice, week),
    )


HOURS = ((0, 6), (3, 9), (6, 9), (9, 12))


def _week(dice: random.Random) -> Slot:
    """A week from a Monday, now and then one in which the clocks change, or one that begins in the middle."""
    monday = dice.choice((MONDAY, datetime(2026, 10, 26, 5, tzinfo=UTC), datetime(2026, 3, 23, tzinfo=UTC)))
    late = timedelta(minutes=dice.randrange(3 * 1440)) if dice.random() < 0.1 else timedelta()
    return Slot(monday + late, monday + timedelta(days=7))


def _calendar(dice: random.Random, zone: str, week: Slot, density: float, lengths: Sequence[int]) -> Calendar:
    usual = dice.choice((7, 8, 8, 9, 9, 10)) * 60
    windows = []
    for day in range(7):
        if dice.random() < (density if day < 5 else density / 3):
            start = usual + dice.choice((0, 0, 0, 0, 15, 30, 50, 240))
            end = min(start + dice.choice(lengths), 24 * 60)
            windows.append(Window(day, time(start // 60, start % 60), time(end // 60 % 24, end % 60)))
    busy = []
    for _ in range(dice.choice((0, 2, 5, 9))):
        begin = week.start + timedelta(minutes=dice.randrange(7 * 1440))
        busy.append(Busy(begin, begin + timedelta(minutes=dice.choice((20, 60, 120, 300)))))
    return Calendar(WeeklyHours(zone, tuple(windows)), tuple(busy))


def _partner(dice: random.Random, person: str) -> PartnerState:
    return PartnerState(
        person,
        dice.choice((Progress.STEADY, Progress.STEADY, Progress.STRUGGLING, Progress.AHEAD)),
        frozenset(need for need in PartnerNeed if dice.random() < 0.15),
        recent_solo=dice.choice((0, 100, 300)),
        recent_joint=dice.choice((50, 100, 150)),
        therapist=dice.choice((None, "therapist")),
    )


def _missed(dice: random.Random) -> Missed:
    kind = dice.choice((Kind.COUPLES, Kind.COUPLES, Kind.INTAKE, Kind.INDIVIDUAL, Kind.GROUP))
    return Missed(kind, ("ann", "bob") if kind in (Kind.COUPLES, Kind.INTAKE) else (dice.choice(("ann", "bob")),))


def _groups(dice: random.Random, week: Slot, zone: str) -> tuple[Group, ...]:
    found = []
    for index in range(dice.choice((3, 6, 10, 14))):
        day = week.start.astimezone(ZoneInfo(zone)).date() + timedelta(days=dice.choice((0, 1, 2, 3, 4, 5)))
        wall = time(dice.choice((9, 10, 11, 13, 15, 17)), dice.choice((0, 0, 30, 15)))
        begin = datetime.combine(day, wall, ZoneInfo(zone))
        found.append(Group(f"group-{index}", begin, dice.choice((60, 90, 90)), dice.choice((0, 1, 2, 8, 8))))
    return tuple(found)


def _standing(dice: random.Random, week: Slot) -> tuple[Booked, ...]:
    """Of one couple in four some sessions are booked, most of them on one day."""
    if dice.random() < 0.75:
        return ()
    first = week.start + timedelta(minutes=dice.randrange(5 * 1440))
    return tuple(
        Booked(
            dice.choice((Kind.COUPLES, Kind.INDIVIDUAL, Kind.GROUP)),
            frozenset(dice.choice((("ann",), ("bob",), ("ann", "bob")))),
            first + timedelta(hours=dice.choice((0, 2, 4, 30))),
            50,
        )
        for _ in range(dice.choice((1, 2, 3)))
    )


def _rules(dice: random.Random) -> Rules:
    return Rules(
        earliest=dice.choice((time(7), time(8), time(0))),
        latest=dice.choice((time(21), time(19), time(0))),
        gap=dice.choice((0, 10, 10, 15)),
        most_per_day=dice.choice((1, 2, 3, 3, 3, 4)),
    )
