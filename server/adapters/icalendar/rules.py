"""Recurrence rules whose reading ends: every period looked at costs steps, and a file has so many of them.

A rule may match nothing for eight thousand years, or start in the year 1 and repeat by the hour; dateutil walks
through all of it. Steps are counted and no clock is read, so the same file is always read or always refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from types import FunctionType
from typing import Any

import dateutil.rrule
from dateutil.rrule import rrulestr

from server.adapters.icalendar.refusals import too_busy

# About a microsecond each.
STEPS = 500_000
MOST_INTERVAL = 1_000
# Times within a day that a rule names; 9 to 5 each quarter of an hour are 36.
MOST_DAILY = 300
# Of a rule: reading it.
RULE = 60
# Of a period: building it, and trying each of its days.
COSTS = {"YEARLY": 60, "MONTHLY": 12, "WEEKLY": 8, "DAILY": 6, "HOURLY": 6}


class Budget:
    """What reading one file may cost. `spend` raises `CalendarRefused` when it is used up."""

    def __init__(self, steps: int = STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise too_busy()


class Rule:
    """An RRULE (RFC 5545, 3.3.10) from `start`; `until` is the last moment it may reach, comparable with `start`.

    Raises `ValueError` for what is no rule, and `CalendarRefused` for one that repeats by the minute or second.
    """

    def __init__(self, text: str, start: datetime, until: datetime | None, budget: Budget) -> None:
        self.start, self.until, self._budget = start, until, budget
        parts = parts_of(text)
        parts.pop("UNTIL", None)
        self._freq, self._counted = parts.get("FREQ", ""), "COUNT" in parts
        if self._freq in ("SECONDLY", "MINUTELY"):
            raise too_busy()
        if self._freq not in COSTS:
            raise ValueError("not a recurrence rule")
        self._interval = int(parts.get("INTERVAL", "1"))
        if not 1 <= self._interval <= MOST_INTERVAL:
            raise ValueError("an interval that no calendar has")
        self._text = ";".join(f"{name}={value}" for name, value in parts.items())
        self._values = self._text.count(",")
        times = 1
        for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
            times *= parts.get(name, "").count(",") + 1
        if times > MOST_DAILY:
            raise too_busy()

    def between(self, after: datetime, before: datetime, inc: bool = True) -> Iterator[datetime]:
        """The moments from `after` to `before`, both included."""
        last = before if self.until is None else min(before, self.until)
        for moment in _walk(self._walkable(self._near(after))):
            self._budget.spend(1)
            if moment > last:
                return
            if moment >= after:
                yield moment

    def _walkable(self, start: datetime) -> Any:
        self._budget.spend(RULE)
        rule: Any = rrulestr(self._text, dtstart=start)
        # Long lists are tried for every day of a period, and long intervals are counted off month by month.
        rule.cost = COSTS[self._freq] * (1 + self._values // 8) + self._interval // 4
        rule.budget = self._budget
        return rule

    def _near(self, after: datetime) -> datetime:
        """A later start from which the rule gives the same moments as of `after`: whole intervals are skipped.

        Each period is worked out by itself, so only a COUNT looks back; and days 29 to 31 are not in every month.
        """
        start = self.start
        days = (after - start).days - 2
        unit = {"DAILY": 1, "WEEKLY": 7, "MONTHLY": 31, "YEARLY": 366}.get(self._freq)
        if self._counted or unit is None:
            return start
        skipped = (days // (unit * self._interval) - 1) * self._interval
        if skipped <= 0 or (unit > 7 and start.day > 28):
            return start
        if unit <= 7:
            return start + timedelta(days=skipped * unit)
        months = start.month - 1 + skipped * (12 if self._freq == "YEARLY" else 1)
        return start.replace(year=start.year + months // 12, month=months % 12 + 1)


def parts_of(text: str) -> dict[str, str]:
    """The parts of a rule by their names, all in capitals."""
    parts: dict[str, str] = {}
    for part in filter(None, text.upper().replace(" ", "").split(";")):
        name, equals, value = part.partition("=")
        if not equals or name in parts:
            raise ValueError("not a recurrence rule")
        parts[name] = value
    return parts


class _Counted(dateutil.rrule._iterinfo):
    """dateutil asks this for the days of each period it looks at, by one of these names."""

    rrule: Any

    def ydayset(self, *day: Any) -> Any:
        self.rrule.budget.spend(self.rrule.cost)
        return super().ydayset(*day)

    def mdayset(self, *day: Any) -> Any:
        self.rrule.budget.spend(self.rrule.cost)
        return super().mdayset(*day)

    def wdayset(self, *day: Any) -> Any:
        self.rrule.budget.spend(self.rrule.cost)
        return super().wdayset(*day)

    def ddayset(self, *day: Any) -> Any:
        self.rrule.budget.spend(self.rrule.cost)
        return super().ddayset(*day)


# dateutil's own walk, with the days counted: it offers no place to stop a rule that finds nothing. A test compares
# the two, so a dateutil that walks differently is noticed.
_walk = FunctionType(
    dateutil.rrule.rrule._iter.__code__,  # type: ignore[attr-defined]
    {**vars(dateutil.rrule), "_iterinfo": _Counted},
)
