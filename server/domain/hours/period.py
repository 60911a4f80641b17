"""Spans of days and weeks on the wall of the programme's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.domain.programme.faults import ProgrammeError

MOST_DAYS = 366
WEEK = timedelta(weeks=1)
YEARS = (2000, 2199)


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not all(YEARS[0] <= day.year <= YEARS[1] for day in (self.first, self.last)):
            raise ProgrammeError("period_unfit", "That day is too far away.")
        if not self.first <= self.last:
            raise ProgrammeError("period_unfit", "A period begins before it ends.")
        if self.days > MOST_DAYS:
            raise ProgrammeError("period_too_long", f"A report covers up to {MOST_DAYS} days.")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def mondays(self) -> tuple[date, ...]:
        """The Mondays of all weeks that it touches."""
        first = monday_of(self.first)
        return tuple(first + n * WEEK for n in range((self.last - first).days // 7 + 1))

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its instants in UTC, start included and end not."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant in UTC at which a day begins there."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)
