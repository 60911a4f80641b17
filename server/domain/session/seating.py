"""How events change the seats of a session: who is connected, present, where, and by whose device."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from server.domain.attendance import PartnerState
from server.domain.replacing import replace
from server.domain.session import events as e
from server.domain.session.state import SUBSTITUTE, THERAPIST, Session
from server.domain.session.views import Check, Link, Place


def mirrored(session: Session) -> Session:
    """Who shares a device is where that device is, and lost when its connection is."""
    for key, seat in session.seats.items():
        if seat.shares is None:
            continue
        host = session.seats[seat.shares]
        if host.place is Place.REMOVED:
            gone = PartnerState.DROPPED
            session = session.seat(key, shares=None, state=gone, since=host.since, link=Link.NONE, place=Place.OUTSIDE)
        else:
            there = host.connected if seat.shares == THERAPIST else host.present
            state = PartnerState.PRESENT if there else PartnerState.DROPPED
            session = session.seat(key, state=state, since=host.since, link=host.link, place=host.place)
    return session


def apply_person(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Connected(who, epoch):
            return _connected(s, who, epoch, at)
        case e.Arrived(who):
            seat = s.seats[who]
            private = s.attending not in (None, who) and who not in s.helpers
            outer = Place.HELD if private else Place.WAITING
            return s.seat(
                who,
                place=outer if seat.place is Place.OUTSIDE else seat.place,
                state=PartnerState.PRESENT,
                since=at,
                arrived_at=seat.arrived_at or at,
                reason=None,
                declared_at=None,
                late_until=None,
                seen=None,
                left_quickly=False,
            )
        case e.LinkChanged(who, link):
            return s.seat(who, link=link, seen=_still(s, who))
        case e.Dropped(who, since):
            return _dropped(s, who, since)
        case e.Left(who):
            return _left(s, who, at)
        case e.Checked(who, check):
            return _checked(s, who, check, at)
        case e.DevicesSet(who, microphone, camera):
            return s.seat(who, microphone=microphone, camera=camera, seen=_still(s, who))
        case e.LateDeclared(who, until):
            return s.seat(who, late_until=until)
        case e.AbsenceDeclared(who, reason):
            return s.seat(
                who,
                state=PartnerState.DECLARED_ABSENT,
                since=at,
                reason=reason,
                declared_at=at,
                late_until=None,
                confirmed_at=None,
            )
        case e.AbsenceWithdrawn(who):
            return s.seat(who, state=PartnerState.EXPECTED, since=None, reason=None, declared_at=None)
        case e.ComingConfirmed(who):
            return s.seat(who, confirmed_at=at, late_until=None)
        case e.PresenceAttested(who, here):
            return s.seat(who, seen=here, seen_at=at)
        case e.WhereaboutsTold(who):
            return s.seat(who, told_where_at=at)
        case e.TimeAsked(who):
            return s.seat(who, asked_for_time=True)
        case e.Moved(who, place):
            return _moved(s, who, place, at)
        case e.Nudged(who, number):
            return s.seat(who, nudges=number)
        case e.TurnedAway(who):
            return s.seat(who, turned_away=True)
    return None


def apply_safety(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.LeftQuickly(who):
            return s.seat(who, left_quickly=True)
        case e.HelpAsked(who):
            return s.seat(who, help_at=at)
        case e.HelpHeard(who):
            return s.seat(who, help_at=None)
        case e.SafetyAsked(who):
            return s.seat(who, safety_asked=True)
        case e.SafetyAnswered(who, safe):
            return s.seat(who, safety_asked=False, safe=safe, unsettled=not safe)
        case e.SafetySettled(who):
            return s.seat(who, unsettled=False)
    return None


def apply_sharing(s: Session, event: e.Event, at: datetime) -> Session | None:
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
            # The therapist sees both there now: that a chair was empty before is past.
            s = s.seat(host, claims_both=False, confirms_shared=False, seen=s.seats[host].seen or None)
            arrived_at = s.seats[who].arrived_at or at
            s = s.seat(who, shares=host, claims_both=False, confirms_shared=False, seen=None, arrived_at=arrived_at)
            return s.seat(who, reason=None, declared_at=None, late_until=None, turned_away=False)
        case e.SharingEnded(who):
            return s.seat(who, shares=None, link=Link.OK)
        case e.HostChanged(host):
            return _handed_over(s, host)
    return None


def _handed_over(s: Session, host: str) -> Session:
    """The seat stays, with another person in it; who sat in the office of the one before does not come along."""
    assert s.plan is not None
    holds = s.plan.substitute if host == SUBSTITUTE and s.plan.substitute is not None else s.plan.therapist
    for key, seat in s.partners.items():
        if seat.shares == THERAPIST:
            s = s.seat(key, shares=None, state=PartnerState.DROPPED, link=Link.NONE, place=Place.OUTSIDE)
    return replace(s, host=host, invitees=MappingProxyType({**s.invitees, THERAPIST: holds}))


def _left(s: Session, who: str, at: datetime) -> Session:
    s = s.seat(who, state=PartnerState.LEFT, since=at, link=Link.NONE, place=Place.OUTSIDE)
    return s.seat(who, turned_away=False, shares=None, seen=None)


def _connected(s: Session, who: str, epoch: int, at: datetime) -> Session:
    seat = s.seats[who]
    s = s.seat(who, link=Link.OK, epoch=epoch)
    if who == THERAPIST:
        return s.seat(
            who, since=seat.since if seat.connected else at, arrived_at=seat.arrived_at or at, place=Place.ROOM
        )
    if seat.state is PartnerState.DROPPED:
        return s.seat(who, state=PartnerState.PRESENT, since=at, seen=None)
    return s


def _still(s: Session, who: str) -> bool | None:
    """That somebody was seen there says nothing once the picture has changed; an empty chair stays empty."""
    return None if s.seats[who].seen else s.seats[who].seen


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
