"""Handlers of what is set right afterwards, and of what earlier sessions left behind."""

from __future__ import annotations

from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session import refusals as no
from server.domain.session.hosting import MAX_REASON
from server.domain.session.log import Log
from server.domain.session.refusals import Refusal


def correct_outcome(log: Log, command: c.CorrectOutcome) -> Refusal | None:
    session = log.session
    if command.who not in session.invited:
        return no.UNKNOWN_PARTICIPANT
    if not 1 <= len(command.reason.strip()) <= MAX_REASON:
        return no.REASON_NEEDED
    if session.outcomes.get(command.who) is not command.outcome:
        log.add(e.OutcomeCorrected(command.who, command.outcome, command.reason.strip()))
    return None


def set_streaks(log: Log, command: c.SetStreaks) -> Refusal | None:
    plan = log.session.plan
    assert plan is not None
    if command.who not in plan.partners:
        return no.UNKNOWN_PARTICIPANT
    if log.session.began_under is not None:
        return no.UNDER_WAY
    partner = plan.partners[command.who]
    if (partner.consecutive_misses, partner.consecutive_solo) != (command.misses, command.solo):
        log.add(e.StreaksSet(command.who, command.misses, command.solo))
    return None
