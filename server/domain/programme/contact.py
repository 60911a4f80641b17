"""How a client is reached: where, in which language, and when it is safe to write or call."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.programme.faults import ProgrammeError, line
from server.domain.schedule import ScheduleError
from server.domain.schedule.hours import zone_of

LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Contact:
    """`place` is where they are ("US-NY"), for the licence; safe hours are hours (0 to 24) of their own day."""

    name: str
    email: str
    zone: str
    place: str
    language: str
    safe_from: int
    safe_until: int

    def __post_init__(self) -> None:
        line("A name", self.name, 80)
        line("The place", self.place, 60)
        check_email(self.email)
        check_zone(self.zone)
        check_language(self.language)
        check_safe_hours(self.safe_from, self.safe_until)


def check_email(email: str) -> None:
    local, _, domain = email.partition("@")
    if not local or not domain or len(email) > 254 or any(sign in email for sign in " \t\r\n<>,;"):
        raise ProgrammeError("email_unfit", "The mail address isn't complete.")


def check_zone(zone: str) -> None:
    try:
        zone_of(zone)
    except ScheduleError as no:
        raise ProgrammeError("zone_unknown", f"{no}.") from no


def check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise ProgrammeError("language_unknown", f"We write in {' and '.join(LANGUAGES)} so far.")


def check_safe_hours(begin: int, end: int) -> None:
    if not 0 <= begin < end <= 24:
        raise ProgrammeError("hours_unfit", "Safe hours begin before they end, from 0 to 24.")
