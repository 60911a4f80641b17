"""The state of one session; `evolve` says how each event changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from server.domain.attendance import (
    Action,
    FollowUp,
    Kind,
    Outage,
    Outcome,
    PartnerState,
    Reason,
    SoloApproval,
    TherapistState,
)
from server.domain.replacing import replace
from server.domain.schedule import Wish
from server.domain.session.minutes import Presence, length, shared
from server.domain.session.plan import Invitee, Plan, role_of
from server.domain.session.review import Review
from server.domain.session.views import Check, Link, Place, Status

HISTORY = 50  # decisions kept in memory for the console; the log keeps all

# By name in the module, as in the policy's `case`: every decision asks for these a dozen times.
_OVER = (Status.ENDED, Status.RESCHEDULED, Status.CANCELLED)
_LINKED = (Link.OK, Link.RECONNECTING)
_PRESENT, _ROOM = PartnerState.PRESENT, Place.ROOM
_GROUP = Kind.GROUP


@dataclass(frozen=True)  # without slots: see `replacing`
class Seat:
    """A person's place in the session, keyed by who they are and never by a connection."""

    place: Place = Place.OUTSIDE
    state: PartnerState = PartnerState.EXPECTED
    since: datetime | None = None
    link: Link = Link.NONE
    epoch: int = 0
    arrived_at: datetime | None = None
    reason: Reason | None = None
    declared_at: datetime | None = None
    late_until: datetime | None = None
    confirmed_at: datetime | None = None  # when they last said beforehand that they will be there
    told_where_at: datetime | None = None
    asked_for_time: bool = False
    left_quickly: bool = False
    help_at: datetime | None = None  # when they asked for help without a word; None once the therapist has seen it
    safety_asked: bool = False  # the therapist asks whether they are alone and safe
    safe: bool | None = None  # their last word on it
    unsettled: bool = False  # it was a no, and the therapist has not said that it is settled
    microphone: bool = True
    camera: bool = True
    check: Check | None = None
    nudges: int = 0
    turned_away: bool = False
    claims_both: bool = False  # says that the other partner is at this device
    confirms_shared: bool = False  # says to be at the other partner's device
    shares: str | None = None  # whose connection carries this person
    seen: bool | None = None  # the therapist's word on whether somebody sits there; None: not asked about
    seen_at: datetime | None = None

    @property
    def connected(self) -> bool:
        return self.link in _LINKED

    @property
    def present(self) -> bool:
        return self.state is _PRESENT

    @property
    def empty(self) -> bool:
        """Connected, and yet the therapist sees nobody there."""
        return self.present and self.seen is False


@dataclass(frozen=True, slots=True)
class OpenCard:
    id: str
    clause: str
    because: str
    options: tuple[Action, ...]
    recommended: Action
    default: Action
    raised_at: datetime
    answer_by: datetime
    answer: Action | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stance:
    at: datetime
    action: Action
    clause: str
    because: str
    wait_until: datetime | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The therapist's word on seeing one partner alone, given in this session."""

    approval: SoloApproval
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Correction:
    """An outcome set right afterwards, with what stood there until then."""

    who: str
    before: Outcome | None
    after: Outcome | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MergeQuestion:
    id: str
    who: str
    answer_by: datetime
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """Whom the therapist speaks with alone, and since when."""

    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Rescheduling:
    status: str  # as in RescheduleView
    round: int
    starts: tuple[datetime, ...] = ()
    expires_at: datetime | None = None
    answers: Mapping[str, frozenset[int]] = field(default_factory=dict)
    excluded: tuple[datetime, ...] = ()
    agreed: int | None = None
    appointment: str | None = None
    booked_at: datetime | None = None
    wishes: Mapping[str, tuple[Wish, ...]] = field(default_factory=dict)  # what each said last, through all rounds


THERAPIST = "therapist"  # the host's seat, whoever holds the session
SUBSTITUTE = "substitute"
HOSTS = (THERAPIST, SUBSTITUTE)


def seat_of(participant: str) -> str:
    """Where who has this link sits: both hosts in the one seat."""
    return THERAPIST if participant in HOSTS else participant


@dataclass(frozen=True)
class Session:
    """Immutable; `seq` counts the events it is made of and `at` is the instant of the last."""

    id: str
    plan: Plan | None = None
    seq: int = 0
    at: datetime | None = None
    status: Status = Status.PLANNED
    invitees: Mapping[str, Invitee] = field(default_factory=dict)  # as planned, whatever the session became
    seats: Mapping[str, Seat] = field(default_factory=dict)
    host: str = THERAPIST  # which of the hosts holds it
    started_at: datetime | None = None
    solo_started_at: datetime | None = None
    attending: str | None = None  # who is being seen alone, while they are
    rooms: int = 1
    aside: Aside | None = None
    extended: int = 0  # minutes beyond the planned length
    approval: SoloApproval = SoloApproval.NONE
    assessed: Assessment | None = None
    card: OpenCard | None = None
    question: MergeQuestion | None = None
    stance: Stance | None = None
    history: tuple[Stance, ...] = ()
    decided_under: str | None = None  # the policy of the last decision
    began_under: str | None = None  # the policy that it keeps, once somebody has come or its time has come
    outages: tuple[Outage, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    reviews: tuple[Review, ...] = ()
    closing: str | None = None
    substitute_sought: bool = False
    presence: Presence = field(default_factory=dict)  # in the room, while it is under way
    rescheduling: Rescheduling | None = None

    @property
    def over(self) -> bool:
        return self.status in _OVER

    @property
    def paused_since(self) -> datetime | None:
        """Since when Dyad cannot see, while that lasts (A1)."""
        return next((outage.since for outage in self.outages if outage.until is None), None)

    @property
    def ends_at(self) -> datetime | None:
        """When the session is to end; it goes on until somebody ends it."""
        return None if self.plan is None else self.plan.starts_at + timedelta(minutes=self.plan.minutes + self.extended)

    def apart(self, who: str) -> bool:
        """In the room, but away from the therapist while they speak with somebody alone."""
        if self.aside is None or who in (THERAPIST, self.aside.who):
            return False
        return not (self.plan is not None and self.plan.needs_interpreter and role_of(who) == "interpreter")

    @property
    def partners(self) -> dict[str, Seat]:
        """Those the meeting is for now."""
        return {key: self.seats[key] for key in self.plan.partners} if self.plan else {}

    @property
    def invited(self) -> tuple[str, ...]:
        """The partners the session was planned for, whatever it became."""
        return tuple(key for key in self.seats if role_of(key) == "partner")

    @property
    def helpers(self) -> dict[str, Seat]:
        """Interpreter, captioner, support person."""
        return {key: self.seats[key] for key in self.plan.helpers} if self.plan else {}

    @property
    def interpreter_missing(self) -> bool:
        """The session needs an interpreter, and none is here."""
        here = any(role_of(key) == "interpreter" and seat.present for key, seat in self.helpers.items())
        return self.plan is not None and self.plan.needs_interpreter and not here

    @property
    def therapist(self) -> Seat:
        return self.seats[THERAPIST]

    @property
    def therapist_state(self) -> TherapistState:
        seat = self.therapist
        if seat.connected:
            return TherapistState.PRESENT
        return TherapistState.DROPPED if seat.arrived_at is not None else TherapistState.EXPECTED

    def co_present(self, now: datetime) -> timedelta:
        """Time in the room together so far: everyone the meeting is for (of a group, anyone) and the therapist."""
        if self.plan is None:
            return timedelta(0)
        if self.plan.kind is _GROUP:
            return length(span for key in self.partners for span in shared(self.presence, (key, THERAPIST), now))
        needed = self.partners if self.attending is None else (self.attending,)
        return length(shared(self.presence, (*needed, THERAPIST), now))

    def attended(self, key: str, now: datetime) -> timedelta:
        """A partner's time in the room with the therapist so far, whoever else was there."""
        return length(shared(self.presence, (key, THERAPIST), now))

    def may_meet(self, who: str) -> bool:
        """Whether this partner may be in the room: no couple that is kept apart ever is together."""
        others = any(seat.place is _ROOM for key, seat in self.partners.items() if key != who)
        return self.plan is not None and not (self.plan.keep_apart and others)

    @property
    def unsettled(self) -> bool:
        """Whether a partner's no to being alone and safe is not settled yet: nobody is put together until it is."""
        return any(seat.unsettled for seat in self.partners.values())

    def unsafe_with(self, who: str) -> bool:
        """Whether letting this partner in would put somebody who is not safe in a room with another partner."""
        inside = [seat for key, seat in self.partners.items() if key != who and seat.place is _ROOM]
        return bool(inside) and any(seat.unsettled for seat in (self.seats[who], *inside))

    def seat(self, key: str, **changes: object) -> Session:
        return replace(self, seats=MappingProxyType({**self.seats, key: replace(self.seats[key], **changes)}))  # type: ignore[arg-type]
