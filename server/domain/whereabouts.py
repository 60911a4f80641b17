"""Where a partner is during one session, and whom to call: for the therapist alone, and forgotten afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from server.domain.programme.faults import ProgrammeError, line, prose

KEPT = timedelta(hours=12)  # after the session's planned end: what comes up in it may need it later that day
MOST_PLACE, MOST_NAME, MOST_PHONE = 200, 80, 40


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """In a partner's own words. `contact` and `phone` may be empty, but then both are."""

    place: str
    contact: str = ""
    phone: str = ""

    def __post_init__(self) -> None:
        line("Where you are", self.place, MOST_PLACE)
        for what, text, most in (("A name", self.contact, MOST_NAME), ("A phone number", self.phone, MOST_PHONE)):
            prose(what, text, most)
            if "\n" in text:
                raise ProgrammeError("text_unfit", f"{what} is one line.")
        if bool(self.contact.strip()) != bool(self.phone.strip()):
            raise ProgrammeError("contact_unfit", "Give a name with its phone number, or neither.")


def forgotten_at(starts_at: datetime, minutes: int, now: datetime) -> datetime:
    """When what is told `now` of a session is to be gone."""
    return max(starts_at + timedelta(minutes=minutes), now) + KEPT
