"""An appointment as one recipient's calendar shows it, and what may be written into a calendar file at all."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from server.domain.schedule.hours import check_instant, zone_of

MOST_CHARACTERS = 500
MOST_MINUTES = 24 * 60
# RFC 5545 gives SEQUENCE 31 bits (3.3.8).
MOST_SEQUENCE = 2**31 - 1

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
    cancelled: bool = False

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
            check_line(name, getattr(self, name))
        for name in ("organizer_email", "attendee_email"):
            if not ADDRESS.fullmatch(getattr(self, name)):
                # the address itself stays out of errors: they are logged
                raise ValueError(f"{name} is not a mail address")


def check_line(name: str, text: str) -> None:
    """Refuses with `ValueError` what is not one short line; the text itself stays out of the sentence."""
    if CONTROLS.search(text) or len(text) > MOST_CHARACTERS:
        raise ValueError(f"{name} is not one line of at most {MOST_CHARACTERS} characters")


def withdrawn(entry: CalendarEntry) -> CalendarEntry:
    """The entry as its CANCEL, and then the feed, must carry it: the same UID, the next SEQUENCE, cancelled.

    With any other SEQUENCE calendars ignore the CANCEL (RFC 5546, 2.1.5).
    """
    return replace(entry, sequence=entry.sequence + 1, cancelled=True)
