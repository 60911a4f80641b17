"""How each event changes a session. Total over events; never refuses: the log is the truth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from server.domain.attendance import Kind, Outage, PartnerState
from server.domain.session import events as e
from server.domain.session.minutes import noted
from server.domain.session.state import (
    HISTORY,
    THERAPIST,
    Assessment,
    MergeQuestion,
    OpenCard,
    Rescheduling,
    Seat,
    Session,
    Stance,
)
from server.domain.session.views import Check, Link, Place, Status


def evolve(session: Session, event: e.Event, at: datetime) -> Session:
    """The session after `event`. Total over events; never refuses: the log is the truth."""
    after = _mirrored(_apply(session, event, at))
    # Who fell silent was there until the last sign of life.
    ended = event.since if isinstance(event, e.Dropped | e.OutageRecorded) else at
    return replace(after, seq=session.seq + 1, at=at, presence=noted(session.presence, _inside(after), at, ended))


def _mirrored(session: Session) -> Session:
    """Who shares a device is where that device is, and lost when its connection is."""
    for key, seat in session.seats.items():
        if seat.shares is None:
            continue
        host = session.seats[seat.shares]
        if host.place is Place.REMOVED:
            gone = PartnerState.DROPPED
            session = session.seat(key, shares=None, state=gone, since=host.since, link=Link.NONE, place=Place.OUTSIDE)
        else:
            state = PartnerState.PRESENT if host.present else PartnerState.DROPPED
            session = session.seat(key, state=state, since=host.since, link=host.link, place=host.place)
    return session


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
        case e.ApprovalGiven(approval, reason):
            return replace(s, approval=approval, assessed=Assessment(approval, at, reason))
        case e.ApprovalCarried(approval):
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
        case e.OutcomeCorrected(who, outcome):
            others = {key: kept for key, kept in s.outcomes.items() if key != who}
            return replace(s, outcomes=MappingProxyType(others if outcome is None else {**others, who: outcome}))
        case e.StreaksSet(who, misses, solo):
            assert s.plan is not None
            known = replace(s.plan.partners[who], consecutive_misses=misses, consecutive_solo=solo)
            return replace(s, plan=replace(s.plan, partners={**s.plan.partners, who: known}))
        case e.FollowUpsSet(follow_ups):
            return replace(s, follow_ups=tuple(sorted({*s.follow_ups, *follow_ups})))
    for part in (_apply_person, _apply_sharing, _apply_decision, _apply_meeting, _apply_times):
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


def _apply_sharing(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.SharingClaimed(who):
            return s.seat(who, claims_both=True)
        case e.SharingConfirmed(who):
            return s.seat(who, confirms_shared=True)
        case e.SharingDenied():
            for key in s.partners:
                s = s.seat(key, claims_both=False, confirms_shared=False)
            return s
        case e.Shared(who, host):
            s = s.seat(host, claims_both=False, confirms_shared=False)
            arrived_at = s.seats[who].arrived_at or at
            s = s.seat(who, shares=host, claims_both=False, confirms_shared=False, arrived_at=arrived_at)
            return s.seat(who, reason=None, declared_at=None, late_until=None, turned_away=False)
        case e.SharingEnded(who):
            return s.seat(who, shares=None, link=Link.OK)
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
        return s.seat(who, place=place, state=PartnerState.LEFT, since=at, link=Link.NONE, shares=None)
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
