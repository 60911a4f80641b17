"""The slow answer: every tick of everyone's wall clock is looked at, every candidate is sorted.

It shares nothing with the product but the question. Spans are pairs of instants, `start` included and `end` not.
Wall times are minutes of the day, 1440 being its end; weekly hours, extra spans, the day's first and last minute and
the slot's length must be multiples of `tick`, all other times may be any whole second.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Pair = tuple[datetime, datetime]
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Person:
    zone: str
    weekly: tuple[tuple[int, int, int], ...]
    """Weekday (Monday is 0), first minute, last minute."""
    extra: tuple[Pair, ...] = ()
    busy: tuple[Pair, ...] = ()
    sessions: tuple[Pair, ...] = ()
    usual: str = "home"
    elsewhere: tuple[tuple[datetime, datetime, str], ...] = ()


@dataclass(frozen=True)
class Question:
    people: tuple[Person, ...]
    minutes: int
    after: datetime
    until: datetime
    count: int = 3
    near: datetime | None = None
    excluded: tuple[Pair, ...] = ()
    buffer: int = 0
    most_per_day: int | None = None
    earliest: int = 0
    latest: int = 1440
    licences: frozenset[str] = frozenset({"home"})
    tick: int = 5


def best(asked: Question) -> list[datetime]:
    """The starts to be offered, in order."""
    ranks = {start: rank(asked, start) for start in candidates(asked)}
    left = list(ranks)
    apart = timedelta(minutes=max(120, asked.minutes))
    picked: list[datetime] = []
    while left and len(picked) < asked.count:
        days = {day(asked, start) for start in picked}
        picked.append(min(left, key=lambda start: (ranks[start], day(asked, start) in days, start)))
        left = [start for start in left if abs(start - picked[-1]) >= apart]
    return sorted(picked, key=lambda start: (ranks[start], start))


def rank(asked: Question, start: datetime) -> tuple[bool, int]:
    """Whether it's another week than the missed one, and how many people's clocks surprise them."""
    if asked.near is None:
        return False, 0
    weeks = [day(asked, instant).isocalendar()[:2] for instant in (start, asked.near)]
    return weeks[0] != weeks[1], surprises(asked, start)


def surprises(asked: Question, start: datetime) -> int:
    if asked.near is None:
        return 0
    host = asked.people[0].zone
    known = [ahead(person.zone, asked.near) - ahead(host, asked.near) for person in asked.people]
    given = [ahead(person.zone, start) - ahead(host, start) for person in asked.people]
    return sum(one != other for one, other in zip(known, given, strict=True))


def candidates(asked: Question) -> list[datetime]:
    """Every quarter hour at which a slot suits everyone and every rule."""
    midnight = asked.after.replace(hour=0, minute=0, second=0, microsecond=0)
    days = (asked.until - midnight) // timedelta(days=1) + 1
    open_to = [opens(asked, person, midnight, days) for person in asked.people]
    fine = [all(ticks) for ticks in zip(*open_to, strict=True)]
    length, found, start = timedelta(minutes=asked.minutes), [], midnight
    while start + length <= asked.until:
        first = (start - midnight) // timedelta(minutes=asked.tick)
        is_open = start >= asked.after and all(fine[first : first + asked.minutes // asked.tick])
        if is_open and not taken(asked, start, start + length) and not full(asked, start):
            found.append(start)
        start += QUARTER
    return found


def opens(asked: Question, person: Person, midnight: datetime, days: int) -> list[bool]:
    """For each tick of these days of UTC: whether the person can be met, apart from what they are busy with."""
    weekly = {(weekday, minute) for weekday, first, last in person.weekly for minute in range(first, last, asked.tick)}
    found = []
    for later in range(days):
        day_begin = midnight + timedelta(days=later)
        for passed, (weekday, minute, repeated) in enumerate(walls(person.zone, day_begin, asked.tick)):
            if repeated or not asked.earliest <= minute < asked.latest:
                found.append(False)
            elif (weekday, minute) in weekly:
                found.append(True)
            else:
                instant = day_begin + timedelta(minutes=passed * asked.tick)
                found.append(any(start <= instant < end for start, end in person.extra))
    return found


def taken(asked: Question, start: datetime, end: datetime) -> bool:
    """Whether somebody has something else then, or is where the host may not see them."""
    margin = timedelta(minutes=asked.buffer)
    pairs = list(asked.excluded)
    for person in asked.people:
        pairs += [*person.busy, *person.sessions]
    pairs += [(begin - margin, stop + margin) for begin, stop in asked.people[0].sessions]
    if any(begin < end and start < stop for begin, stop in pairs):
        return True
    return any(barred(person, asked.licences, start, end) for person in asked.people)


def barred(person: Person, licences: frozenset[str], start: datetime, end: datetime) -> bool:
    """Whether the person is without licence at any time of the span: asked at its start and at each move."""
    moves = [instant for stay in person.elsewhere for instant in stay[:2] if start <= instant < end]
    for instant in (start, *moves):
        places = {place for begin, stop, place in person.elsewhere if begin <= instant < stop} or {person.usual}
        if not places <= licences:
            return True
    return False


def full(asked: Question, start: datetime) -> bool:
    if asked.most_per_day is None:
        return False
    return [day(asked, begin) for begin, _ in asked.people[0].sessions].count(day(asked, start)) >= asked.most_per_day


def day(asked: Question, instant: datetime) -> date:
    return local(asked.people[0].zone, instant).date()


@lru_cache(maxsize=100_000)
def ahead(zone: str, instant: datetime) -> timedelta:
    return local(zone, instant).replace(tzinfo=None) - instant.replace(tzinfo=None)


@lru_cache(maxsize=100_000)
def local(zone: str, instant: datetime) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


@lru_cache(maxsize=100_000)
def walls(zone: str, midnight: datetime, tick: int) -> list[tuple[int, int, bool]]:
    """What the zone's wall shows at each tick of a day of UTC: weekday, minute, and whether for the second time."""
    shown = [(midnight + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)) for minute in range(0, 1440, tick)]
    return [(wall.weekday(), wall.hour * 60 + wall.minute, bool(wall.fold)) for wall in shown]
