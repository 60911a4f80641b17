"""The ledger: what each week's sessions gave one partner, worked out anew from the record whenever it is read (R5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from server.domain.hours.measured import Measured, measured
from server.domain.hours.period import monday_of
from server.domain.session.state import Session


@dataclass(frozen=True, slots=True)
class Taken:
    """One partner's part in one session, with their seat in it; `starts_at` is when it was planned to begin."""

    id: str
    starts_at: datetime
    session: Session
    key: str


@dataclass(frozen=True, slots=True)
class WeekHours:
    """`solo` is the part of the individual time that was a couple's session, held without the other."""

    measured: Measured = field(default_factory=Measured)
    solo: timedelta = timedelta(0)

    def __add__(self, other: WeekHours) -> WeekHours:
        return WeekHours(self.measured + other.measured, self.solo + other.solo)


def hours_of(one: Taken, now: datetime) -> WeekHours:
    """What one session gave, so far where it is under way."""
    minutes = measured(one.session, one.key, now)
    return WeekHours(minutes, minutes.individual if len(one.session.invited) == 2 else timedelta(0))


def ledger(taken: Iterable[Taken], zone: ZoneInfo, now: datetime) -> dict[date, WeekHours]:
    """By the Monday, in `zone`, of the week in which each session was planned to begin."""
    weeks: dict[date, WeekHours] = {}
    for one in taken:
        monday = monday_of(one.starts_at.astimezone(zone).date())
        weeks[monday] = weeks.get(monday, WeekHours()) + hours_of(one, now)
    return weeks
