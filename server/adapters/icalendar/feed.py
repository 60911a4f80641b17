"""A person's appointments as one calendar to subscribe to: METHOD:PUBLISH (RFC 5545, RFC 5546 3.2.1, RFC 7986)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from icalendar import vDuration

from server.adapters.icalendar.entry import CalendarEntry, check_line
from server.adapters.icalendar.series import SeriesEntry, series_events, zone_spans
from server.adapters.icalendar.writing import add_zones, calendar_of, event_of
from server.domain.schedule.hours import check_instant

REFRESH = timedelta(hours=1)


def feed(entries: Sequence[CalendarEntry | SeriesEntry], *, name: str, stamp: datetime) -> bytes:
    """The calendar file, UTF-8 with CRLF. The same arguments give the same bytes, in whatever order the entries come.

    Each entry has the UID and the SEQUENCE of its invitation, so that a client that has both shows one appointment;
    two entries of one UID are refused with `ValueError`. How long a cancelled one stays in is the caller's choice.
    `name` is what clients show as the calendar's name: choose a neutral one.
    """
    check_line("name", name)
    check_instant("stamp", stamp)
    singles = sorted((one for one in entries if isinstance(one, CalendarEntry)), key=lambda one: one.uid)
    series = sorted((one for one in entries if isinstance(one, SeriesEntry)), key=lambda one: one.entry.uid)
    if len({one.uid for one in singles} | {one.entry.uid for one in series}) != len(entries):
        raise ValueError("two entries of a feed have the same uid")
    calendar = calendar_of("PUBLISH")
    # NAME is the standard's, X-WR-CALNAME and X-PUBLISHED-TTL what Apple, Google and Outlook go by.
    calendar.add("NAME", name)
    calendar.add("X-WR-CALNAME", name)
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("REFRESH-INTERVAL", refresh)
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    spans = [(one.zone, one.starts_at, one.starts_at) for one in singles]
    spans += [span for one in series for span in zone_spans(one)]
    # A calendar without a single component isn't one (RFC 5545, 3.6), and some clients then report a broken address.
    add_zones(calendar, spans or [("UTC", stamp, stamp)])
    for one in singles:
        calendar.add_component(event_of(one, cancelled=one.cancelled, attendee=False, stamp=stamp))
    for every in series:
        for event in series_events(every, cancelled=every.entry.cancelled, attendee=False, stamp=stamp):
            calendar.add_component(event)
    file: bytes = calendar.to_ical()
    return file
