"""When somebody is busy, read from a calendar file they bring. Nothing else of the file is kept, or even looked at.

Events are repeated by recurring-ical-events; what it is given are times, rules, and whether an event takes time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Event
from icalendar.prop import vInline
from recurring_ical_events import CalendarQuery, ComponentsWithName, Series

from server.adapters.icalendar.filezones import FileZones
from server.adapters.icalendar.lines import Block, Line, blocks_of
from server.adapters.icalendar.refusals import too_busy, unreadable
from server.adapters.icalendar.rules import Budget, Rule, parts_of
from server.adapters.icalendar.values import (
    Moments,
    Time,
    after_length,
    duration_of,
    moments_of,
    period_of,
    time_of,
    wall_of,
)
from server.application.imports import CalendarRefused
from server.domain.schedule.hours import Busy, check_span, zone_of

MOST_OCCURRENCES = 10_000
# Some programs let what has no end last until the year 9999, which leaves no room to calculate in.
LONGEST = timedelta(days=366 * 100)
# "This and all after it": each of them makes every occurrence of its event dearer.
MOST_TURNS = 50
# Ours, on an event that takes no time. An exception keeps it, so that the occurrence it replaces takes none either.
FREE = "X-DYAD-FREE"


def busy_of(data: bytes, *, zone: str, owner: str, after: datetime, until: datetime) -> tuple[Busy, ...]:
    """The spans (UTC, sorted, apart from each other) of [after, until) in which the file says its owner is taken.

    `zone` is the person's IANA zone: floating times and whole days are read in it. `owner` is their mail address: a
    meeting they declined takes no time. Neither does what is transparent, cancelled, shown as free, or doesn't last.
    Raises `CalendarRefused` with `calendar_unreadable`, `calendar_too_large` or `calendar_too_busy`, after a time
    that the limits here bound, whatever the file; `ValueError` for arguments that can't be.
    """
    check_span("the range", after, until)
    home = zone_of(zone)
    budget = Budget()
    try:
        blocks = blocks_of(data)
        zones = FileZones(blocks, home, budget, (after, until))
        events = [event for block in blocks if block.name == "VEVENT" and (event := _event(block, zones, owner))]
        once, repeated = _sorted_out(events)
        spans = [*_free_busy(blocks, zones), *map(_span, once)]
        spans += _taken(repeated, budget, after.astimezone(UTC), until.astimezone(UTC))
        return _merged(spans, after.astimezone(UTC), until.astimezone(UTC))
    except CalendarRefused:
        raise
    except Exception:
        # Two libraries read what a stranger wrote; what they stumble over is the file's fault, and may quote it.
        raise unreadable() from None


def _event(block: Block, zones: FileZones, owner: str) -> Event | None:
    """The event with its times only; None without DTSTART, as that is at no time (RFC 5545, 3.6.1)."""
    start_line = block.one("DTSTART")
    if start_line is None:
        return None
    event = Event()
    event["DTSTART"] = start = time_of(start_line, zones)
    end = _end(block, start.dt, start.whole_day, zones)
    event["DTEND"] = Time(min(max(end, start.dt, key=datetime.timestamp), _longest(start.dt), key=datetime.timestamp))
    if uid := block.one("UID"):
        event["UID"] = uid.value
    sequence = block.word("SEQUENCE")
    event["SEQUENCE"] = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) <= 10 else 0
    if end.timestamp() <= start.dt.timestamp() or _takes_no_time(block, owner):
        event[FREE] = True
    if exception := block.one("RECURRENCE-ID"):
        # An exception stands for one occurrence; rules of its own would only be asked again for every other one.
        event["RECURRENCE-ID"] = time_of(exception, zones)
        return event
    if rules := block.all("RRULE"):
        event["RRULE"] = [vInline(_with_instant_until(line, start.dt)) for line in rules]
    for name in ("RDATE", "EXDATE"):
        if lines := block.all(name):
            event[name] = Moments(list(moments_of(lines, zones, dates=name == "EXDATE")))
    return event


def _end(block: Block, start: datetime, whole_day: bool, zones: FileZones) -> datetime:
    if line := block.one("DTEND"):
        return time_of(line, zones).dt
    if line := block.one("DURATION"):
        return after_length(start, duration_of(line.value))
    return start + timedelta(days=1) if whole_day else start


def _longest(start: datetime) -> datetime:
    return start + min(LONGEST, datetime.max.replace(tzinfo=start.tzinfo) - start - timedelta(days=2))


def _takes_no_time(block: Block, owner: str) -> bool:
    return (
        block.word("TRANSP") == "TRANSPARENT"
        or block.word("STATUS") == "CANCELLED"
        or block.word("X-MICROSOFT-CDO-BUSYSTATUS") == "FREE"
        or any(_declined(line, owner) for line in block.all("ATTENDEE"))
    )


def _declined(line: Line, owner: str) -> bool:
    if line.parameters.get("PARTSTAT", "").upper() != "DECLINED":
        return False
    # Apple's servers write the address as a parameter, and a path where it should be.
    names = (line.value, line.parameters.get("EMAIL", ""))
    return owner.strip().casefold() in {name.casefold().removeprefix("mailto:").strip() for name in names}


def _with_instant_until(line: Line, start: datetime) -> str:
    """The rule with its UNTIL as UTC: a date is meant to its end, and a floating time where the event is."""
    parts = parts_of(line.value)
    if "UNTIL" in parts:
        wall, whole_day, utc = wall_of(parts["UNTIL"])
        if whole_day:
            wall = datetime.combine(wall.date(), time(23, 59, 59))
        instant = wall.replace(tzinfo=UTC if utc else start.tzinfo).astimezone(UTC)
        parts["UNTIL"] = f"{instant:%Y%m%dT%H%M%SZ}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _sorted_out(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """Those that take time once and stand alone, which most do; and those for the library to work out."""
    by_uid: dict[str, list[Event]] = {}
    for number, event in enumerate(events):
        by_uid.setdefault(event.get("UID", f" {number}"), []).append(event)
    once: list[Event] = []
    repeated: list[Event] = []
    for group in by_uid.values():
        if len(group) == 1 and not group[0].keys() & {"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}:
            once += [event for event in group if FREE not in event]
        else:
            repeated += group
    return once, repeated


def _span(event: Any) -> tuple[datetime, datetime]:
    return event["DTSTART"].dt, event["DTEND"].dt


def _taken(
    events: Iterable[Event], budget: Budget, after: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The spans of the range in which events that repeat take time."""
    calendar = Calendar()
    turns = 0
    for event in events:
        calendar.add_component(event)
        exception: Any = event.get("RECURRENCE-ID")
        turns += exception is not None and "RANGE" in exception.params
    if turns > MOST_TURNS:
        raise too_busy()
    query = CalendarQuery(calendar, components=[ComponentsWithName("VEVENT", series=_bounded_series(budget))])
    for occurrence in query.between(after, until):
        if FREE not in occurrence:
            yield _span(occurrence)


def _bounded_series(budget: Budget) -> type[Series]:
    """The library's series of one event, with rules and a number of occurrences that end."""
    left = MOST_OCCURRENCES

    class BoundedRules(Series.RecurrenceRules):  # type: ignore[misc]
        def create_rule_with_start(self, rule_string: str) -> Rule:
            said = parts_of(rule_string).get("UNTIL")
            until = wall_of(said)[0].replace(tzinfo=UTC) if said else None
            return Rule(rule_string, self.start, until, budget)

    class BoundedSeries(Series):  # type: ignore[misc]
        RecurrenceRules = BoundedRules

        def between(self, span_start: datetime, span_stop: datetime) -> Iterator[Any]:
            nonlocal left
            for occurrence in super().between(span_start, span_stop):
                left -= 1
                if left < 0:
                    raise too_busy()
                yield occurrence

    return BoundedSeries


def _free_busy(blocks: Iterable[Block], zones: FileZones) -> Iterator[tuple[datetime, datetime]]:
    """VFREEBUSY (RFC 5545, 3.6.4): busy in whatever way is busy. The number of periods is bounded by the reader."""
    for block in blocks:
        for line in block.all("FREEBUSY"):
            if line.parameters.get("FBTYPE", "BUSY").upper() != "FREE":
                yield from (period_of(text, None, zones) for text in line.value.split(",") if text.strip())


def _merged(spans: Iterable[tuple[datetime, datetime]], after: datetime, until: datetime) -> tuple[Busy, ...]:
    """Clipped to the range; spans that overlap or touch are one."""
    merged: list[list[datetime]] = []
    for start, end in sorted((start.astimezone(UTC), end.astimezone(UTC)) for start, end in spans):
        start, end = max(start, after), min(end, until)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    if len(merged) > MOST_OCCURRENCES:
        raise too_busy()
    return tuple(Busy(start, end) for start, end in merged)
