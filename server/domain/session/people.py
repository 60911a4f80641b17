"""Handlers of what people do: connect, arrive, declare, drop, leave."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.attendance import Action, Kind, PartnerState
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.plan import SEATS
from server.domain.session.refusals import Refusal
from server.domain.session.state import HOSTS, THERAPIST, Session, seat_of
from server.domain.session.views import Link, Place

LATE_LIMIT = timedelta(hours=2)
OUTAGE_LEASE = timedelta(minutes=10)  # an outage that lasts longer is reported again; who reported it may be gone


def plan_session(log: Log, command: c.PlanSession) -> Refusal | None:
    log.add(e.Planned(command.plan))
    return None


def set_consent(log: Log, command: c.SetConsent) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    known = plan.partners.get(command.who)
    if known is None:
        return no.UNKNOWN_PARTICIPANT
    if known.solo_consent != command.solo_consent:
        log.add(e.ConsentSet(command.who, command.solo_consent))
    return None


def invite_to_group(log: Log, command: c.InviteToGroup) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    if plan.kind is not Kind.GROUP:
        return no.NOT_A_GROUP
    if command.key not in SEATS:
        return no.UNKNOWN_PARTICIPANT
    known = plan.partners.get(command.key)
    if known is None:
        log.add(e.InvitedToGroup(command.key, command.invitee))
        return None
    return None if known.name == command.invitee.name else no.SEAT_TAKEN


def connect(log: Log, command: c.Connect) -> Refusal | None:
    if command.who in HOSTS and command.who != log.session.host:
        return no.NOT_HOSTING
    who = seat_of(command.who)
    seat = log.session.seats.get(who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if seat.place is Place.REMOVED:
        return no.REMOVED
    if command.epoch <= seat.epoch:
        return no.STALE
    log.add(e.Connected(who, command.epoch))
    return None


def arrive(log: Log, command: c.Arrive) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None or command.who == THERAPIST:
        return no.UNKNOWN_PARTICIPANT
    if seat.place is Place.REMOVED:
        return no.REMOVED
    if command.who not in log.session.partners and command.who not in log.session.helpers:
        return no.OVER
    if not seat.connected:
        return no.NOT_CONNECTED
    if seat.shares is not None:
        log.add(e.SharingEnded(command.who))
    elif not seat.present:
        log.add(e.Arrived(command.who))
    return None


def report_link(log: Log, command: c.ReportLink) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if command.epoch != seat.epoch:
        return no.STALE
    if command.link not in (Link.OK, Link.RECONNECTING) or not seat.connected:
        return no.NOT_CONNECTED
    if seat.link is not command.link:
        log.add(e.LinkChanged(command.who, command.link))
    return None


def drop(log: Log, command: c.Drop) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if command.epoch != seat.epoch:
        return no.STALE
    if seat.connected and seat.shares is None:
        since = max([command.since, *(o.until for o in log.session.outages if o.until is not None)])
        log.add(e.Dropped(command.who, _not_after(since, log.now, seat.since)))
    return None


def _not_after(since: datetime, now: datetime, earliest: datetime | None) -> datetime:
    """Dated to the last sign of life, or the last instant in which nobody could see; never before they came."""
    return min(now, max(since, earliest or since))


def leave(log: Log, command: c.Leave) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if command.who == THERAPIST:
        if seat.connected:
            log.add(e.Dropped(THERAPIST, log.now))
        return None
    if seat.arrived_at is None:
        return no.NOT_CONNECTED
    if seat.state is not PartnerState.LEFT:
        log.add(e.Left(command.who))
    return None


def report_check(log: Log, command: c.ReportCheck) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if seat.check != command.check:
        log.add(e.Checked(command.who, command.check))
    return None


def set_devices(log: Log, command: c.SetDevices) -> Refusal | None:
    seat = log.session.seats.get(command.who)
    if seat is None:
        return no.UNKNOWN_PARTICIPANT
    if (seat.microphone, seat.camera) != (command.microphone, command.camera):
        log.add(e.DevicesSet(command.who, command.microphone, command.camera))
    return None


def _absent_partner(session: Session, who: str) -> Refusal | None:
    if who not in session.invited:
        return no.UNKNOWN_PARTICIPANT
    seat = session.seats[who]
    if seat.place is Place.REMOVED:
        return no.REMOVED
    return no.HERE_ALREADY if seat.present else None


def run_late(log: Log, command: c.RunLate) -> Refusal | None:
    refusal = _absent_partner(log.session, command.who)
    plan = log.session.plan
    assert plan is not None
    if refusal is None and command.until > max(log.now, plan.starts_at) + LATE_LIMIT:
        refusal = no.TOO_LATE
    if refusal is None:
        if log.session.seats[command.who].state is PartnerState.DECLARED_ABSENT:
            log.add(e.AbsenceWithdrawn(command.who))
        if log.session.seats[command.who].late_until != command.until:
            log.add(e.LateDeclared(command.who, command.until))
    return refusal


def declare_absence(log: Log, command: c.DeclareAbsence) -> Refusal | None:
    if command.who not in log.session.invited:
        return no.UNKNOWN_PARTICIPANT
    seat = log.session.seats[command.who]
    if seat.place in (Place.ROOM, Place.REMOVED, Place.HELD):
        return no.HERE_ALREADY
    if (seat.state, seat.reason) != (PartnerState.DECLARED_ABSENT, command.reason):
        log.add(e.AbsenceDeclared(command.who, command.reason))
        if seat.place is Place.WAITING:
            log.add(e.Moved(command.who, Place.OUTSIDE))
    return None


def withdraw_absence(log: Log, command: c.WithdrawAbsence) -> Refusal | None:
    if command.who not in log.session.invited:
        return no.UNKNOWN_PARTICIPANT
    if log.session.seats[command.who].state is not PartnerState.DECLARED_ABSENT:
        return no.NOT_DECLARED
    log.add(e.AbsenceWithdrawn(command.who))
    return None


def confirm_coming(log: Log, command: c.ConfirmComing) -> Refusal | None:
    refusal = _absent_partner(log.session, command.who)
    if refusal is None:
        seat = log.session.seats[command.who]
        if seat.state is PartnerState.DECLARED_ABSENT:
            log.add(e.AbsenceWithdrawn(command.who))
        if seat.confirmed_at is None or seat.late_until is not None:
            log.add(e.ComingConfirmed(command.who))
    return refusal


def ask_for_time(log: Log, command: c.AskForTime) -> Refusal | None:
    if command.who not in log.session.invited:
        return no.UNKNOWN_PARTICIPANT
    seat = log.session.seats[command.who]
    if not seat.present:
        return no.NOT_WAITING
    if not seat.asked_for_time:
        log.add(e.TimeAsked(command.who))
    return None


def tell_whereabouts(log: Log, command: c.TellWhereabouts) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    log.add(e.WhereaboutsTold(command.who))
    return None


def answer_merge(log: Log, command: c.AnswerMerge) -> Refusal | None:
    question = log.session.question
    if question is None or question.id != command.question or question.who != command.who or question.agreed:
        return no.QUESTION_GONE
    if command.yes:
        log.add(e.MergeAgreed())
    else:
        assert log.session.card is not None
        log.add(e.CardAnswered(log.session.card.id, Action.KEEP_SOLO, "partner"))
    return None


def record_outage(log: Log, command: c.RecordOutage) -> Refusal | None:
    if command.until is not None and command.until <= command.since:
        return no.EMPTY_OUTAGE
    known = {outage.since: outage for outage in log.session.outages}.get(command.since)
    lasts = known is not None and known.until is None
    if known is None or (lasts and command.until is not None):
        log.add(e.OutageRecorded(command.since, command.until, command.cut))
    return None


def give_up_outages(log: Log) -> None:
    """Nobody says any more that Dyad cannot see: whoever did was lost. That time still counts against nobody."""
    while not log.session.over and (since := log.session.paused_since) is not None and log.now >= since + OUTAGE_LEASE:
        log.add(e.OutageRecorded(since, log.now, cut=False))
