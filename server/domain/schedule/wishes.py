"""Days and parts of the day that somebody wishes for, where none of the proposed times suits them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import time
from enum import StrEnum

from server.domain.schedule.hours import Calendar, ScheduleError, WeeklyHours, Window


class Part(StrEnum):
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


HOURS = {
    Part.MORNING: (time(6), time(12)),
    Part.AFTERNOON: (time(12), time(17)),
    Part.EVENING: (time(17), time(22)),
}


@dataclass(frozen=True, slots=True, order=True)
class Wish:
    """A part of a weekday (Monday is 0) on the person's own wall clock."""

    weekday: int
    part: Part

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise ScheduleError(f"weekday {self.weekday} is not 0 (Monday) to 6 (Sunday)")


def wished(calendar: Calendar, wishes: Collection[Wish]) -> Calendar:
    """The calendar within the wishes, if there are any: they are what is free now, whatever the week's hours were.

    What the person is busy with stays so.
    """
    if not wishes:
        return calendar
    windows = tuple(Window(wish.weekday, *HOURS[wish.part]) for wish in sorted(set(wishes)))
    return replace(calendar, hours=WeeklyHours(calendar.hours.zone, windows), extra=())
