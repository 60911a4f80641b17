"""A couple and its two clients: what is kept of each, and what only the two share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from server.domain.attendance import AttendanceClass, SoloApproval
from server.domain.programme.contact import check_language, check_safe_hours
from server.domain.programme.faults import ProgrammeError, line, prose

MOST_GOALS = 12


class Stage(StrEnum):
    """Where somebody is in their recovery, as the treatment team sees it."""

    STARTING = "starting"
    BUILDING = "building"
    STEADY = "steady"


class Progress(StrEnum):
    STEADY = "steady"
    STRUGGLING = "struggling"
    AHEAD = "ahead"


class Need(StrEnum):
    """What one partner needs for a while (A8)."""

    EXTRA_INDIVIDUAL = "extra_individual"
    SPACE = "space"
    DIFFERENT_STAGE = "different_stage"


@dataclass(frozen=True, slots=True)
class Client:
    """One partner, as they may see and change it themselves. `place` is where they are ("US-NY"), for the licence.

    `safe_from` and `safe_until` are hours (0 to 24) of their own day in which we may write or call.
    """

    name: str
    place: str
    language: str = "en"
    safe_from: int = 8
    safe_until: int = 21
    solo_consent: bool = False
    goals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        line("A name", self.name, 80)
        line("The place", self.place, 60)
        check_language(self.language)
        check_safe_hours(self.safe_from, self.safe_until)
        check_goals(self.goals)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the treatment team knows of one partner; neither partner reads it."""

    stage: Stage = Stage.STARTING
    progress: Progress = Progress.STEADY
    needs: frozenset[Need] = frozenset()
    note: str = ""

    def __post_init__(self) -> None:
        prose("A note", self.note)


@dataclass(frozen=True, slots=True)
class Couple:
    """Two clients, their therapist and their shared plan. `starts_on` is the first Monday of their programme."""

    therapist: str
    partners: dict[str, str]
    programme: str
    starts_on: date
    attendance: AttendanceClass | None = None
    approval: SoloApproval = SoloApproval.NONE
    keep_apart: bool = False
    goals: tuple[str, ...] = ()
    coping: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if set(self.partners) != {"a", "b"} or len(set(self.partners.values())) != 2:
            raise ProgrammeError("couple_unfit", "A couple is two different people.")
        if self.starts_on.weekday() != 0:
            raise ProgrammeError("date_unfit", "A programme begins on a Monday.")
        check_goals(self.goals)
        check_goals(self.coping)

    def week_of(self, day: date) -> int:
        """The week of the programme that a day lies in, from 1; 0 or less before it began."""
        return (day - self.starts_on).days // 7 + 1


def check_goals(goals: tuple[str, ...]) -> None:
    """Refuses too many, and what is no line."""
    if len(goals) > MOST_GOALS:
        raise ProgrammeError("too_many", f"Up to {MOST_GOALS} at a time; fewer are easier to keep in mind.")
    for goal in goals:
        line("Each line", goal, 160)


@dataclass(frozen=True, slots=True)
class Staff:
    """A therapist: `licences` are the places whose people they may see, written like a client's place ("US-NY")."""

    name: str
    licences: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        line("A name", self.name, 80)
        if len(self.licences) > 60:
            raise ProgrammeError("too_many", "Up to 60 licences.")
        for place in self.licences:
            line("A licence's place", place, 60)

    def licensed(self, place: str) -> bool:
        """Without any place given there is nothing to check against."""
        wanted = place.casefold()
        return not self.licences or any(one.casefold() == wanted for one in self.licences)
