"""Handlers of what the therapist does: admit, hold, remove, answer, approve, end."""

from __future__ import annotations

from datetime import timedelta

from server.domain.attendance import (
    JOINT_WORK,
    Action,
    Kind,
    Outcome,
    SoloApproval,
    follow_ups_for,
    group_outcomes_for,
    outcomes_for,
)
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal
from server.domain.session.settle import conclude
from server.domain.session.state import SUBSTITUTE, THERAPIST
from server.domain.session.views import Place, Status

MAX_FOCUSES = 5
MAX_REASON = 200  # characters


def _device_of(log: Log, who: str) -> str:
    """Whose connection carries `who`: letting one of two at a device in, or back, is letting in the device."""
    seat = log.session.seats.get(who)
    return who if seat is None or seat.shares is None else seat.shares


def _partner_place(log: Log, who: str) -> Place | None:
    return None if who == THERAPIST or who not in log.session.seats else log.session.seats[who].place


def admit(log: Log, command: c.Admit) -> Refusal | None:
    session = log.session
    place = _partner_place(log, command.who)
    if place is None:
        return no.UNKNOWN_PARTICIPANT
    if not session.therapist.connected:
        return no.NEEDS_THERAPIST
    helper = command.who in session.helpers
    if session.attending not in (None, command.who) and not helper:
        return no.SOLO_UNDER_WAY
    if place is Place.ROOM:
        return None
    if place not in (Place.WAITING, Place.HELD) or not session.seats[command.who].present:
        return no.NOT_WAITING
    if not helper and not session.may_meet(command.who):
        return no.KEPT_APART
    if not helper and session.unsafe_with(command.who):
        return no.NOT_SAFE
    log.add(e.Moved(_device_of(log, command.who), Place.ROOM))
    return None


def attest_presence(log: Log, command: c.AttestPresence) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    seat = log.session.seats[command.who]
    if seat.place is not Place.ROOM or not seat.present:
        return no.NOT_IN_ROOM
    if not command.here and seat.shares is not None:
        log.add(e.Left(command.who))  # the device is not theirs: who went away from it has gone
        return None
    if not command.here and any(other.shares == command.who for other in log.session.seats.values()):
        return no.TWO_AT_DEVICE
    if seat.seen is not command.here:
        log.add(e.PresenceAttested(command.who, command.here))
    return None


def take_over(log: Log, command: c.TakeOver) -> Refusal | None:
    """A session has one host: who finds it held by somebody present is told so."""
    session = log.session
    assert session.plan is not None
    known = command.who == THERAPIST or (command.who == SUBSTITUTE and session.plan.substitute is not None)
    if not known:
        return no.UNKNOWN_PARTICIPANT
    if command.who == session.host:
        return None
    if session.therapist.connected:
        return no.HOST_HERE
    log.add(e.HostChanged(command.who))
    return None


def admit_all(log: Log, command: c.AdmitAll) -> Refusal | None:
    people = log.session.partners | log.session.helpers
    waiting = [key for key, seat in people.items() if seat.present and seat.place is Place.WAITING]
    if not waiting:
        return no.NOT_WAITING
    for who in waiting:
        refusal = admit(log, c.Admit(who))
        if refusal is not None:
            return refusal
    return None


def send_back(log: Log, command: c.SendBack) -> Refusal | None:
    place = _partner_place(log, command.who)
    if place is None:
        return no.UNKNOWN_PARTICIPANT
    if place is not Place.ROOM:
        return no.NOT_IN_ROOM
    if log.session.seats[command.who].shares == THERAPIST:
        return no.IN_OFFICE
    log.add(e.Moved(_device_of(log, command.who), Place.WAITING))
    return None


def remove(log: Log, command: c.Remove) -> Refusal | None:
    place = _partner_place(log, command.who)
    if place is None:
        return no.UNKNOWN_PARTICIPANT
    if place is not Place.REMOVED:
        log.add(e.Moved(command.who, Place.REMOVED))
    return None


def answer_card(log: Log, command: c.AnswerCard) -> Refusal | None:
    card, plan = log.session.card, log.session.plan
    assert plan is not None
    if card is None or card.id != command.card or card.answer is not None:
        return no.CARD_GONE
    if command.option not in card.options:
        return no.NOT_AN_OPTION
    if command.option is Action.PROCEED and not JOINT_WORK.isdisjoint(plan.focus):
        if command.focus is None:
            return no.FOCUS_NEEDED
        if command.focus in JOINT_WORK:
            return no.NOT_AN_OPTION
    if command.option is Action.MERGE and log.session.unsettled:
        return no.NOT_SAFE
    log.add(e.CardAnswered(card.id, command.option, "therapist"))
    if command.option is Action.PROCEED and command.focus is not None:
        log.add(e.FocusChanged((command.focus,)))
    return None


def approve_solo(log: Log, command: c.ApproveSolo) -> Refusal | None:
    reason, known = command.reason.strip(), log.session.assessed
    if len(reason) > MAX_REASON:
        return no.REASON_TOO_LONG
    if known is None or (known.approval, known.reason) != (command.approval, reason):
        log.add(e.ApprovalGiven(command.approval, reason))
    return None


def carry_approval(log: Log, command: c.CarryApproval) -> Refusal | None:
    """What the therapist says in this session comes before what they said in an earlier one."""
    session = log.session
    if session.began_under is not None:
        return no.UNDER_WAY
    wanted = SoloApproval.STANDING if command.standing else SoloApproval.NONE
    carries = session.assessed is None and session.approval in (SoloApproval.STANDING, SoloApproval.NONE)
    if carries and session.approval is not wanted:
        log.add(e.ApprovalCarried(wanted))
    return None


def set_terms(log: Log, command: c.SetTerms) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    if not command.focus or len(command.focus) > MAX_FOCUSES:
        return no.NO_FOCUS
    if plan.focus != command.focus:
        log.add(e.FocusChanged(command.focus))
    if plan.attendance is not command.attendance:
        log.add(e.AttendanceSet(command.attendance))
    return None


def end_session(log: Log, command: c.EndSession) -> Refusal | None:
    facts = log.facts()
    outcomes = _group_outcomes(log) if facts.session.kind is Kind.GROUP else outcomes_for(facts, Action.END, log.policy)
    conclude(log, Status.ENDED, "ended", outcomes, follow_ups_for(facts, Action.END, outcomes, log.policy))
    return None


def _group_outcomes(log: Log) -> dict[str, Outcome]:
    session = log.session
    attended = {key: session.attended(key, log.now) / timedelta(minutes=1) for key in session.partners}
    return group_outcomes_for(log.facts(), attended, log.policy)


def cancel(log: Log, command: c.Cancel) -> Refusal | None:
    log.add(e.Concluded(Status.CANCELLED, "cancelled"))
    return None
