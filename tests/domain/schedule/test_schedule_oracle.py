"""find_slots against the slow answer of `brute`, on seeded random calendars around the clock changes of 2026.

DYAD_ORACLE_CASES says how many (the suite's number keeps it short); case n is always the same question. `make oracle`
asks a hundred thousand: five minutes of one core.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest

from server.domain.schedule import (
    Busy,
    Calendar,
    Rules,
    Slot,
    Stay,
    Stays,
    WeeklyHours,
    Window,
    find_slots,
    unlicensed,
)
from tests.domain.schedule import brute
from tests.domain.schedule.brute import Pair, Person, Question

CASES = int(os.environ.get("DYAD_ORACLE_CASES", "12000"))
ZONES = ("America/New_York", "Europe/Madrid", "Australia/Sydney", "America/Phoenix", "Asia/Kathmandu")
# Half an hour of change, a change at midnight, a second zone of the same change, and none at all.
ODD_ZONES = ("Australia/Lord_Howe", "America/Havana", "America/Chicago", "UTC")
# The Sundays on which the clocks of New York, Madrid and Sydney change, and a plain one.
SUNDAYS = ("2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-04-05", "2026-10-04", "2026-06-14")


def one_in(random: Random, number: int) -> bool:
    return random.randrange(number) == 0


def spans(random: Random, begin: datetime, days: int, most: int, longest: int, grain: int) -> tuple[Pair, ...]:
    """Up to `most` spans of up to `longest` minutes around the horizon, in multiples of `grain` seconds."""
    found = []
    midnight = begin.replace(hour=0, minute=0, second=0)
    for _ in range(random.randrange(most + 1)):
        start = midnight + timedelta(seconds=random.randrange(-86_400, (days + 2) * 86_400) // grain * grain)
        found.append((start, start + timedelta(seconds=random.randrange(grain, longest * 60 + 1, grain))))
    return tuple(found)


def hours(random: Random, tick: int) -> tuple[tuple[int, int, int], ...]:
    if not one_in(random, 3):
        return tuple((weekday, 0, 1440) for weekday in range(7) if not one_in(random, 6))
    found = []
    for _ in range(random.randrange(1, 9)):
        first = random.randrange(0, 1440, tick)
        last = 1440 if one_in(random, 4) else random.randrange(first + tick, 1441, tick)
        # Mostly the weekend and Monday: the clocks change on Sundays.
        weekday = random.choice((5, 6, 6, 0, random.randrange(7)))
        found.append((weekday, 0 if one_in(random, 3) else first, last))
    return tuple(found)


def person(random: Random, begin: datetime, days: int, tick: int) -> Person:
    grain = random.choice((900, 60, 1))
    elsewhere = spans(random, begin, days, 2, 4000, grain) if one_in(random, 4) else ()
    return Person(
        zone=random.choice(ODD_ZONES if one_in(random, 5) else ZONES),
        weekly=hours(random, tick),
        extra=spans(random, begin, days, 3, 3000, tick * 60),
        busy=spans(random, begin, days, 5, 300, grain),
        sessions=spans(random, begin, days, 4, 120, grain) if one_in(random, 2) else (),
        usual="abroad" if one_in(random, 40) else "home",
        elsewhere=tuple((*span, random.choice(("home", "near", "abroad"))) for span in elsewhere),
    )


def question(seed: int) -> Question:
    random = Random(seed)
    tick = random.choice((15,) * 17 + (5, 5, 1))
    days = 1 if tick == 1 else random.randrange(1, 6)
    sunday = datetime.fromisoformat(random.choice(SUNDAYS)).replace(tzinfo=UTC)
    begin = sunday + timedelta(minutes=random.randrange(-2 * 1440, 600))
    begin += timedelta(seconds=random.choice((0, 0, 1, 1799)))
    earliest = random.randrange(0, 600, tick) if one_in(random, 3) else 0
    return Question(
        people=tuple(person(random, begin, days, tick) for _ in range(random.choice((1, 2, 2, 2, 3, 3, 4, 5)))),
        minutes=random.choice((15, 45, 90, 150) if tick == 15 else (15, 50, 65)),
        after=begin,
        until=begin + timedelta(seconds=days * 86_400 if one_in(random, 2) else random.randrange(days * 86_400 + 1)),
        count=random.randrange(1, 6),
        near=None if one_in(random, 8) else sunday + timedelta(minutes=random.randrange(-9 * 1440, 9 * 1440)),
        excluded=spans(random, begin, days, 2, 180, 60),
        buffer=random.choice((0, 0, 10, 30, 45)),
        most_per_day=random.choice((None, None, 1, 2, 3)),
        earliest=earliest,
        latest=random.randrange(earliest + 480, 1441, tick) if one_in(random, 3) else 1440,
        licences=random.choice((frozenset({"home"}), frozenset({"home", "near"}))),
        tick=tick,
    )


def wall(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def calendar(asked: Question, one: Person) -> Calendar:
    stays = Stays(one.usual, tuple(Stay(*stay) for stay in one.elsewhere))
    windows = tuple(Window(weekday, wall(first), wall(last)) for weekday, first, last in one.weekly)
    return Calendar(
        WeeklyHours(one.zone, windows),
        tuple(Busy(*span) for span in one.busy) + unlicensed(stays, asked.licences, asked.after, asked.until),
        tuple(Slot(*span) for span in one.extra),
        tuple(Slot(*span) for span in one.sessions),
    )


def answer(asked: Question) -> list[Slot]:
    return find_slots(
        [calendar(asked, one) for one in asked.people],
        minutes=asked.minutes,
        after=asked.after,
        until=asked.until,
        count=asked.count,
        near=asked.near,
        excluded=[Busy(*span) for span in asked.excluded],
        rules=Rules(asked.buffer, asked.most_per_day, wall(asked.earliest), wall(asked.latest)),
    )


@pytest.mark.timeout(900 if CASES <= 12_000 else 0)  # a marker beats the command line
def test_the_search_finds_what_looking_at_every_tick_finds() -> None:
    answered = 0
    for seed in range(CASES):
        asked = question(seed)
        found, expected = [slot.start for slot in answer(asked)], brute.best(asked)
        assert found == expected, f"case {seed}: {asked}"
        answered += bool(expected)
    assert answered > CASES // 2, "most questions have an answer, or they would test little"


def test_the_questions_meet_what_they_are_about() -> None:
    """The rule of preference decides something: candidates in and out of the week, with and without surprises."""
    asked = [question(seed) for seed in range(300)]
    ranks = [{brute.rank(one, start) for start in brute.candidates(one)} for one in asked]
    assert sum(len({other_week for other_week, _ in kinds}) > 1 for kinds in ranks) > 10
    assert sum(len({surprises for _, surprises in kinds}) > 1 for kinds in ranks) > 10
