"""A programme: what a week holds in each phase, and between which hours it is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from itertools import accumulate

from server.domain.programme.contact import check_zone
from server.domain.programme.faults import ProgrammeError, line

LEAST_HOURS, MOST_HOURS = 9, 20  # a week, per partner; the upper end is not reached (A2)
LEAST_WEEKS, MOST_WEEKS = 8, 16
MOST_SESSIONS = 14  # of one kind in a week
MOST_GROUPS = 20


@dataclass(frozen=True, slots=True)
class Lengths:
    """Minutes that a session of each kind lasts."""

    joint: int = 50
    individual: int = 50
    group: int = 120

    def __post_init__(self) -> None:
        if not all(15 <= minutes <= 240 for minutes in (self.joint, self.individual, self.group)):
            raise ProgrammeError("length_unfit", "A session lasts 15 to 240 minutes.")


@dataclass(frozen=True, slots=True)
class Targets:
    """Sessions a week: of the couple together, of each partner alone, and of each partner in groups."""

    joint: int
    individual: int
    group: int

    def __post_init__(self) -> None:
        if not all(0 <= count <= MOST_SESSIONS for count in (self.joint, self.individual, self.group)):
            raise ProgrammeError("targets_unfit", f"A week holds 0 to {MOST_SESSIONS} sessions of a kind.")

    def minutes(self, lengths: Lengths) -> int:
        """Minutes a week for one partner."""
        return self.joint * lengths.joint + self.individual * lengths.individual + self.group * lengths.group


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the programme with targets of its own; `weeks` long."""

    name: str
    weeks: int
    targets: Targets

    def __post_init__(self) -> None:
        line("A phase's name", self.name, 60)
        if not 1 <= self.weeks <= MOST_WEEKS:
            raise ProgrammeError("phase_unfit", f"A phase lasts 1 to {MOST_WEEKS} weeks.")


@dataclass(frozen=True, slots=True)
class GroupTime:
    """A group that meets every week: Monday is 0, `start` is wall time of the programme's zone.

    `host` is who holds it; empty, the therapist of the first couple that comes does.
    """

    name: str
    weekday: int
    start: time
    host: str = ""

    def __post_init__(self) -> None:
        line("A group's name", self.name, 60)
        if not 0 <= self.weekday <= 6 or self.start.tzinfo is not None:
            raise ProgrammeError("group_unfit", "A group meets on a weekday, at a time of the programme's wall clock.")


@dataclass(frozen=True, slots=True)
class Programme:
    """`earliest` and `latest` are wall times at which nobody's session begins sooner or ends later, in any zone."""

    name: str
    clinic_name: str
    clinic_phone: str
    zone: str
    phases: tuple[Phase, ...]
    lengths: Lengths = Lengths()
    groups: tuple[GroupTime, ...] = ()
    earliest: time = time(7)
    latest: time = time(21)
    notice_hours: int = 12

    def __post_init__(self) -> None:
        line("The programme's name", self.name, 80)
        line("The clinic's name", self.clinic_name, 80)
        line("The clinic's telephone", self.clinic_phone, 40)
        check_zone(self.zone)
        if not LEAST_WEEKS <= self.weeks <= MOST_WEEKS:
            raise ProgrammeError(
                "weeks_unfit", f"A programme lasts {LEAST_WEEKS} to {MOST_WEEKS} weeks; these phases make {self.weeks}."
            )
        for phase in self.phases:
            self._check_hours(phase)
        if len(self.groups) > MOST_GROUPS:
            raise ProgrammeError("group_unfit", f"A programme has up to {MOST_GROUPS} groups a week.")
        if self.earliest >= self.latest or not 0 <= self.notice_hours <= 168:
            raise ProgrammeError("hours_unfit", "The day begins before it ends, and notice is 0 to 168 hours.")

    def _check_hours(self, phase: Phase) -> None:
        minutes = phase.targets.minutes(self.lengths)
        if not LEAST_HOURS * 60 <= minutes < MOST_HOURS * 60:
            raise ProgrammeError(
                "week_unfit",
                f"“{phase.name}” makes {minutes / 60:.1f} hours a week; "
                f"intensive outpatient care is {LEAST_HOURS} to under {MOST_HOURS}.",
            )
        if phase.targets.group > len(self.groups):
            raise ProgrammeError(
                "groups_missing",
                f"“{phase.name}” wants {phase.targets.group} groups a week; "
                f"there are times for {len(self.groups)}. Add a time or take fewer.",
            )

    @property
    def weeks(self) -> int:
        return sum(phase.weeks for phase in self.phases)

    def phase_at(self, week: int) -> Phase:
        """The phase of that week, counted from 1; the first before it began, the last after it ended."""
        passed = 0
        for phase in self.phases:
            passed += phase.weeks
            if week <= passed:
                return phase
        return self.phases[-1]

    def last_week_of_phase(self, week: int) -> int:
        """With which week the phase of that week ends."""
        ends = accumulate(phase.weeks for phase in self.phases)
        return next((end for end in ends if week <= end), self.weeks)


DEFAULT_PROGRAMME = Programme(
    name="Couples intensive outpatient",
    clinic_name="Our clinic",
    clinic_phone="+1 555 010 0100",
    zone="America/New_York",
    phases=(
        Phase("Finding our feet", 4, Targets(joint=2, individual=1, group=4)),
        Phase("Working together", 5, Targets(joint=3, individual=1, group=3)),
        Phase("Keeping it going", 3, Targets(joint=2, individual=1, group=4)),
    ),
    groups=tuple(GroupTime("Evening group", day, time(18)) for day in range(5)),
)
