"""Calendar files for one recipient: iTIP REQUEST and CANCEL (RFC 5545, RFC 5546).

A file names its recipient and the organizer, nobody else: who more is expected, who was missing and why are no
business of a calendar that may hang on a kitchen wall. It holds no link and no secret; those are in the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import (
    Calendar,
    Component,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
)

from server.domain.schedule.hours import check_instant, zone_of

Method = Literal["REQUEST", "CANCEL"]

MOST_CHARACTERS = 500
MOST_MINUTES = 24 * 60
# RFC 5545 gives SEQUENCE 31 bits (3.3.8).
MOST_SEQUENCE = 2**31 - 1
# Clock changes are described a year to either side, so that a client that moves the entry still shows it right.
AROUND = timedelta(days=366)

# Control characters, line separators and halves of a character: nothing of the kind may reach a header or a property.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# The everyday part of RFC 5321: no quoted local parts, no address literals, ASCII only.
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
UID = re.compile(r"[A-Za-z0-9._@-]{1,255}")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An appointment as one recipient's calendar shows it. Refuses with `ValueError` what can't be written.

    `uid` stays for the life of the appointment and is opaque; `sequence` rises with each change (RFC 5546, 2.1.4).
    `starts_at` is an instant; `zone` is the recipient's IANA zone. The defaults are neutral: they name no programme.
    """

    uid: str
    sequence: int
    starts_at: datetime
    minutes: int
    zone: str
    organizer_name: str
    organizer_email: str = field(repr=False)
    attendee_email: str = field(repr=False)
    summary: str = "Appointment"
    description: str = "The link to join is in the email that came with this entry."
    location: str = "Online"

    def __post_init__(self) -> None:
        check_instant("starts_at", self.starts_at)
        zone_of(self.zone)
        if not UID.fullmatch(self.uid):
            raise ValueError("uid is not 1 to 255 letters, digits and . _ @ -")
        if not 0 <= self.sequence <= MOST_SEQUENCE:
            raise ValueError(f"sequence {self.sequence} is not 0 to {MOST_SEQUENCE}")
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise ValueError(f"{self.minutes} minutes; an appointment lasts 1 to {MOST_MINUTES}")
        for name in ("organizer_name", "summary", "description", "location"):
            text: str = getattr(self, name)
            if CONTROLS.search(text) or len(text) > MOST_CHARACTERS:
                raise ValueError(f"{name} is not one line of at most {MOST_CHARACTERS} characters")
        for name in ("organizer_email", "attendee_email"):
            if not ADDRESS.fullmatch(getattr(self, name)):
                # the address itself stays out of errors: they are logged
                raise ValueError(f"{name} is not a mail address")


def withdrawn(entry: CalendarEntry) -> CalendarEntry:
    """The entry as its CANCEL must carry it: the same UID, the next SEQUENCE; else calendars ignore the CANCEL."""
    return replace(entry, sequence=entry.sequence + 1)


def invitation(entry: CalendarEntry, method: Method, *, stamp: datetime) -> bytes:
    """The .ics file, UTF-8 with CRLF. The same arguments give the same bytes: `stamp` is DTSTAMP, an instant.

    REQUEST carries STATUS:CONFIRMED, CANCEL carries STATUS:CANCELLED; give a CANCEL the entry from `withdrawn`.
    """
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"method {method!r} is neither REQUEST nor CANCEL")
    check_instant("stamp", stamp)
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//Dyad//Calendar//EN")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    calendar.add_component(timezone_of(entry.zone, entry.starts_at))
    calendar.add_component(_event(entry, method, stamp))
    file: bytes = calendar.to_ical()
    return file


def timezone_of(zone: str, around: datetime) -> Timezone:
    """The zone's VTIMEZONE for a year to either side of an instant (RFC 5545, 3.6.5).

    Ours and not the library's, which (7.3) writes the onset of summer time as the wall shows it after the change;
    the standard wants the wall before it, and a strict reader is then an hour off for the first hour.
    """
    place = zone_of(zone)
    first = around.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - AROUND
    component = Timezone()
    component.add("TZID", zone)
    before = first.astimezone(place)
    component.add_component(_observance(before, before.utcoffset() or timedelta()))
    for change in _changes(place, first, first + 2 * AROUND):
        offset_before = (change - timedelta(seconds=1)).astimezone(place).utcoffset() or timedelta()
        component.add_component(_observance(change.astimezone(place), offset_before))
    return component


def _event(entry: CalendarEntry, method: Method, stamp: datetime) -> Event:
    event = Event()
    event.add("UID", entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", stamp.astimezone(UTC).replace(microsecond=0))
    start, end = _start_and_end(entry)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event.add("SUMMARY", entry.summary)
    event.add("DESCRIPTION", entry.description)
    event.add("LOCATION", entry.location)
    event.add("STATUS", "CONFIRMED" if method == "REQUEST" else "CANCELLED")
    event.add("CLASS", "PRIVATE")
    organizer = vCalAddress(f"mailto:{entry.organizer_email}")
    organizer.params["CN"] = vText(entry.organizer_name)
    event.add("ORGANIZER", organizer)
    attendee = vCalAddress(f"mailto:{entry.attendee_email}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    # Answers go through the private link, where the other person can't read them.
    attendee.params["RSVP"] = vText("FALSE")
    event.add("ATTENDEE", attendee)
    return event


def _start_and_end(entry: CalendarEntry) -> tuple[datetime, datetime]:
    """In the recipient's wall time; in UTC where a clock change repeats one of the two.

    A repeated wall time always means its first occurrence (RFC 5545, 3.3.5): the second can't be said with a TZID.
    """
    place = ZoneInfo(entry.zone)
    start = entry.starts_at.astimezone(UTC).replace(microsecond=0)
    end = start + timedelta(minutes=entry.minutes)
    if start.astimezone(place).fold or end.astimezone(place).fold:
        return start, end
    return start.astimezone(place), end.astimezone(place)


def _observance(onset: datetime, offset_before: timedelta) -> Component:
    """STANDARD or DAYLIGHT from `onset` (aware, in the zone); DTSTART is the wall *before* the change."""
    component: Component = TimezoneDaylight() if onset.dst() else TimezoneStandard()
    component.add("DTSTART", (onset.astimezone(UTC) + offset_before).replace(tzinfo=None))
    component.add("TZOFFSETFROM", offset_before)
    component.add("TZOFFSETTO", onset.utcoffset() or timedelta())
    component.add("TZNAME", onset.tzname() or "LOCAL")
    return component


def _changes(place: ZoneInfo, low: datetime, high: datetime) -> Iterator[datetime]:
    """The instants (UTC, whole minutes) at which the zone's clocks change; no two within a day."""

    def state(instant: datetime) -> tuple[timedelta | None, str | None]:
        local = instant.astimezone(place)
        return local.utcoffset(), local.tzname()

    day = timedelta(days=1)
    while low < high:
        begin, end = low, low + day
        if state(begin) != state(end):
            while end - begin > timedelta(minutes=1):
                middle = begin + (end - begin) // 2
                middle = middle.replace(second=0, microsecond=0)
                begin, end = (middle, end) if state(middle) == state(begin) else (begin, middle)
            yield end
        low += day
