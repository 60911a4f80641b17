"""The refusals of a calendar file, in words for the person whose calendar it is."""

from __future__ import annotations

from server.application.imports import CalendarRefused


def unreadable() -> CalendarRefused:
    return CalendarRefused(
        "calendar_unreadable", "This is not a calendar that can be read. Export it again as an .ics file and try that."
    )


def too_large() -> CalendarRefused:
    return CalendarRefused(
        "calendar_too_large", "This calendar is too large. Export one without old events, and try that."
    )


def too_busy() -> CalendarRefused:
    return CalendarRefused(
        "calendar_too_busy", "This calendar has more events, or events that repeat more often, than can be read."
    )
