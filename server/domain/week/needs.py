"""Which sessions a couple's week wants: the phase's numbers, made to fit how each partner is doing.

Source: "The treatment team may recommend a schedule that includes joint couples sessions, individual therapy for each
partner, and group sessions."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.domain.attendance.model import Focus, Kind
from server.domain.programme.couple import Need as PartnerNeed
from server.domain.programme.couple import Progress
from server.domain.week.model import JOINT_KINDS, Need, WeekError, Why

DRIFT_RATIO = 2  # solo minutes over joint minutes, of the last three weeks
JOINT_WEIGHT, INDIVIDUAL_WEIGHT, GROUP_WEIGHT = 1000, 600, 300
MADE_UP_WEIGHT = {Kind.COUPLES: 1200, Kind.INTAKE: 1200, Kind.INDIVIDUAL: 700, Kind.GROUP: 350}


# What a partner works on alone while the two are at different stages of recovery.
STAGE_FOCUS = {
    Progress.STRUGGLING: Focus.SUBSTANCE_USE_PATTERNS,
    Progress.STEADY: Focus.COPING_SKILLS,
    Progress.AHEAD: Focus.OPEN,
}


@dataclass(frozen=True, slots=True)
class Targets:
    """What the couple's phase asks for, per partner and week; `hours` is the least and the most in all."""

    joint: int
    individual: int
    group: int
    hours: tuple[int, int]
    joint_minutes: int = 50
    individual_minutes: int = 50
    group_minutes: int = 90

    def __post_init__(self) -> None:
        if min(self.joint, self.individual, self.group) < 0:
            raise WeekError("a phase asks for no less than no session")
        if not 0 <= self.hours[0] <= self.hours[1]:
            raise WeekError(f"{self.hours[0]} to {self.hours[1]} hours a week is no range")


@dataclass(frozen=True, slots=True)
class PartnerState:
    """How one partner is doing. `recent_solo` and `recent_joint` are their minutes of the last three weeks.

    `therapist` holds this partner's individual sessions; None means the couple's own host does.
    """

    person: str
    progress: Progress = Progress.STEADY
    needs: frozenset[PartnerNeed] = frozenset()
    recent_solo: int = 0
    recent_joint: int = 0
    therapist: str | None = None


@dataclass(frozen=True, slots=True)
class Missed:
    """A session of last week that was not held, and the partners it was for."""

    kind: Kind
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """An alarm: one partner's solo minutes of the last three weeks have overtaken the joint ones."""

    person: str
    solo: int
    joint: int


@dataclass(frozen=True, slots=True)
class Balance:
    """One partner's wanted minutes of the week, and how many they are `short` of the least or `over` the most."""

    person: str
    joint: int
    individual: int
    group: int
    short: int
    over: int


def drift(partners: Sequence[PartnerState], ratio: int = DRIFT_RATIO) -> tuple[Drift, ...]:
    """Whoever did more than `ratio` times as many minutes alone as together."""
    return tuple(
        Drift(one.person, one.recent_solo, one.recent_joint)
        for one in partners
        if one.recent_solo > ratio * one.recent_joint
    )


def needs_of(
    targets: Targets, partners: Sequence[PartnerState], missed: Sequence[Missed] = (), *, host: str
) -> tuple[Need, ...]:
    """The sessions that the couple's week wants, the weightiest first.

    - What was missed last week is wanted in addition, a joint session first.
    - Who needs space has the joint sessions turned into individual ones, one for each partner; one joint session
      stays unless both need it.
    - Who struggles, or has extra individual work, gets one individual session more.
    - A partner at a different stage gets the focus of that stage in the individual sessions of the phase.
    - On a drift alarm one individual session of the phase gives way to a joint one. Not in a week in which somebody
      needs space: the team decided on that one, the alarm is arithmetic.
    - Over the most hours, group sessions go; under the least, they come, as long as the most is kept.
    """
    _check(partners, missed)
    joint = _made_up_joint(targets, partners, missed, host) + [
        _joint(targets, partners, host, Why.TARGET, JOINT_WEIGHT) for _ in range(targets.joint)
    ]
    single = [need for one in partners for need in _individual(targets, one, missed, host)]
    wanting_space = sum(PartnerNeed.SPACE in one.needs for one in partners)
    if wanting_space:
        kept = 1 if wanting_space < len(partners) else 0
        single += [_alone(targets, one, host, Why.SPACE) for _ in joint[kept:] for one in partners]
        joint = joint[:kept]
    else:
        joint, single = _drifted(targets, partners, host, joint, single)
    groups = [need for one in partners for need in _groups(targets, one, missed, joint + single)]
    return tuple(sorted(joint + single + groups, key=lambda need: -need.weight))


def balance(needs: Sequence[Need], targets: Targets, partners: Sequence[PartnerState]) -> tuple[Balance, ...]:
    """What the needs amount to for each partner, held against the hours of the phase."""
    return tuple(_balance(needs, targets, one.person) for one in partners)


def _balance(needs: Sequence[Need], targets: Targets, person: str) -> Balance:
    own = [need for need in needs if person in need.partners]
    joint = sum(need.minutes for need in own if need.joint)
    individual = sum(need.minutes for need in own if need.kind is Kind.INDIVIDUAL)
    group = sum(need.minutes for need in own if need.kind is Kind.GROUP)
    total, (least, most) = joint + individual + group, targets.hours
    return Balance(person, joint, individual, group, max(0, least * 60 - total), max(0, total - most * 60))


def _made_up_joint(
    targets: Targets, partners: Sequence[PartnerState], missed: Sequence[Missed], host: str
) -> list[Need]:
    return [
        replace(_joint(targets, partners, host, Why.MADE_UP, MADE_UP_WEIGHT[one.kind]), kind=one.kind)
        for one in missed
        if one.kind in JOINT_KINDS
    ]


def _joint(targets: Targets, partners: Sequence[PartnerState], host: str, why: Why, weight: int) -> Need:
    people = (host, *(one.person for one in partners))
    return Need(Kind.COUPLES, targets.joint_minutes, people, why, weight)


def _individual(targets: Targets, one: PartnerState, missed: Sequence[Missed], host: str) -> list[Need]:
    plain = Why.DIFFERENT_STAGE if PartnerNeed.DIFFERENT_STAGE in one.needs else Why.TARGET
    reasons = [Why.MADE_UP] * _missed(missed, Kind.INDIVIDUAL, one.person) + [plain] * targets.individual
    if one.progress is Progress.STRUGGLING:
        reasons.append(Why.STRUGGLING)
    elif PartnerNeed.EXTRA_INDIVIDUAL in one.needs:
        reasons.append(Why.EXTRA_INDIVIDUAL)
    return [_alone(targets, one, host, why) for why in reasons]


def _alone(targets: Targets, one: PartnerState, host: str, why: Why) -> Need:
    weight = MADE_UP_WEIGHT[Kind.INDIVIDUAL] if why is Why.MADE_UP else INDIVIDUAL_WEIGHT
    focus = STAGE_FOCUS[one.progress] if why is Why.DIFFERENT_STAGE else None
    return Need(Kind.INDIVIDUAL, targets.individual_minutes, (one.therapist or host, one.person), why, weight, focus)


def _drifted(
    targets: Targets, partners: Sequence[PartnerState], host: str, joint: list[Need], single: list[Need]
) -> tuple[list[Need], list[Need]]:
    """One individual session of each drifting partner's phase less, and one joint session more for it."""
    left = list(single)
    for alarm in drift(partners):
        plain = [n for n in left if n.people[1] == alarm.person and n.why in (Why.TARGET, Why.DIFFERENT_STAGE)]
        if plain:
            left.remove(plain[-1])
    if len(left) == len(single):
        return joint, single
    return [*joint, _joint(targets, partners, host, Why.DRIFT, JOINT_WEIGHT)], left


def _groups(targets: Targets, one: PartnerState, missed: Sequence[Missed], others: Sequence[Need]) -> list[Need]:
    """The partner's group sessions, as many as bring the week between the least and the most hours."""
    made_up = _missed(missed, Kind.GROUP, one.person)
    reasons = [Why.MADE_UP] * made_up + [Why.TARGET] * targets.group
    taken = sum(need.minutes for need in others if one.person in need.partners)
    least, most = (hours * 60 for hours in targets.hours)
    while reasons and taken + len(reasons) * targets.group_minutes > most:
        reasons.pop()
    while taken + len(reasons) * targets.group_minutes < least:
        if taken + (len(reasons) + 1) * targets.group_minutes > most:
            break
        reasons.append(Why.HOURS)
    weights = {Why.MADE_UP: MADE_UP_WEIGHT[Kind.GROUP]}
    return [
        Need(Kind.GROUP, targets.group_minutes, (one.person,), why, weights.get(why, GROUP_WEIGHT)) for why in reasons
    ]


def _missed(missed: Sequence[Missed], kind: Kind, person: str) -> int:
    return sum(one.kind is kind and person in one.people for one in missed)


def _check(partners: Sequence[PartnerState], missed: Sequence[Missed]) -> None:
    names = {one.person for one in partners}
    if len(partners) != 2 or len(names) != 2:
        raise WeekError(f"a couple is two partners, not {len(partners)} named {', '.join(sorted(names))}")
    if strangers := {person for one in missed for person in one.people} - names:
        raise WeekError(f"a session was missed by {', '.join(sorted(strangers))}, who is not of the couple")
