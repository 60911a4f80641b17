"""The chart: every version of every record of the programme, and the walls between those who may read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Wall(StrEnum):
    """Who may read a record, and write its next version. The treatment team reads all of them.

    `owner` is a couple's or a client's id. In care of them are their couple's therapists.
    """

    EVERYONE = "everyone"  # whoever is in the programme; staff write
    STAFF = "staff"
    OFFICE = "office"  # the owner or the owning couple's partners, those in care of them, and administrators
    COUPLE = "couple"  # the couple's partners and those in care of them
    CLIENT = "client"  # this client and those in care of them; never the other partner
    CARE = "care"  # those in care of the couple or client alone


@dataclass(frozen=True, slots=True)
class Reader:
    """`role`: "client", "therapist", "team" or "administrator"."""

    person: str
    role: str

    def may_write(self, wall: Wall, owner: str) -> bool:
        """Of what they see: staff all of it, a client not what staff keep for everyone or of the couple's plan."""
        kept_by_staff = wall is Wall.EVERYONE or (wall is Wall.OFFICE and owner != self.person)
        return self.role != "client" or not kept_by_staff


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a record, `revision` counting from 1. `body` is JSON."""

    kind: str
    id: str
    revision: int
    owner: str
    wall: Wall
    at: datetime
    by: str
    body: str


class Walled(Exception):
    """This reader may not write that; nothing was changed."""


class Unknown(Exception):
    """There is no such record, or not for this reader."""


class Outdated(Exception):
    """Somebody wrote the next version first; nothing was changed. Look again."""


class Chart(Protocol):
    """Append-only. A record that a reader may not see is as if it were not there."""

    async def file(self, reader: Reader, entry: Entry) -> None:
        """Write the next version. Raises `Walled`, or `Outdated` where `revision` is not the next one."""

    async def read(self, reader: Reader, kind: str, id: str) -> Entry | None:
        """The latest version."""

    async def records(self, reader: Reader, kind: str, owner: str | None = None) -> list[Entry]:
        """The latest version of each record of a kind, by id; of one owner, or of all."""

    async def history(self, reader: Reader, kind: str, id: str) -> list[Entry]:
        """Every version, the first one first."""

    async def enrol(self, couple: str, people: Mapping[str, str]) -> None:
        """Who belongs to a couple from now on: a person's id to "client" or "therapist". Replaces who did."""

    async def enrolled(self, couple: str) -> Mapping[str, str]:
        """Who belongs to a couple, by id."""

    async def couples_of(self, person: str) -> list[str]:
        """The couples somebody belongs to, in whatever role, by id."""
