"""A person's appointments as the calendar that they subscribe to: in the words of the mail, with its UIDs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from server.adapters.icalendar import CalendarEntry, feed
from server.adapters.mail.words import words
from server.application.ports import Appointment, Person


class SubscribedCalendar:
    def __init__(self, organizer: str) -> None:
        """`organizer` is the clinic's mail address."""
        self._organizer = organizer

    def __call__(self, person: Person, clinic: str, appointments: Sequence[Appointment], stamp: datetime) -> bytes:
        phrases = words(person.language).phrases
        entries = [
            CalendarEntry(
                uid=one.uid,
                sequence=one.sequence,
                starts_at=one.starts_at,
                minutes=one.minutes,
                zone=person.zone,
                organizer_name=clinic,
                organizer_email=self._organizer,
                attendee_email=self._organizer,  # nobody's: a published calendar names no attendee
                summary=phrases["calendar_summary"],
                description=phrases["calendar_description"],
                location=phrases["calendar_location"],
                cancelled=one.status == "cancelled",
            )
            for one in appointments
        ]
        return feed(entries, name=phrases["calendar_name"], stamp=stamp)
