"""What each person may see of a session: the disclosure gate of the live pages.

A view is a pure function of the session, the viewer and `now`. A partner's view holds nothing of the other
partner unless both are in the same room; a waiting or held person's view changes with nobody's state but their own
and the therapist's. Instants are aware datetimes; the page shows them in `you.zone`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Place(StrEnum):
    """`OUTSIDE`: page open at most. `WAITING`: arrived, not admitted. `HELD`: the private hold of S1."""

    OUTSIDE = "outside"
    WAITING = "waiting"
    HELD = "held"
    ROOM = "room"
    REMOVED = "removed"


class Status(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    SOLO = "solo"
    ENDED = "ended"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


class Link(StrEnum):
    """Quality of a person's connection, as the server sees it."""

    NONE = "none"
    OK = "ok"
    RECONNECTING = "reconnecting"
    LOST = "lost"


class MomentKind(StrEnum):
    DUE = "due"  # the session's planned start
    ARRIVED = "arrived"  # you arrived
    NOW_READY = "now_ready"  # the therapist will let you in
    NOW_EARLY = "now_early"  # before the start
    NOW_WAITING = "now_waiting"  # we wait a little longer
    NOW_HOST_AWAITED = "now_host_awaited"  # the therapist is not here yet
    NOW_HOST_BACK_SOON = "now_host_back_soon"  # the therapist lost the connection
    NOW_PAUSED = "now_paused"  # Dyad could not see for a while; clocks are stopped
    NOW_HELD = "now_held"  # the therapist knows you are here
    NOW_BACK_SOON = "now_back_soon"  # in the room, a short wait for a connection
    DECIDES = "decides"  # the therapist decides how to go on
    KNOWN = "known"  # at the latest, you'll know


class MomentState(StrEnum):
    DONE = "done"
    NOW = "now"
    NEXT = "next"


@dataclass(frozen=True, slots=True)
class Moment:
    at: datetime
    kind: MomentKind
    state: MomentState


@dataclass(frozen=True, slots=True)
class You:
    key: str
    name: str
    role: str  # "therapist" | "partner" | "interpreter" | "captioner" | "support"
    zone: str


@dataclass(frozen=True, slots=True)
class SessionCard:
    """The plan, as everyone invited may know it."""

    kind: str
    starts_at: datetime
    minutes: int
    extended: int  # minutes beyond the planned ones, by the therapist
    status: Status
    clinic_name: str
    clinic_phone: str


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the same room as the viewer (never the viewer)."""

    key: str
    name: str
    role: str
    link: Link
    microphone: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class Host:
    """The therapist, as a partner may know them."""

    name: str
    state: str  # "present" | "expected" | "dropped"


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a partner: may the other person join now? Answered by `answer_merge`."""

    id: str
    kind: str  # "merge"
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class AsideView:
    """The therapist speaks with one partner alone since then. `yours`: with you; else you wait, and hear nobody."""

    since: datetime
    yours: bool


@dataclass(frozen=True, slots=True)
class PartnerView:
    you: You
    session: SessionCard
    host: Host
    place: Place
    link: Link
    microphone: bool
    camera: bool
    arrived_at: datetime | None
    declared: str | None  # the reason you gave, when you said that you can't come
    late_until: datetime | None
    told_where_at: datetime | None  # when you told where you are; what you told comes back to nobody but the host
    # "open" (not yet asked nor said) | "asked" (the therapist asks now whether you are alone and safe) | "answered";
    # never what the answer was: the page may be in other hands
    safety: str
    asked_for_time: bool
    can_ask_for_time: bool
    moments: tuple[Moment, ...]
    # one device for two: "no" | "claimed" (you said that you're both here) | "confirmed" (you said that you're at the
    # other device) | "host" (two are counted here) | "guest" (you are counted at the other device) | "office" (you are
    # counted in the therapist's office)
    sharing: str
    question: Question | None
    aside: AsideView | None
    people: tuple[Person, ...]
    # after the end: "ended" | "new_times_follow" | "cancelled" | "host_cancelled" | "not_held" (to who came to help) |
    # None while it lasts
    closing: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A person's device check: each "ok" | "failed" | "skipped"."""

    camera: str
    microphone: str  # or "silent": it works, and nothing was heard through it so far
    speaker: str
    connection: str  # or "relay": it stands, but over the relay alone


class Evidence(StrEnum):
    """What speaks for somebody sitting at a device, from the strongest to none."""

    ATTESTED = "attested"  # the therapist said that they see them
    PICTURE = "picture"
    SOUND = "sound"  # no picture: the camera is off
    CONNECTION = "connection"  # neither: only the connection stands
    UNKNOWN = "unknown"  # nothing has come for a while
    EMPTY = "empty"  # the therapist said that nobody is there
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HelperRow:
    """An interpreter, captioner or support person on the therapist's screen."""

    key: str
    name: str
    role: str
    zone: str
    needed: bool  # without whom nobody is seen alone (J13)
    place: Place
    state: str  # PartnerState of the policy
    since: datetime | None
    link: Link


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner on the therapist's screen."""

    key: str
    name: str
    zone: str
    place: Place
    state: str  # PartnerState of the policy
    since: datetime | None
    link: Link
    microphone: bool
    camera: bool
    check: Check | None
    reason: str | None
    late_until: datetime | None
    confirmed_at: datetime | None  # when they last said beforehand that they will be there
    told_where_at: datetime | None
    left_quickly: bool
    help_at: datetime | None  # asked for help without a word, and not yet seen
    safety_asked: bool  # is being asked whether they are alone and safe
    safe: bool | None  # their last word on it
    unsettled: bool  # it was a no, which keeps them from being put together with the other
    asked_for_time: bool
    nudges: int
    claims_both: bool  # says that the other partner is at this device
    confirms_shared: bool  # says to be at the other partner's device
    shares: str | None  # the key of the person whose connection carries this one
    evidence: Evidence
    minutes: int  # attended so far
    solo_consent: bool
    outcome: str | None


class OptionWhy(StrEnum):
    """The reason shown under an option of a card."""

    PROCEED_POSSIBLE = "proceed_possible"  # agreed to be seen alone, and approved
    PROCEED_DROP_JOINT_WORK = "proceed_drop_joint_work"  # possible, with a focus that is not joint work
    WAIT_A_LITTLE = "wait_a_little"
    WAIT_RUNNING_LATE = "wait_running_late"  # the absent partner said they are late
    WAIT_TIME_ASKED = "wait_time_asked"  # somebody asked for more time
    WAIT_INTERPRETER = "wait_interpreter"  # the interpreter is not here yet
    WAIT_TROUBLE = "wait_trouble"  # technical trouble: they tried
    RESCHEDULE_BOTH_NEEDED = "reschedule_both_needed"  # joint work needs both
    RESCHEDULE_SOLO_NOT_OPEN = "reschedule_solo_not_open"  # being seen alone is not agreed or not approved
    RESCHEDULE_NO_INTERPRETER = "reschedule_no_interpreter"  # nobody is seen alone without the interpreter
    RESCHEDULE_SOON = "reschedule_soon"
    END_HERE = "end_here"
    MERGE_ASKS_FIRST = "merge_asks_first"  # the attending partner is asked in private first
    KEEP_SOLO_PRIVATE = "keep_solo_private"


@dataclass(frozen=True, slots=True)
class Option:
    action: str  # Action of the policy
    why: OptionWhy


@dataclass(frozen=True, slots=True)
class CardView:
    id: str
    clause: str
    because: str
    policy: str
    absent: tuple[str, ...]  # names
    attending: tuple[str, ...]
    options: tuple[Option, ...]
    recommended: str
    default: str
    raised_at: datetime
    answer_by: datetime
    pending: str | None  # "merge" while the attending partner's yes is awaited
    focus_needed: bool  # J7: `proceed` obliges to pick a focus that is not joint work


@dataclass(frozen=True, slots=True)
class Why:
    """One decision of the service: when, what, which clause, and the sentence."""

    at: datetime
    action: str
    clause: str
    because: str


@dataclass(frozen=True, slots=True)
class ProposedTime:
    starts_at: datetime
    accepted_by: tuple[str, ...]  # names


@dataclass(frozen=True, slots=True)
class WishedTime:
    """A part of a weekday (Monday is 0) that would suit somebody, on their own clock."""

    name: str
    weekday: int
    part: str  # "morning" | "afternoon" | "evening"


@dataclass(frozen=True, slots=True)
class RescheduleView:
    status: str  # "searching" | "proposed" | "booked" | "nothing_found" | "nothing_suits" | "expired"
    times: tuple[ProposedTime, ...]
    answered: tuple[str, ...]  # names
    booked_at: datetime | None  # start of the new booking
    wished: tuple[WishedTime, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """When the therapist said so, and why; `reason` may be empty."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TherapistView:
    you: You
    session: SessionCard
    id: str
    focus: tuple[str, ...]
    attendance: str  # the class in force
    override: str | None  # the therapist's own, where they set one
    started_at: datetime | None
    solo_started_at: datetime | None
    co_present_minutes: float
    partners: tuple[PartnerRow, ...]
    helpers: tuple[HelperRow, ...]
    aside: str | None  # the partner who is spoken with alone
    people: tuple[Person, ...]
    ready: bool  # everyone expected is here: "Admit" starts the session
    approval: str  # SoloApproval
    assessed: AssessmentView | None  # given in this session; without it, carried from an earlier one or not given
    card: CardView | None
    stance: Why | None
    wait_until: datetime | None
    history: tuple[Why, ...]
    follow_ups: tuple[str, ...]
    rescheduling: RescheduleView | None
    policy: str
