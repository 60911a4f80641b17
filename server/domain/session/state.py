"""The state of one session, and how each event changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
from server.domain.session import events as e
from server.domain.session.minutes import Presence, length, noted, shared
from server.domain.session.plan import Invitee, Plan
from server.domain.session.views import Check, Link, Place, Status

HISTORY = 50  # decisions kept in memory for the console; the log keeps all


@dataclass(frozen=True, slots=True)
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
    asked_for_time: bool = False
    microphone: bool = True
    camera: bool = True
    check: Check | None = None
    nudges: int = 0
    turned_away: bool = False

    @property
    def connected(self) -> bool:
        return self.link in (Link.OK, Link.RECONNECTING)

    @property
    def present(self) -> bool:
        return self.state is PartnerState.PRESENT


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
class MergeQuestion:
    id: str
    who: str
    answer_by: datetime
    agreed: bool = False


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


THERAPIST = "therapist"


@dataclass(frozen=True, slots=True)
class Session:
    """Immutable; `seq` counts the events it is made of and `at` is the instant of the last."""

    id: str
    plan: Plan | None = None
    seq: int = 0
    at: datetime | None = None
    status: Status = Status.PLANNED
    invitees: Mapping[str, Invitee] = field(default_factory=dict)  # as planned, whatever the session became
    seats: Mapping[str, Seat] = field(default_factory=dict)
    started_at: datetime | None = None
    solo_started_at: datetime | None = None
    attending: str | None = None  # who is being seen alone, while they are
    rooms: int = 1
    approval: SoloApproval = SoloApproval.NONE
    card: OpenCard | None = None
    question: MergeQuestion | None = None
    stance: Stance | None = None
    history: tuple[Stance, ...] = ()
    decided_under: str | None = None  # the policy of the last decision
    began_under: str | None = None  # the policy that it keeps, once somebody has come or its time has come
    outages: tuple[Outage, ...] = ()
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    follow_ups: tuple[FollowUp, ...] = ()
    closing: str | None = None
    substitute_sought: bool = False
    presence: Presence = field(default_factory=dict)  # in the room, while it is under way
    rescheduling: Rescheduling | None = None

    @property
    def over(self) -> bool:
        return self.status in (Status.ENDED, Status.RESCHEDULED, Status.CANCELLED)

    @property
    def partners(self) -> dict[str, Seat]:
        """Those the meeting is for now."""
        return {key: self.seats[key] for key in self.plan.partners} if self.plan else {}

    @property
    def invited(self) -> tuple[str, ...]:
        """Everyone the session was planned for but the therapist, whatever it became."""
        return tuple(key for key in self.seats if key != THERAPIST)

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
        if self.plan.kind is Kind.GROUP:
            return length(span for key in self.partners for span in shared(self.presence, (key, THERAPIST), now))
        needed = self.partners if self.attending is None else (self.attending,)
        return length(shared(self.presence, (*needed, THERAPIST), now))

    def attended(self, key: str, now: datetime) -> timedelta:
        """A partner's time in the room with the therapist so far, whoever else was there."""
        return length(shared(self.presence, (key, THERAPIST), now))

    def seat(self, key: str, **changes: object) -> Session:
        return replace(self, seats=MappingProxyType({**self.seats, key: replace(self.seats[key], **changes)}))  # type: ignore[arg-type]


def evolve(session: Session, event: e.Event, at: datetime) -> Session:
    """The session after `event`. Total over events; never refuses: the log is the truth."""
    after = _apply(session, event, at)
    # Who fell silent was there until the last sign of life.
    ended = event.since if isinstance(event, e.Dropped | e.OutageRecorded) else at
    return replace(after, seq=session.seq + 1, at=at, presence=noted(session.presence, _inside(after), at, ended))


def _inside(session: Session) -> list[str]:
    """Who is in the room of a meeting that is under way."""
    if session.plan is None or session.over or (session.started_at is None and session.solo_started_at is None):
        return []
    inside = [key for key, seat in session.partners.items() if seat.present and seat.place is Place.ROOM]
    return [*inside, THERAPIST] if session.therapist.connected else inside


def _apply(s: Session, event: e.Event, at: datetime) -> Session:
    match event:
        case e.Planned(plan):
            seats = {THERAPIST: Seat()} | {key: Seat() for key in plan.partners}
            return replace(
                s,
                plan=plan,
                approval=plan.approval,
                invitees=MappingProxyType({THERAPIST: plan.therapist, **plan.partners}),
                seats=MappingProxyType(seats),
            )
        case e.Concluded(status, closing):
            return replace(s, status=status, closing=closing, card=None, question=None)
        case e.OutageRecorded(since, until):
            return _after_outage(replace(s, outages=(*s.outages, Outage(since, until))), until)
        case e.ApprovalGiven(approval):
            return replace(s, approval=approval)
        case e.FocusChanged(focus):
            assert s.plan is not None
            return replace(s, plan=replace(s.plan, focus=focus))
        case e.AttendanceSet(attendance):
            assert s.plan is not None
            return replace(s, plan=replace(s.plan, attendance=attendance))
        case e.SubstituteSought():
            return replace(s, substitute_sought=True)
        case e.OutcomesSet(outcomes):
            merged = {**s.outcomes, **outcomes}
            return replace(s, outcomes=MappingProxyType({k: v for k, v in merged.items() if v is not None}))
        case e.FollowUpsSet(follow_ups):
            return replace(s, follow_ups=tuple(sorted({*s.follow_ups, *follow_ups})))
    for part in (_apply_person, _apply_decision, _apply_meeting, _apply_times):
        after = part(s, event, at)
        if after is not None:
            return after
    raise AssertionError(f"no effect is defined for {type(event).__name__}")


def _after_outage(s: Session, until: datetime) -> Session:
    for key, seat in s.seats.items():
        if seat.link is not Link.NONE:
            s = s.seat(key, link=Link.LOST)
        if seat.present:
            s = s.seat(key, state=PartnerState.DROPPED, since=until)
        elif seat.state is PartnerState.DROPPED and seat.since is not None:
            s = s.seat(key, since=max(seat.since, until))
    return s


def _apply_person(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Connected(who, epoch):
            return _connected(s, who, epoch, at)
        case e.Arrived(who):
            seat = s.seats[who]
            outer = Place.WAITING if s.attending in (None, who) else Place.HELD
            return s.seat(
                who,
                place=outer if seat.place is Place.OUTSIDE else seat.place,
                state=PartnerState.PRESENT,
                since=at,
                arrived_at=seat.arrived_at or at,
                reason=None,
                declared_at=None,
                late_until=None,
            )
        case e.LinkChanged(who, link):
            return s.seat(who, link=link)
        case e.Dropped(who, since):
            return _dropped(s, who, since)
        case e.Left(who):
            return s.seat(
                who, state=PartnerState.LEFT, since=at, link=Link.NONE, place=Place.OUTSIDE, turned_away=False
            )
        case e.Checked(who, check):
            return _checked(s, who, check, at)
        case e.DevicesSet(who, microphone, camera):
            return s.seat(who, microphone=microphone, camera=camera)
        case e.LateDeclared(who, until):
            return s.seat(who, late_until=until)
        case e.AbsenceDeclared(who, reason):
            return s.seat(
                who, state=PartnerState.DECLARED_ABSENT, since=at, reason=reason, declared_at=at, late_until=None
            )
        case e.AbsenceWithdrawn(who):
            return s.seat(who, state=PartnerState.EXPECTED, since=None, reason=None, declared_at=None)
        case e.TimeAsked(who):
            return s.seat(who, asked_for_time=True)
        case e.Moved(who, place):
            return _moved(s, who, place, at)
        case e.Nudged(who, number):
            return s.seat(who, nudges=number)
        case e.TurnedAway(who):
            return s.seat(who, turned_away=True)
    return None


def _connected(s: Session, who: str, epoch: int, at: datetime) -> Session:
    seat = s.seats[who]
    s = s.seat(who, link=Link.OK, epoch=epoch)
    if who == THERAPIST:
        return s.seat(
            who, since=seat.since if seat.connected else at, arrived_at=seat.arrived_at or at, place=Place.ROOM
        )
    if seat.state is PartnerState.DROPPED:
        return s.seat(who, state=PartnerState.PRESENT, since=at)
    return s


def _dropped(s: Session, who: str, since: datetime) -> Session:
    seat = s.seats[who]
    if who == THERAPIST:
        return s.seat(who, link=Link.LOST, since=since)
    if seat.state is PartnerState.PRESENT:
        return s.seat(who, link=Link.LOST, state=PartnerState.DROPPED, since=since)
    return s.seat(who, link=Link.NONE)


def _checked(s: Session, who: str, check: Check, at: datetime) -> Session:
    seat = s.seats[who]
    tried = "failed" in (check.camera, check.microphone, check.connection)
    if tried and seat.state is PartnerState.EXPECTED:
        return s.seat(who, check=check, state=PartnerState.ATTEMPTED, since=at)
    if not tried and seat.state is PartnerState.ATTEMPTED:
        return s.seat(who, check=check, state=PartnerState.EXPECTED, since=None)
    return s.seat(who, check=check)


def _moved(s: Session, who: str, place: Place, at: datetime) -> Session:
    if place is Place.REMOVED:
        return s.seat(who, place=place, state=PartnerState.LEFT, since=at, link=Link.NONE)
    return s.seat(who, place=place, turned_away=False)


def _apply_decision(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Decided(action, clause, because, wait_until, policy):
            stance = Stance(at, action, clause, because, wait_until)
            began = s.began_under or (policy if has_begun(s, at) else None)
            history = (*s.history[-HISTORY + 1 :], stance)
            return replace(s, stance=stance, history=history, decided_under=policy, began_under=began)
        case e.CardRaised(id, clause, because, options, recommended, default, answer_by):
            card = OpenCard(id, clause, because, options, recommended, default, at, answer_by)
            return replace(s, card=card, question=None)
        case e.CardAnswered(_, option, _):
            assert s.card is not None
            return replace(s, card=replace(s.card, answer=option, answered_at=at), question=None)
        case e.CardWithdrawn():
            return replace(s, card=None, question=None)
        case e.MergeAsked(id, who, answer_by):
            return replace(s, question=MergeQuestion(id, who, answer_by))
        case e.MergeAgreed():
            assert s.question is not None
            return replace(s, question=replace(s.question, agreed=True))
    return None


def has_begun(s: Session, at: datetime) -> bool:
    """Whether its planned time has come, or somebody it is for."""
    assert s.plan is not None
    return at >= s.plan.starts_at or any(seat.arrived_at is not None for seat in s.partners.values())


def _apply_meeting(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Started():
            return replace(
                s,
                status=Status.UNDER_WAY,
                started_at=s.started_at or at,
                solo_started_at=None,
                attending=None,
                card=None,
                question=None,
            )
        case e.SoloStarted(attending):
            s = replace(
                s,
                status=Status.SOLO,
                solo_started_at=at,
                attending=attending,
                rooms=s.rooms + 1,
                card=None,
                question=None,
            )
            for key, seat in s.partners.items():
                if key != attending and seat.place in (Place.ROOM, Place.WAITING):
                    s = s.seat(key, place=Place.HELD)
            return s.seat(attending, place=Place.ROOM)
        case e.Converted(attending):
            assert s.plan is not None
            plan = replace(s.plan, kind=Kind.INDIVIDUAL, partners={attending: s.plan.partners[attending]})
            return replace(s, plan=plan, rooms=s.rooms + 1, card=None, question=None)
    return None


def _apply_times(s: Session, event: e.Event, at: datetime) -> Session | None:
    if isinstance(event, e.TimesSought):
        known = s.rescheduling.excluded + s.rescheduling.starts if s.rescheduling else ()
        return replace(s, rescheduling=Rescheduling("searching", event.round, excluded=known))
    if s.rescheduling is None:
        return None
    plan = s.rescheduling
    match event:
        case e.TimesProposed(starts, expires_at):
            plan = replace(plan, status="proposed", starts=starts, expires_at=expires_at, answers={})
        case e.TimesAnswered(who, accept):
            plan = replace(plan, answers={**plan.answers, who: frozenset(accept)})
        case e.TimeAgreed(index):
            plan = replace(plan, agreed=index, expires_at=None)
        case e.Rebooked(appointment, starts_at):
            plan = replace(plan, status="booked", appointment=appointment, booked_at=starts_at, expires_at=None)
        case e.ProposalClosed(why):
            plan = replace(plan, status=why, expires_at=None)
        case _:
            return None
    return replace(s, rescheduling=plan)
