"""The hours of somebody's own day in which it is safe to write to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from server.domain.schedule.hours import zone_of

LOOK = 3  # days to either side; a day without a single safe minute is one that the clocks skipped


@dataclass(frozen=True, slots=True)
class SafeHours:
    """From hour `start` to hour `end` (0 to 24) on the wall of `zone`, every day.

    An instant is safe when the wall shows an hour from `start` on and before `end`; an hour that the clocks repeat is
    safe both times or neither time.
    """

    zone: str
    start: int
    end: int

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if not 0 <= self.start < self.end <= 24:
            raise ValueError("safe hours begin before they end, from 0 to 24")

    def safe(self, at: datetime) -> bool:
        return self.start <= at.astimezone(zone_of(self.zone)).hour < self.end

    def next_safe(self, at: datetime) -> datetime:
        """`at` itself where that is safe, or the first instant after it that is."""
        if self.safe(at):
            return at
        return next(start for start, _ in self._spans(at, range(-1, LOOK)) if start >= at)

    def last_safe(self, at: datetime) -> tuple[datetime, datetime]:
        """The safe span [start, end) that ended last before `at`, which is not safe."""
        return max((span for span in self._spans(at, range(-LOOK, 2)) if span[1] <= at), key=lambda span: span[1])

    def _spans(self, at: datetime, days: range) -> Iterator[tuple[datetime, datetime]]:
        today = at.astimezone(zone_of(self.zone)).date()
        for day in (today + timedelta(days=n) for n in days):
            start, end = self._wall(day, self.start), self._wall(day, self.end)
            if start < end:
                yield start, end

    def _wall(self, day: date, hour: int) -> datetime:
        """When the wall first shows this hour; of one that the clocks skip, the instant at which they skip it."""
        day, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
        return datetime.combine(day, time(hour), zone_of(self.zone)).astimezone(UTC)


ALWAYS = SafeHours("UTC", 0, 24)
