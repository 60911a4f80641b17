"""`decide()`: facts in, a decision out. Total and pure (server/POLICY.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

from server.domain.attendance.case import Case
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
from server.domain.attendance.outcomes import SETTLING, absence_outcome, follow_ups_for, outcomes_for
from server.domain.attendance.own import families
from server.domain.attendance.rows import Row
from server.domain.attendance.tables import FAMILIES
from server.domain.attendance.times import starts_at_plus, under_way

LONG_BEFORE = timedelta(hours=12)

# By name in the module: see `case`.
_ASK, _WAIT, _PROCEED = Action.ASK, Action.WAIT, Action.PROCEED
_INDIVIDUAL = Kind.INDIVIDUAL


def decide(facts: Facts, policy: Policy = DEFAULT_POLICY) -> Decision:
    """The first clause whose condition holds decides. Always returns. A wait ends after `facts.now`.

    So does a card, but for one on which an answer stands that it does not offer: that one keeps its `answer_by` (A2).
    """
    case = Case(facts, policy)
    row = ruling(case)
    if row.action is _ASK:
        return _asked(case, row)
    return _decision(case, row, row.action, wait_until=None if row.until is None else row.until(case))


def ruling(case: Case) -> Row:
    """The line of the policy that rules this case."""
    own = case.policy.own
    for family in families(own) if own else FAMILIES:
        if family.guard(case):
            for row in family.rows:
                if row.when(case):
                    return row
    raise AssertionError("the last family rules every case")


def _asked(case: Case, row: Row) -> Decision:
    """A2: what has become of the card so far."""
    asked = case.facts.asked
    if asked is None:
        return _card(case, row, _answer_by(case))
    if asked.answer is not None and asked.answer in row.options:
        return _answered(case, row, asked, asked.answer)
    if asked.answer is None and case.now >= asked.answer_by:
        assert row.default is not None
        return _decision(case, row, row.default)
    return _card(case, row, asked.answer_by)


def _answered(case: Case, row: Row, asked: Asked, answer: Action) -> Decision:
    if answer is not _WAIT:
        return _decision(case, row, answer)
    until = (asked.answered_at or asked.at) + case.policy.wait_extension
    if case.now < until:
        return _decision(case, row, answer, wait_until=until)
    return _card(case, row, _answer_by(case))


def _answer_by(case: Case) -> datetime:
    facts, policy = case.facts, case.policy
    soon = case.now + policy.answer_within
    if case.before_start and not under_way(facts):
        latest = facts.session.starts_at + policy.card_after
        return min(latest, max(facts.session.starts_at - LONG_BEFORE, soon))
    if case.joint and not under_way(facts) and case.elapsed < policy.no_show_after:
        return starts_at_plus(facts, policy.no_show_after)
    return soon


def _card(case: Case, row: Row, answer_by: datetime) -> Decision:
    assert row.recommended is not None
    assert row.default is not None
    card = Card(row.options, row.recommended, row.default, answer_by)
    return _decision(case, row, _ASK, card=card)


def _decision(
    case: Case, row: Row, action: Action, *, wait_until: datetime | None = None, card: Card | None = None
) -> Decision:
    facts, policy = case.facts, case.policy
    outcomes: dict[str, Outcome] = {}
    follow_ups = row.follow_ups
    if action in SETTLING:
        if row.host_missing:
            outcomes = dict.fromkeys(facts.partners, Outcome.PROVIDER_CANCELLED)
        else:
            outcomes = outcomes_for(facts, action, policy)
        more = follow_ups_for(facts, action, outcomes, policy)
        follow_ups = tuple(sorted({*follow_ups, *more})) if follow_ups else more
    elif row.clause == "G1" and case.elapsed >= policy.no_show_after:
        outcomes = _group_outcomes(case)
        follow_ups = follow_ups_for(facts, action, outcomes, policy)
    return Decision(
        action=action,
        clause=row.clause,
        because=row.why if isinstance(row.why, str) else row.why(case),
        attending=case.attending,
        absent=case.absent,
        wait_until=wait_until,
        card=card,
        converted_kind=_INDIVIDUAL if action is _PROCEED else None,
        outcomes=outcomes,
        follow_ups=follow_ups,
        notify=_notices(case, row, action),
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


def _notices(case: Case, row: Row, action: Action) -> tuple[Notice, ...]:
    """F5: neutral words to those who are here, separately; none about anybody else."""
    what = _WORDS.get(action)
    if what is None or not row.tell:
        return ()
    return tuple([Notice(key, what) for key in case.present])
