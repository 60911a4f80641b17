"""The working rules of a clinic: what a search keeps to beyond anybody's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from server.domain.schedule.hours import ScheduleError, WeeklyHours, Window

MOST_BUFFER = 12 * 60


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every slot; as it stands, nothing. How soon a slot may be is the search's `after`.

    `buffer`: minutes kept free before and after each session of the host. `most_per_day`: how many sessions the host
    has at most on a day of their own zone, the slot included; a session belongs to the day on which it starts.
    `earliest` and `latest`: a slot lies between them, from start to end, on the wall clock of each person's own zone;
    a `latest` of midnight (`time(0)`) means the end of the day.
    """

    buffer: int = 0
    most_per_day: int | None = None
    earliest: time = time(0)
    latest: time = time(0)

    def __post_init__(self) -> None:
        if not 0 <= self.buffer <= MOST_BUFFER:
            raise ScheduleError(f"a buffer of {self.buffer} minutes; it lasts 0 to {MOST_BUFFER}")
        if self.most_per_day is not None and self.most_per_day < 1:
            raise ScheduleError(f"at most {self.most_per_day} sessions a day leave no day to offer")
        Window(0, self.earliest, self.latest)  # refuses what can't be a day's first and last minute

    def day_of(self, zone: str) -> WeeklyHours:
        """The hours from `earliest` to `latest` of every day in the zone."""
        return WeeklyHours(zone, tuple(Window(weekday, self.earliest, self.latest) for weekday in range(7)))


NO_RULES = Rules()
