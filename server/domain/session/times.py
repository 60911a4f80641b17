"""Handlers of when a session is held: another time, proposed times, private answers, the booking."""

from __future__ import annotations

from server.domain.attendance import Kind
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.effects import MAX_ROUNDS, MAX_WISHED_ROUNDS
from server.domain.session.evolve import has_begun
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal

UNPLACED = ("nothing_found", "nothing_suits", "expired")  # how a search ended without a booking


def change_time(log: Log, command: c.ChangeTime) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    if plan.kind is Kind.GROUP:
        return no.GROUP_FIXED
    if has_begun(log.session, log.now):
        return no.UNDER_WAY
    if command.starts_at <= log.now:
        return no.TIME_PAST
    if command.starts_at != plan.starts_at:
        if log.session.card is not None:
            log.add(e.CardWithdrawn(log.session.card.id))
        log.add(e.TimeChanged(command.starts_at, plan.starts_at))
    return None


def propose_times(log: Log, command: c.ProposeTimes) -> Refusal | None:
    plan = log.session.rescheduling
    if plan is None or plan.status != "searching" or not command.starts or command.expires_at <= log.now:
        return no.NO_SEARCH
    log.add(e.TimesProposed(command.starts, command.expires_at))
    return None


def report_no_times(log: Log, command: c.ReportNoTimes) -> Refusal | None:
    plan = log.session.rescheduling
    if plan is None or plan.status != "searching":
        return no.NO_SEARCH
    log.add(e.ProposalClosed("nothing_found" if plan.round == 1 else "nothing_suits"))
    return None


def answer_times(log: Log, command: c.AnswerTimes) -> Refusal | None:
    plan = log.session.rescheduling
    if plan is None or plan.status != "proposed" or plan.agreed is not None or command.who in plan.answers:
        return no.NO_PROPOSAL
    if command.who not in log.session.invited:
        return no.UNKNOWN_PARTICIPANT
    if any(index not in range(len(plan.starts)) for index in command.accept):
        return no.NOT_A_TIME
    if command.accept and command.wishes:
        return no.TIME_OR_WISH
    log.add(e.TimesAnswered(command.who, tuple(sorted(command.accept)), tuple(sorted(command.wishes))))
    _agree(log)
    return None


def _agree(log: Log) -> None:
    plan = log.session.rescheduling
    assert plan is not None
    answers = [plan.answers.get(key) for key in log.session.invited]
    # One "nothing suits" settles it: the other partner need not be waited for.
    if any(answer is not None and not answer for answer in answers):
        return _another_round(log)
    if None in answers:
        return None
    common = frozenset(range(len(plan.starts))).intersection(*(a for a in answers if a is not None))
    if not common:
        return _another_round(log)
    log.add(e.TimeAgreed(min(common)))
    return None


def _another_round(log: Log) -> None:
    plan = log.session.rescheduling
    assert plan is not None
    if plan.round < (MAX_WISHED_ROUNDS if plan.wishes else MAX_ROUNDS):
        log.add(e.TimesSought(plan.round + 1))
    else:
        log.add(e.ProposalClosed("nothing_suits"))


def report_booked(log: Log, command: c.ReportBooked) -> Refusal | None:
    plan = log.session.rescheduling
    found_later = plan is not None and plan.status in UNPLACED  # a slot that became free
    if plan is None or (plan.agreed is None and not found_later) or plan.status == "booked":
        return no.NO_PROPOSAL
    log.add(e.Rebooked(command.appointment, command.starts_at))
    return None


def report_time_taken(log: Log, command: c.ReportTimeTaken) -> Refusal | None:
    plan = log.session.rescheduling
    if plan is None or plan.agreed is None or plan.status == "booked":
        return no.NO_PROPOSAL
    _another_round(log)
    return None


def expire(log: Log) -> None:
    """Times that nobody took in time are given back."""
    plan = log.session.rescheduling
    if plan is not None and plan.expires_at is not None and log.now >= plan.expires_at:
        log.add(e.ProposalClosed("expired"))
