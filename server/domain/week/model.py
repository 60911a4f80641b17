"""What a couple's week is made of: wanted sessions in, placed and unplaced ones out, each with its reasons as codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from server.domain.attendance.model import Focus, Kind
from server.domain.schedule.hours import Slot, check_instant

MOST_NEEDS = 60
MOST_GROUPS = 200
MOST_MINUTES = 12 * 60
JOINT_KINDS = frozenset({Kind.COUPLES, Kind.INTAKE})


class WeekError(ValueError):
    """A week that can't be proposed as asked; the sentence says what is wrong and where."""


class Why(StrEnum):
    """Why a session is wanted."""

    TARGET = "target"  # the phase's own number
    MADE_UP = "made_up"  # for one of last week that was not held
    SPACE = "space"  # in place of a joint session, because a partner needs space
    EXTRA_INDIVIDUAL = "extra_individual"
    STRUGGLING = "struggling"
    DIFFERENT_STAGE = "different_stage"  # the phase's own number, with a focus of that partner's stage
    DRIFT = "drift"  # a joint session in place of an individual one, because solo work has taken over
    HOURS = "hours"  # to reach the least hours of the week


@dataclass(frozen=True, slots=True)
class Need:
    """One wanted session. `people`: the host first, then partners; of a group session only the partner who goes.

    `weight` is what leaving it out costs (see `score`). Two needs of the same kind, minutes and people can stand in
    for each other; where not all of them fit, the heavier ones are placed.
    """

    kind: Kind
    minutes: int
    people: tuple[str, ...]
    why: Why
    weight: int
    focus: Focus | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise WeekError(f"{self.minutes} minutes; a session lasts 1 to {MOST_MINUTES}")
        if len(set(self.people)) != len(self.people):
            raise WeekError(f"somebody is named twice among {', '.join(self.people)}")
        if self.kind is Kind.GROUP and len(self.people) != 1:
            raise WeekError("a group need names the one partner who goes")
        if self.kind is not Kind.GROUP and len(self.people) < 2:
            raise WeekError(f"a need of kind {self.kind} names its host and at least one partner")
        if self.weight < 0:
            raise WeekError(f"weight {self.weight} is less than nothing")

    @property
    def joint(self) -> bool:
        return self.kind in JOINT_KINDS

    @property
    def host(self) -> str | None:
        """Who holds the session; None for a group, which has a host of its own."""
        return None if self.kind is Kind.GROUP else self.people[0]

    @property
    def partners(self) -> tuple[str, ...]:
        return self.people if self.kind is Kind.GROUP else self.people[1:]


@dataclass(frozen=True, slots=True)
class Group:
    """A group session that the programme offers anyway, with the places that are still free in it."""

    id: str
    start: datetime
    minutes: int
    places: int

    def __post_init__(self) -> None:
        check_instant(f"group {self.id} start", self.start)
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise WeekError(f"group {self.id} lasts {self.minutes} minutes, not 1 to {MOST_MINUTES}")
        if self.places < 0:
            raise WeekError(f"group {self.id} has {self.places} places")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every session, and what is preferred. Walls are those of each person's own zone.

    No session begins before `earliest` or ends after `latest`; `gap` minutes lie between two sessions of one person,
    host or partner; a partner has at most `most_per_day` sessions on a day. `middle` is the preferred part of a day.
    A wall end of midnight (`time(0)`) means the end of the day.
    """

    earliest: time = time(7)
    latest: time = time(21)
    gap: int = 10
    most_per_day: int = 3
    middle: tuple[time, time] = (time(9), time(18))

    def __post_init__(self) -> None:
        if not 0 <= self.gap <= MOST_MINUTES:
            raise WeekError(f"a gap of {self.gap} minutes is not 0 to {MOST_MINUTES}")
        if self.most_per_day < 1:
            raise WeekError(f"at most {self.most_per_day} sessions a day leaves none")


class ReasonCode(StrEnum):
    """Why a session is where it is; each can be checked against the proposal and what it was made from."""

    EVERYONE_FREE = "everyone_free"  # inside the hours of all `people` and outside all they are busy with
    OWN_WEEK_FOR_MISSED = "own_week_for_missed"  # makes up, in the first week there is, for one that was missed
    DAY_OF_ITS_OWN = "day_of_its_own"  # none of its partners (`people`) has another session that day
    ONLY_COMMON_TIME = "only_common_time"  # the week holds no other start that suits all `people`
    TWO_DAYS_AFTER_JOINT = "two_days_after_joint"  # the joint session before it is `number` days earlier, 2 or more
    MIDDLE_OF_THE_DAY = "middle_of_the_day"  # within the preferred hours of all `people`
    OFFERED_GROUP = "offered_group"  # a group with `number` places free


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    people: tuple[str, ...] = ()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A need and its time. `group` is the offered session's id for a group need, whose minutes are then the group's."""

    need: Need
    slot: Slot
    group: str | None = None
    reasons: tuple[Reason, ...] = ()


class WhyNot(StrEnum):
    """Why a need found no place."""

    NO_COMMON_HOURS = "no_common_hours"  # `people` have no common hours long enough, whoever is busy or not
    TAKEN = "taken"  # common hours exist, and `people` are busy or in other sessions of the week at all of them
    DAY_FULL = "day_full"  # times are left, only on days that are full for `people`
    NO_GROUP_PLACE = "no_group_place"  # no offered group has a place that `people` could take
    TOO_DEAR = "too_dear"  # it would fit, and would make the week worse than it is without


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A need without a time.

    `widen` is the least change that would place it, the rest of the week left as it is: each person there alone could
    make room by offering hours that the rules allow and theirs don't. Empty: no one person's hours would do.
    """

    need: Need
    why: WhyNot
    people: tuple[str, ...] = ()
    widen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A week: `placed` in order of time, `unplaced` the weightiest first, and `score`, the lower the better."""

    placed: tuple[Placement, ...]
    unplaced: tuple[Unplaced, ...]
    score: int
