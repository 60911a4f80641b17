"""The vocabulary of the attendance policy: facts in, a decision out (server/POLICY.md).

Every instant is an aware `datetime`; every duration is a `timedelta`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    COUPLES = "couples"
    INTAKE = "intake"
    INDIVIDUAL = "individual"
    GROUP = "group"


class Focus(StrEnum):
    RELATIONSHIP_ISSUES = "relationship_issues"
    CONFLICT_RESOLUTION = "conflict_resolution"
    RELAPSE_PREVENTION_PLAN = "relapse_prevention_plan"
    TRUST_ACCOUNTABILITY = "trust_accountability"
    COMMUNICATION = "communication"
    COPING_SKILLS = "coping_skills"
    SUBSTANCE_USE_PATTERNS = "substance_use_patterns"
    INTIMACY = "intimacy"
    OPEN = "open"


class AttendanceClass(StrEnum):
    REQUIRED = "required"
    ENCOURAGED = "encouraged"
    OPTIONAL = "optional"


class PartnerState(StrEnum):
    PRESENT = "present"
    EXPECTED = "expected"
    DECLARED_ABSENT = "declared_absent"
    ATTEMPTED = "attempted"
    DROPPED = "dropped"
    LEFT = "left"


class TherapistState(StrEnum):
    PRESENT = "present"
    EXPECTED = "expected"
    DROPPED = "dropped"


class Reason(StrEnum):
    SCHEDULING_CONFLICT = "scheduling_conflict"
    INDIVIDUAL_WORK = "individual_work"
    SPACE = "space"
    RECOVERY_STAGE = "recovery_stage"
    ILLNESS = "illness"
    EMERGENCY = "emergency"
    OTHER = "other"


class SoloApproval(StrEnum):
    NONE = "none"
    STANDING = "standing"
    GRANTED = "granted"
    DENIED = "denied"


class Action(StrEnum):
    START = "start"
    CONTINUE = "continue"
    WAIT = "wait"
    HOLD = "hold"
    ASK = "ask"
    PROCEED = "proceed"
    RESCHEDULE = "reschedule"
    END = "end"
    MERGE = "merge"
    KEEP_SOLO = "keep_solo"


class Outcome(StrEnum):
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    LATE_CANCEL = "late_cancel"
    EXCUSED = "excused"
    TECHNICAL = "technical"
    LEFT_EARLY = "left_early"
    PROVIDER_CANCELLED = "provider_cancelled"


class FollowUp(StrEnum):
    FIND_SUBSTITUTE_HOST = "find_substitute_host"
    MAKE_UP_INDIVIDUAL_SESSION = "make_up_individual_session"
    OUTREACH_CALL = "outreach_call"
    RE_ENGAGEMENT_PLAN = "re_engagement_plan"
    RESCHEDULE_JOINT_SESSION = "reschedule_joint_session"
    RESCHEDULE_SESSION = "reschedule_session"
    TREATMENT_TEAM_REVIEW = "treatment_team_review"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    kind: Kind
    focus: tuple[Focus, ...]
    attendance: AttendanceClass | None
    starts_at: datetime
    minutes: int
    started_at: datetime | None = None
    solo_started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TherapistFacts:
    state: TherapistState
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    state: PartnerState
    since: datetime | None = None
    reason: Reason | None = None
    declared_at: datetime | None = None
    late_until: datetime | None = None
    solo_consent: bool = False
    consecutive_misses: int = 0
    consecutive_solo: int = 0


@dataclass(frozen=True, slots=True)
class Outage:
    """A span in which the service could not see; `until` is None while it lasts ("from"/"to" in JSON)."""

    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A card that was put to the therapist, and the answer if one came."""

    clause: str
    at: datetime
    answer_by: datetime
    options: tuple[Action, ...]
    default: Action
    answer: Action | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    now: datetime
    session: SessionFacts
    therapist: TherapistFacts
    partners: Mapping[str, PartnerFacts]
    solo_approval: SoloApproval = SoloApproval.NONE
    co_present_minutes: float = 0
    keep_apart: bool = False
    outages: tuple[Outage, ...] = ()
    asked: Asked | None = None
    interpreter_missing: bool = False  # the session needs an interpreter who is not here


@dataclass(frozen=True, slots=True)
class Card:
    """A question to the therapist: options in order, what we advise, what happens unanswered, and by when."""

    options: tuple[Action, ...]
    recommended: Action
    default: Action
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Who is told what (F5): `who` is a partner's key or "therapist"; `what` a message key without names."""

    who: str
    what: str


@dataclass(slots=True)  # never changed; freezing would add a tenth to the cost of every decision
class Decision:
    action: Action
    clause: str
    because: str
    attending: tuple[str, ...]
    absent: tuple[str, ...]
    wait_until: datetime | None = None
    card: Card | None = None
    converted_kind: Kind | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    follow_ups: tuple[FollowUp, ...] = ()
    notify: tuple[Notice, ...] = ()
    policy: str = "default@1"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of an own clause's `when`: a word of the vocabulary and what it is held against."""

    word: str
    value: tuple[StrEnum, ...] | timedelta | float | bool


@dataclass(frozen=True, slots=True)
class OwnClause:
    """A programme's own clause: tried directly before the clause `before`, it rules where all of `when` holds.

    `until` (of a wait) is counted from the planned start, in service-up time.
    """

    id: str
    before: str
    when: tuple[Condition, ...]
    action: Action
    because: str
    until: timedelta | None = None
    options: tuple[Action, ...] = ()
    recommended: Action | None = None
    default: Action | None = None
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The parameters of a policy and its own clauses; whatever is changed is a new version (`name@version`)."""

    name: str = "default@1"
    first_nudge: timedelta = timedelta(minutes=2)
    second_nudge: timedelta = timedelta(minutes=5)
    card_after: timedelta = timedelta(minutes=10)
    no_show_after: timedelta = timedelta(minutes=15)
    therapist_notice: timedelta = timedelta(minutes=5)
    therapist_no_show: timedelta = timedelta(minutes=15)
    reconnect_grace: timedelta = timedelta(seconds=120)
    technical_extra: timedelta = timedelta(minutes=10)
    wait_extension: timedelta = timedelta(minutes=5)
    answer_within: timedelta = timedelta(minutes=3)
    credit_minutes: float = 26
    excused_notice: timedelta = timedelta(hours=24)
    review_after_misses: int = 2
    reengage_after_misses: int = 3
    solo_streak_limit: int = 2
    own: tuple[OwnClause, ...] = ()


DEFAULT_POLICY = Policy()
