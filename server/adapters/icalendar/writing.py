"""What every file that Dyad writes is made of: the calendar around it, its zones once each, and single events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from server.adapters.icalendar.entry import CalendarEntry
from server.adapters.icalendar.zones import timezone_of
from server.domain.schedule.hours import check_instant

# A zone, and the first and the last instant that a file speaks of in it.
ZoneSpan = tuple[str, datetime, datetime]


def calendar_of(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Dyad//Calendar//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    return calendar


def add_zones(calendar: Calendar, spans: Iterable[ZoneSpan]) -> None:
    """One VTIMEZONE for each zone, long enough for all its spans; in order of their names."""
    longest: dict[str, tuple[datetime, datetime]] = {}
    for zone, first, last in spans:
        # Within one zone Python compares wall clocks: compare in UTC.
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        low, high = longest.get(zone, (first, last))
        longest[zone] = min(low, first), max(high, last)
    for zone, (first, last) in sorted(longest.items()):
        calendar.add_component(timezone_of(zone, first, last))


def event_of(entry: CalendarEntry, *, cancelled: bool, attendee: bool, stamp: datetime) -> Event:
    """The VEVENT of an entry; ATTENDEE is the recipient, and must not be in a PUBLISH (RFC 5546, 3.2.1)."""
    check_instant("stamp", stamp)
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", stamp.astimezone(UTC).replace(microsecond=0))
    start, end = start_and_end(entry)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", entry.summary)
    event.add("DESCRIPTION", entry.description)
    event.add("LOCATION", entry.location)
    event.add("STATUS", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("CLASS", "PRIVATE")
    organizer = vCalAddress(f"mailto:{entry.organizer_email}")
    organizer.params["CN"] = vText(entry.organizer_name)
    event.add("ORGANIZER", organizer)
    if attendee:
        event.add("ATTENDEE", _attendee(entry))
    return event


def start_and_end(entry: CalendarEntry) -> tuple[datetime, datetime]:
    """In the entry's wall time; in UTC where a clock change repeats one of the two.

    A repeated wall time always means its first occurrence (RFC 5545, 3.3.5): the second can't be said with a TZID.
    """
    place = ZoneInfo(entry.zone)
    start = entry.starts_at.astimezone(UTC).replace(microsecond=0)
    end = start + timedelta(minutes=entry.minutes)
    if start.astimezone(place).fold or end.astimezone(place).fold:
        return start, end
    return start.astimezone(place), end.astimezone(place)


def _attendee(entry: CalendarEntry) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{entry.attendee_email}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    # Answers go through the private link, where the other person can't read them.
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
