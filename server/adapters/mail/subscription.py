"""A person's appointments as the calendar that they subscribe to: in the words of the mail, with its UIDs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from server.adapters.icalendar import CalendarEntry, SeriesEntry, feed
from server.adapters.mail.words import words
from server.application.ports import Appointment, Person, Series


class SubscribedCalendar:
    def __init__(self, organizer: str) -> None:
        """`organizer` is the clinic's mail address."""
        self._organizer = organizer

    def __call__(
        self,
        person: Person,
        clinic: str,
        appointments: Sequence[Appointment],
        stamp: datetime,
        series: Sequence[Series] = (),
    ) -> bytes:
        phrases = words(person.language).phrases
        entry = partial(
            CalendarEntry,
            organizer_name=clinic,
            organizer_email=self._organizer,
            attendee_email=self._organizer,  # nobody's: a published calendar names no attendee
            summary=phrases["calendar_summary"],
            description=phrases["calendar_description"],
            location=phrases["calendar_location"],
        )
        entries: list[CalendarEntry | SeriesEntry] = [
            entry(one.uid, one.sequence, one.starts_at, one.minutes, person.zone, cancelled=one.status == "cancelled")
            for one in appointments
        ]
        for one in series:
            none_left = len(one.dropped) == one.count
            first = entry(one.uid, one.sequence, one.first, one.minutes, one.zone, cancelled=none_left)
            entries.append(SeriesEntry(first, one.count, one.moved, frozenset(() if none_left else one.dropped)))
        return feed(entries, name=phrases["calendar_name"], stamp=stamp)
