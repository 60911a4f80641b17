"""The catalogues of words (templates/words.*.toml) and how a time is said to a person."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of mail in one language. All but `subject` are Jinja text; a paragraph that comes out empty is left out.

    The subject is fixed words: with no place to put a value, no personal data can get into it.
    """

    subject: str
    before: tuple[str, ...]
    button: str
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A language: its letters, its fixed phrases, and how it says times."""

    direction: str
    phrases: Mapping[str, str]
    letters: Mapping[str, Letter]
    texts: Mapping[str, str]  # Jinja text
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    clock: int  # 12 or 24 hours
    when: str
    place: str
    brief: str
    day: str

    def say(self, instant: datetime, zone: str) -> str:
        """The instant on the zone's wall: "Tuesday, November 24 at 3:00 PM (Chicago time)"."""
        local = instant.astimezone(ZoneInfo(zone))
        return self.when.format(
            weekday=self.weekdays[local.weekday()],
            month=self.months[local.month - 1],
            day=local.day,
            clock=self._clock(local),
            place=self._place(local, zone),
        )

    def say_briefly(self, instant: datetime, zone: str) -> str:
        """The same for a table, which says elsewhere whose wall it is: "Tue, Nov 24, 3:00 PM"."""
        local = instant.astimezone(ZoneInfo(zone))
        weekday, month = self.weekdays[local.weekday()][:3], self.months[local.month - 1][:3]
        return self.brief.format(weekday=weekday, month=month, day=local.day, clock=self._clock(local))

    def say_day(self, day: date) -> str:
        """November 24, 2026"""
        return self.day.format(month=self.months[day.month - 1], day=day.day, year=day.year)

    def say_place(self, instant: datetime, zone: str) -> str:
        """Whose wall it is: "Chicago time"."""
        return self._place(instant.astimezone(ZoneInfo(zone)), zone)

    def _clock(self, local: datetime) -> str:
        if self.clock == 12:
            said = f"{(local.hour + 11) % 12 + 1}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"
        else:
            said = f"{local:%H:%M}"
        # When the clocks go back a time comes twice that night; its short name tells which.
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        return f"{said} {local.tzname()}" if twice else said

    def _place(self, local: datetime, zone: str) -> str:
        if "/" in zone and not zone.startswith("Etc/"):
            return self.place.format(place=zone.rsplit("/", 1)[1].replace("_", " "))
        # No place in the name ("UTC", "EST5EDT"), or one that misleads ("Etc/GMT+5" is five hours *behind*).
        offset = local.utcoffset() or timedelta()
        minutes = abs(int(offset.total_seconds())) // 60
        sign = "−" if offset < timedelta() else "+"
        return f"UTC{sign}{minutes // 60:02}:{minutes % 60:02}" if minutes else "UTC"


@cache
def words(language: str) -> Words:
    """The catalogue of that language, read once."""
    raw: dict[str, Any] = tomllib.loads((TEMPLATES / f"words.{language}.toml").read_text("utf-8"))
    letters = {
        kind: Letter(letter["subject"], tuple(letter["before"]), letter.get("button", ""), tuple(letter["after"]))
        for kind, letter in raw["letters"].items()
    }
    time = raw["time"]
    return Words(
        direction=raw["direction"],
        phrases=raw["phrases"],
        letters=letters,
        texts=raw["texts"],
        weekdays=tuple(time["weekdays"]),
        months=tuple(time["months"]),
        clock=time["clock"],
        when=time["when"],
        place=time["place"],
        brief=time["brief"],
        day=time["day"],
    )


@cache
def page_words(language: str) -> dict[str, str]:
    """What the pages say in that language; the pages are built from the same catalogue."""
    raw: dict[str, Any] = tomllib.loads((TEMPLATES / f"words.{language}.toml").read_text("utf-8"))
    page: dict[str, str] = raw["page"]
    return page


@cache
def report_words(language: str) -> dict[str, str]:
    """What the attendance report says in that language."""
    raw: dict[str, Any] = tomllib.loads((TEMPLATES / f"words.{language}.toml").read_text("utf-8"))
    report: dict[str, str] = raw["report"]
    return report
