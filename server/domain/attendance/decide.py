"""`decide()`: facts in, a decision out. Total and pure (server/POLICY.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.attendance.clauses import above, group, individual
from server.domain.attendance.joint import joint
from server.domain.attendance.model import (
    DEFAULT_POLICY,
    Action,
    Asked,
    Card,
    Decision,
    Facts,
    Kind,
    Notice,
    Outcome,
    PartnerState,
    Policy,
)
from server.domain.attendance.outcomes import absence_outcome, follow_ups_for, outcomes_for
from server.domain.attendance.ruling import Case, Ruling
from server.domain.attendance.times import starts_at_plus, under_way

LONG_BEFORE = timedelta(hours=12)


def decide(facts: Facts, policy: Policy = DEFAULT_POLICY) -> Decision:
    """The first clause whose condition holds decides. Always returns; a wait and a card end after `facts.now`."""
    case = Case(facts, policy)
    ruling = above(case)
    if ruling is None:
        if case.joint:
            ruling = joint(case)
        elif facts.session.kind is Kind.INDIVIDUAL:
            ruling = individual(case)
        else:
            ruling = group(case)
    if ruling.action is not Action.ASK:
        return _settled(case, ruling, ruling.action, ruling.wait_until)
    return _asked(case, ruling)


def _asked(case: Case, ruling: Ruling) -> Decision:
    """A2: what has become of the card so far."""
    asked, now = case.facts.asked, case.now
    if asked is None:
        return _card(case, ruling, _answer_by(case))
    if asked.answer is Action.WAIT and Action.WAIT in ruling.options:
        until = (asked.answered_at or asked.at) + case.policy.wait_extension
        if now < until:
            return _settled(case, ruling, Action.WAIT, until)
        return _card(case, ruling, _answer_by(case))
    if asked.answer is not None and asked.answer in ruling.options:
        return _settled(case, ruling, asked.answer, None)
    return _unanswered(case, ruling, asked)


def _unanswered(case: Case, ruling: Ruling, asked: Asked) -> Decision:
    if case.now < asked.answer_by:
        return _card(case, ruling, asked.answer_by)
    if asked.answer is not None:  # an answer that this question doesn't offer: ask again rather than guess
        return _card(case, ruling, _answer_by(case))
    assert ruling.default is not None
    return _settled(case, ruling, ruling.default, None)


def _answer_by(case: Case) -> datetime:
    facts, policy = case.facts, case.policy
    soon = case.now + policy.answer_within
    if case.before_start and not under_way(facts):
        latest = facts.session.starts_at + policy.card_after
        return min(latest, max(facts.session.starts_at - LONG_BEFORE, soon))
    if case.joint and not under_way(facts) and case.elapsed < policy.no_show_after:
        return starts_at_plus(facts, policy.no_show_after)
    return soon


def _card(case: Case, ruling: Ruling, answer_by: datetime) -> Decision:
    assert ruling.recommended is not None
    assert ruling.default is not None
    card = Card(ruling.options, ruling.recommended, ruling.default, answer_by)
    return _decision(case, ruling, Action.ASK, card=card)


def _settled(case: Case, ruling: Ruling, action: Action, wait_until: datetime | None) -> Decision:
    return _decision(case, ruling, action, wait_until=wait_until)


def _decision(
    case: Case, ruling: Ruling, action: Action, *, wait_until: datetime | None = None, card: Card | None = None
) -> Decision:
    facts, policy = case.facts, case.policy
    outcomes: dict[str, Outcome] = {}
    follow_ups = ruling.follow_ups
    if action in (Action.PROCEED, Action.RESCHEDULE, Action.END):
        if ruling.host_missing:
            outcomes = dict.fromkeys(facts.partners, Outcome.PROVIDER_CANCELLED)
        else:
            outcomes = outcomes_for(facts, action, policy)
        more = follow_ups_for(facts, action, outcomes, policy)
        follow_ups = tuple(sorted({*follow_ups, *more})) if follow_ups else more
    elif ruling.clause == "G1" and case.elapsed >= policy.no_show_after:
        outcomes = _group_outcomes(case)
        follow_ups = follow_ups_for(facts, action, outcomes, policy)
    return Decision(
        action=action,
        clause=ruling.clause,
        because=ruling.why,
        attending=case.attending,
        absent=case.absent,
        wait_until=wait_until,
        card=card,
        converted_kind=Kind.INDIVIDUAL if action is Action.PROCEED else None,
        outcomes=outcomes,
        follow_ups=follow_ups,
        notify=_notices(case, ruling, action),
        policy=policy.name,
    )


def _group_outcomes(case: Case) -> dict[str, Outcome]:
    settled = (PartnerState.PRESENT, PartnerState.LEFT, PartnerState.DROPPED)
    return {
        key: absence_outcome(case.facts, partner, case.policy)
        for key, partner in case.partners.items()
        if partner.state not in settled
    }


_WORDS = {
    Action.WAIT: "please_wait",
    Action.RESCHEDULE: "new_times_follow",
    Action.END: "session_ended",
    Action.START: "session_starts",
}


def _notices(case: Case, ruling: Ruling, action: Action) -> tuple[Notice, ...]:
    """F5: neutral words to those who are here, separately; none about anybody else."""
    what = _WORDS.get(action)
    if what is None or not ruling.tell:
        return ()
    return tuple(Notice(key, what) for key in case.present)
