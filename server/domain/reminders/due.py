"""When each reminder of an appointment is sent to one person, and when it is better left out.

The rule, whatever the zone and the clocks do:

1. A reminder is due so long before the start as its name says: a day, an hour, ten minutes.
2. Where that instant is not in the person's safe hours it moves earlier, to a quarter of an hour before the last
   safe span ends, so that it is read in safe hours too.
3. It never moves so early that the reminder before it would do (a day's at most to two days before): then it is
   left out, for it would tell nothing new.
4. What could not go out in time waits for the next safe moment, and is left out once it is overtaken: a day's
   reminder in the last twelve hours, an hour's in the last thirty minutes, the last one in the last four.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.domain.reminders.safe import SafeHours

MARGIN = timedelta(minutes=15)


class Ahead(StrEnum):
    DAY = "day"
    HOUR = "hour"
    SOON = "soon"

    @property
    def lead(self) -> timedelta:
        """So long before the start it is due."""
        return _LEAD[self]

    @property
    def earliest(self) -> timedelta:
        """It is sent less than so long before the start."""
        return _EARLIEST[self]

    @property
    def latest(self) -> timedelta:
        """Closer to the start than this it is overtaken."""
        return _LATEST[self]


_LEAD = {Ahead.DAY: timedelta(hours=24), Ahead.HOUR: timedelta(hours=1), Ahead.SOON: timedelta(minutes=10)}
_EARLIEST = {Ahead.DAY: timedelta(hours=48), Ahead.HOUR: timedelta(hours=24), Ahead.SOON: timedelta(hours=1)}
_LATEST = {Ahead.DAY: timedelta(hours=12), Ahead.HOUR: timedelta(minutes=30), Ahead.SOON: timedelta(minutes=4)}


@dataclass(frozen=True, slots=True)
class Send:
    """It is due now."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Not yet: look again then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Drop:
    """It would tell nothing new any more."""


Due = Send | Wait | Drop


def moment(ahead: Ahead, starts_at: datetime, hours: SafeHours) -> datetime | None:
    """When this reminder is to be sent, or None where it is left out."""
    at = starts_at - ahead.lead
    if hours.safe(at):
        return at
    start, end = hours.last_safe(at)
    moved = max(start, end - MARGIN)
    return moved if moved > starts_at - ahead.earliest else None


def due(ahead: Ahead, starts_at: datetime, hours: SafeHours, now: datetime) -> Due:
    """What to do with it at `now`. Total; whoever asks early, late or twice gets the same promise."""
    latest, at = starts_at - ahead.latest, moment(ahead, starts_at, hours)
    if at is None or now > latest:
        return Drop()
    if now < at:
        return Wait(at)
    if hours.safe(now):
        return Send()
    again = hours.next_safe(now)
    return Wait(again) if again <= latest else Drop()
