"""Calendars that come and go: invitations, weekly series and feeds that Dyad writes, and files that people bring."""

from server.adapters.icalendar.entry import ADDRESS, CONTROLS, MOST_SEQUENCE, UID, CalendarEntry, withdrawn
from server.adapters.icalendar.feed import feed
from server.adapters.icalendar.invitation import Method, invitation
from server.adapters.icalendar.reading import busy_of
from server.adapters.icalendar.series import (
    MOST_OCCURRENCES,
    SeriesEntry,
    dropped,
    moved,
    series_invitation,
    series_withdrawn,
    starts_of,
)
from server.adapters.icalendar.zones import timezone_of

__all__ = [
    "ADDRESS",
    "CONTROLS",
    "MOST_OCCURRENCES",
    "MOST_SEQUENCE",
    "UID",
    "CalendarEntry",
    "Method",
    "SeriesEntry",
    "busy_of",
    "dropped",
    "feed",
    "invitation",
    "moved",
    "series_invitation",
    "series_withdrawn",
    "starts_of",
    "timezone_of",
    "withdrawn",
]
