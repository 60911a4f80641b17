"""What a line of the list says, cell by cell: each fault by its column, in plain words that repeat no cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from server.application.clinic import NewCouple, NewPartner, NewPerson
from server.application.couple_list.reading import MOST_CHARACTERS, PARTNER
from server.domain.programme import ProgrammeError
from server.domain.programme.contact import check_email
from server.domain.programme.faults import line
from server.domain.schedule import ScheduleError
from server.domain.schedule.hours import zone_of

T = TypeVar("T")

# Until they say otherwise on their own page.
HOURS = tuple((day, "09:00", "20:00") for day in range(6))
FORMULA = ("=", "+", "-", "@", "\t")
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
YES = ("yes", "y", "true", "1", "x", "sí", "si")
NO = ("", "no", "n", "false", "0")
LANGUAGES = {"": "en", "en": "en", "english": "en", "es": "es", "spanish": "es", "español": "es", "espanol": "es"}


@dataclass(frozen=True, slots=True)
class Fault:
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What cells are read by. `therapists` has each one's id by name and by mail address, in small letters; two of one
    name have None. `day_first` says which of 3/4/2027 is the day, where the file tells."""

    therapists: Mapping[str, str | None]
    day_first: bool | None


def day_first(cells: Iterable[str]) -> bool | None:
    """Whether the dates of a list with slashes begin with the day; None where they don't tell."""
    pairs = [(int(match[1]), int(match[2])) for cell in cells if (match := SLASHED.fullmatch(cell))]
    day, month = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    return None if day == month else day


def couple_of(cells: Mapping[str, str], terms: Terms) -> tuple[NewCouple | None, tuple[Fault, ...]]:
    """The couple of a line, or what is wrong with it."""
    faults: list[Fault] = []

    def read(column: str, how: Callable[[str], T], otherwise: T) -> T:
        try:
            if len(cells[column]) > MOST_CHARACTERS:
                raise ProgrammeError("text_unfit", f"This is longer than {MOST_CHARACTERS} characters.")
            if cells[column].startswith(FORMULA):
                raise ProgrammeError("formula", "This begins like a formula. Write it as plain text.")
            return how(cells[column])
        except ProgrammeError as no:
            faults.append(Fault(column, no.message))
            return otherwise

    therapist = read("therapist", lambda cell: _therapist(cell, terms.therapists), "")
    starts = read("first_week", lambda cell: _date(cell, terms.day_first), date.min)
    apart = read("keep_apart", _yes, False)
    partners = []
    for number in "12":
        name, mail, zone, place, language = (
            read(f"{column}_{number}", how, "") for column, how in zip(PARTNER, _READ, strict=True)
        )
        partners.append((name, mail, zone, place, language))
    if not faults and partners[0][1].casefold() == partners[1][1].casefold():
        faults.append(Fault("mail_2", "Each partner needs a mail address of their own: the links are private."))
    if faults:
        return None, tuple(faults)
    one, other = (
        NewPartner(NewPerson(name, mail, zone, HOURS, language), place)
        for name, mail, zone, place, language in partners
    )
    return NewCouple(therapist, (one, other), starts, apart), ()


def _therapist(cell: str, known: Mapping[str, str | None]) -> str:
    if not cell and len(set(known.values())) == 1 and (only := next(iter(known.values()))):
        return only
    if not cell:
        raise ProgrammeError("therapist_unknown", "Say which therapist, by name or mail address.")
    if cell.casefold() not in known:
        raise ProgrammeError("therapist_unknown", "Nobody at the clinic has this name or mail address. Add them first.")
    found = known[cell.casefold()]
    if found is None:
        raise ProgrammeError("therapist_unclear", "Two therapists have this name. Write the mail address instead.")
    return found


def _date(cell: str, first_is_day: bool | None) -> date:
    unfit = ProgrammeError("date_unfit", "Write a day of their first week as 2027-01-11.")
    if match := ISO.fullmatch(cell):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := DOTTED.fullmatch(cell):
        day, month, year = int(match[1]), int(match[2]), int(match[3])
    elif match := SLASHED.fullmatch(cell):
        if first_is_day is None and match[1] != match[2]:
            raise ProgrammeError("date_unclear", "Day or month first? Write it as 2027-01-11.")
        day, month = (int(match[1]), int(match[2])) if first_is_day else (int(match[2]), int(match[1]))
        year = int(match[3])
    else:
        raise unfit
    try:
        found = date(year, month, day)
    except ValueError:
        raise unfit from None
    if not 2020 <= found.year <= 2100:
        raise unfit
    return found


def _yes(cell: str) -> bool:
    if cell.casefold() not in (*YES, *NO):
        raise ProgrammeError("choice_unfit", "Write yes or no.")
    return cell.casefold() in YES


def _name(cell: str) -> str:
    line("A name", cell, 80)
    return cell


def _mail(cell: str) -> str:
    check_email(cell)
    return cell


def _zone(cell: str) -> str:
    try:
        return zone_of(cell).key
    except ScheduleError:
        raise ProgrammeError("zone_unknown", "Write a time zone such as America/New_York.") from None


def _place(cell: str) -> str:
    line("The place", cell, 60)
    return cell


def _language(cell: str) -> str:
    if cell.casefold() not in LANGUAGES:
        raise ProgrammeError("language_unknown", "We write in en and es so far.")
    return LANGUAGES[cell.casefold()]


_READ = (_name, _mail, _zone, _place, _language)
