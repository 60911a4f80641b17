"""Handlers of what only the therapist may learn: a quick exit, a silent sign, and whether somebody is alone and safe.

Nothing here changes what anybody else is shown, nor the attendance policy's facts, but for that who left has left.
"""

from __future__ import annotations

from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import people
from server.domain.session import refusals as no
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal


def leave_quickly(log: Log, command: c.LeaveQuickly) -> Refusal | None:
    if command.who not in log.session.partners and command.who not in log.session.helpers:
        return no.UNKNOWN_PARTICIPANT
    seat = log.session.seats[command.who]
    if seat.arrived_at is not None and not seat.left_quickly:
        log.add(e.LeftQuickly(command.who))
    return people.leave(log, c.Leave(command.who))


def ask_for_help(log: Log, command: c.AskForHelp) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    if log.session.seats[command.who].help_at is None:
        log.add(e.HelpAsked(command.who))
    return None


def hear_help(log: Log, command: c.HearHelp) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    if log.session.seats[command.who].help_at is not None:
        log.add(e.HelpHeard(command.who))
    return None


def ask_safety(log: Log, command: c.AskSafety) -> Refusal | None:
    session = log.session
    if command.who not in session.partners:
        return no.UNKNOWN_PARTICIPANT
    seat = session.seats[command.who]
    if not seat.connected:
        return no.NOT_CONNECTED
    if seat.shares is not None or any(other.shares == command.who for other in session.seats.values()):
        return no.ONE_DEVICE
    if not seat.safety_asked:
        log.add(e.SafetyAsked(command.who))
    return None


def answer_safety(log: Log, command: c.AnswerSafety) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    seat = log.session.seats[command.who]
    if seat.safety_asked or seat.safe is not command.safe or seat.unsettled is command.safe:
        log.add(e.SafetyAnswered(command.who, command.safe))
    return None


def settle_safety(log: Log, command: c.SettleSafety) -> Refusal | None:
    if command.who not in log.session.partners:
        return no.UNKNOWN_PARTICIPANT
    if log.session.seats[command.who].unsettled:
        log.add(e.SafetySettled(command.who))
    return None
