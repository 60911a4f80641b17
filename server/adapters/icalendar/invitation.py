"""Calendar files for one recipient: iTIP REQUEST and CANCEL (RFC 5545, RFC 5546).

A file names its recipient and the organizer, nobody else: who more is expected, who was missing and why are no
business of a calendar that may hang on a kitchen wall. It holds no link and no secret; those are in the mail.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.adapters.icalendar.entry import CalendarEntry
from server.adapters.icalendar.writing import add_zones, calendar_of, event_of

Method = Literal["REQUEST", "CANCEL"]


def check_method(method: str, *, cancelled: bool) -> None:
    """Refuses with `ValueError` what is no method, and to invite to what is cancelled."""
    if method not in ("REQUEST", "CANCEL"):
        raise ValueError(f"method {method!r} is neither REQUEST nor CANCEL")
    if cancelled and method == "REQUEST":
        raise ValueError("a cancelled entry is told of with CANCEL, not with REQUEST")


def invitation(entry: CalendarEntry, method: Method, *, stamp: datetime) -> bytes:
    """The .ics file, UTF-8 with CRLF. The same arguments give the same bytes: `stamp` is DTSTAMP, an instant.

    REQUEST carries STATUS:CONFIRMED, CANCEL carries STATUS:CANCELLED; give a CANCEL the entry from `withdrawn`.
    """
    check_method(method, cancelled=entry.cancelled)
    calendar = calendar_of(method)
    add_zones(calendar, [(entry.zone, entry.starts_at, entry.starts_at)])
    calendar.add_component(event_of(entry, cancelled=method == "CANCEL", attendee=True, stamp=stamp))
    file: bytes = calendar.to_ical()
    return file
