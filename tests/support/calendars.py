"""Calendar files as other programs write them, line by line, and entries as Dyad has them."""

from __future__ import annotations

from datetime import UTC, datetime

from server.adapters.icalendar import CalendarEntry

STAMP = datetime(2026, 10, 1, 9, tzinfo=UTC)


def calendar_file(*lines: str) -> bytes:
    """A VCALENDAR around these lines; a line may hold several."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "one") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261001T000000Z", *lines, "END:VEVENT"])


def without_method(file: bytes) -> str:
    """As a calendar program puts a file it was mailed on a server: METHOD must not be in there (RFC 4791, 4.1)."""
    return "".join(line for line in file.decode().splitlines(keepends=True) if not line.startswith("METHOD:"))


def entry(starts_at: datetime, *, zone: str = "America/New_York", uid: str = "3f9c1b7e@dyad") -> CalendarEntry:
    return CalendarEntry(
        uid=uid,
        sequence=0,
        starts_at=starts_at,
        minutes=50,
        zone=zone,
        organizer_name="Lakeside",
        organizer_email="care@lakeside.example",
        attendee_email="robin@example.org",
    )
