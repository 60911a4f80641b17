"""After every command the policy looks at the facts, and the session takes the stance it decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from server.domain.attendance import (
    Action,
    Decision,
    FollowUp,
    Kind,
    Outcome,
    PartnerState,
    Policy,
    decide,
    elapsed,
    facts_json,
    reached,
    settled_before,
)
from server.domain.session import events as e
from server.domain.session.evolve import has_begun
from server.domain.session.log import Log
from server.domain.session.reminding import remind
from server.domain.session.state import Session
from server.domain.session.views import Place, Status

MAX_TURNS = 8  # a stance may open the way to the next (start, then continue); more turns than this is a fault


def settle(log: Log) -> None:
    """Decide until the stance stands. Raises nothing; ends with the session settled at `log.now`."""
    for _ in range(MAX_TURNS):
        if log.session.plan is None or log.session.over:
            return
        before = len(log.events)
        decision = _decide(log)
        _note_default(log, decision)
        _TAKE[decision.action](log, decision)
        if all(isinstance(event, e.Decided) for event in log.events[before:]):
            break  # a stance is no fact: the policy would say the same once more
    remind(log)


def _decide(log: Log) -> Decision:
    facts = log.facts()
    decision = decide(facts, log.policy)
    answered = facts.asked is not None and facts.asked.answer is not None
    if decision.action is Action.ASK and answered:
        # The answer was to another question. The new one gets its own time: nobody has seen it yet.
        return decide(replace(facts, asked=None), log.policy)
    return decision


def _note(log: Log, decision: Decision) -> None:
    session, stance = log.session, log.session.stance
    said = (decision.action, decision.clause, decision.wait_until, decision.policy)
    known = None if stance is None else (stance.action, stance.clause, stance.wait_until, session.decided_under)
    # The first decision once it has begun is written down in any case: it binds the session to its policy.
    if said != known or (session.began_under is None and has_begun(session, log.now)):
        facts = json.dumps(facts_json(log.facts()), separators=(",", ":"))
        log.add(
            e.Decided(decision.action, decision.clause, decision.because, decision.wait_until, decision.policy, facts)
        )


def _note_default(log: Log, decision: Decision) -> None:
    """A card's time is up: its default is the answer, and the log says that nobody gave it."""
    card = log.session.card
    if card is None or card.answer is not None or decision.action in (Action.ASK, Action.WAIT, Action.HOLD):
        return
    if decision.action is card.default and decision.clause == card.clause and log.now >= card.answer_by:
        log.add(e.CardAnswered(card.id, card.default, "policy"))


def _withdraw(log: Log) -> None:
    if log.session.card is not None:
        log.add(e.CardWithdrawn(log.session.card.id))


def _stand(log: Log, decision: Decision) -> None:
    """`continue` and `hold`: no question is open."""
    if decision.action is not Action.HOLD:
        _withdraw(log)
    _note(log, decision)
    if decision.clause == "G1":
        _mark_missing(log, decision)


def _mark_missing(log: Log, decision: Decision) -> None:
    """G1: from no_show_after on, members who are not there have an outcome; who comes after all, has none any more."""
    session, missing = log.session, decision.outcomes
    if elapsed(log.facts()) < log.policy.no_show_after:
        return
    changed = {k: missing.get(k) for k in session.partners if missing.get(k) is not session.outcomes.get(k)}
    if changed:
        log.add(e.OutcomesSet(changed))
    fresh = tuple(follow for follow in decision.follow_ups if follow not in session.follow_ups)
    if fresh:
        log.add(e.FollowUpsSet(fresh))


def missing_due(session: Session, policy: Policy) -> datetime | None:
    """When a group's missing members get their outcome, while somebody is missing who has none."""
    plan = session.plan
    if plan is None or session.over or plan.kind is not Kind.GROUP:
        return None
    if session.stance is None or session.stance.clause != "G1":
        return None
    came = (PartnerState.PRESENT, PartnerState.LEFT, PartnerState.DROPPED)
    if all(seat.state in came or key in session.outcomes for key, seat in session.partners.items()):
        return None
    return reached(plan.starts_at, session.outages, plan.starts_at, policy.no_show_after)


def _wait(log: Log, decision: Decision) -> None:
    card = log.session.card
    # Whoever said "wait" is waited for, also where the question would be another one by now.
    waiting_as_answered = (
        card is not None
        and card.answer is Action.WAIT
        and card.answered_at is not None
        and decision.wait_until == card.answered_at + log.policy.wait_extension
    )
    if not waiting_as_answered:
        _withdraw(log)
    _note(log, decision)


def _start(log: Log, decision: Decision) -> None:
    _withdraw(log)
    _note(log, decision)
    assert log.session.plan is not None
    places = [log.session.seats[key].place for key in decision.attending]
    group = log.session.plan.kind is Kind.GROUP
    admitted = any(p is Place.ROOM for p in places) if group else all(p is Place.ROOM for p in places)
    if places and admitted:
        log.add(e.Started())


def _ask(log: Log, decision: Decision) -> None:
    card, asked = log.session.card, decision.card
    assert asked is not None
    same = (
        card is not None
        and card.answer is None
        and (card.clause, card.options, card.recommended, card.default, card.answer_by)
        == (decision.clause, asked.options, asked.recommended, asked.default, asked.answer_by)
    )
    _note(log, decision)
    if not same:
        log.add(
            e.CardRaised(
                log.fresh_id("c"),
                decision.clause,
                decision.because,
                asked.options,
                asked.recommended,
                asked.default,
                asked.answer_by,
            )
        )
    if FollowUp.OUTREACH_CALL in decision.follow_ups and FollowUp.OUTREACH_CALL not in log.session.follow_ups:
        log.add(e.FollowUpsSet((FollowUp.OUTREACH_CALL,)))


def _proceed(log: Log, decision: Decision) -> None:
    _note(log, decision)
    here = [key for key, seat in log.session.partners.items() if seat.present and not seat.empty]
    # Before the planned start whoever left a meeting that began early still counts as attending: look who is here.
    attending = here[0] if len(here) == 1 else decision.attending[0]
    begins = log.session.seats[attending].present and log.session.therapist.connected
    if not begins or log.session.interpreter_missing:
        return _convert(log, decision, attending)
    log.add(e.SoloStarted(attending))
    log.add(e.OutcomesSet({**_earned(log, decision.outcomes)}))
    _follow_up(log, decision.follow_ups)


def _convert(log: Log, decision: Decision, attending: str) -> None:
    """Decided before they could be seen alone (a declared absence): the plan itself becomes individual."""
    log.add(e.Converted(attending))
    log.add(e.OutcomesSet({k: o for k, o in _earned(log, decision.outcomes).items() if k != attending}))
    _follow_up(log, decision.follow_ups)


def _reschedule(log: Log, decision: Decision) -> None:
    _note(log, decision)
    host_missing = Outcome.PROVIDER_CANCELLED in decision.outcomes.values()
    closing = "host_cancelled" if host_missing else "new_times_follow"
    conclude(log, Status.RESCHEDULED, closing, _earned(log, decision.outcomes), decision.follow_ups)


def _end(log: Log, decision: Decision) -> None:
    _note(log, decision)
    conclude(log, Status.ENDED, "ended", _earned(log, decision.outcomes), decision.follow_ups)


def _earned(log: Log, outcomes: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """Nobody is a no-show before their time is up, unless the therapist decided (the safe direction)."""
    session = log.session
    assert session.plan is not None
    asked = next((event for event in reversed(log.events) if isinstance(event, e.CardAnswered)), None)
    answered = session.card is not None and session.card.answer is not None
    by_therapist = asked.by == "therapist" if asked is not None else answered
    early = elapsed(log.facts()) < log.policy.no_show_after
    if by_therapist or not early:
        return dict(outcomes)
    return {key: outcome for key, outcome in outcomes.items() if outcome is not Outcome.NO_SHOW}


def conclude(
    log: Log,
    status: Status,
    closing: str,
    outcomes: Mapping[str, Outcome],
    follow_ups: tuple[FollowUp, ...],
) -> None:
    """The meeting's fate is settled (F1): outcomes, follow-ups, and new times where they are due."""
    session, facts = log.session, log.facts()
    kept = settled_before(facts, session.attending, session.outcomes) if status is Status.ENDED else frozenset()
    settled: dict[str, Outcome | None] = {key: outcome for key, outcome in outcomes.items() if key not in kept}
    if settled:
        log.add(e.OutcomesSet(settled))
    log.add(e.Concluded(status, closing))
    _follow_up(log, follow_ups)


def _follow_up(log: Log, follow_ups: tuple[FollowUp, ...]) -> None:
    if follow_ups:
        log.add(e.FollowUpsSet(follow_ups))
    assert log.session.plan is not None
    wanted = {FollowUp.RESCHEDULE_JOINT_SESSION, FollowUp.RESCHEDULE_SESSION} & set(follow_ups)
    # A couple that is kept apart is never offered one room again by a machine: a person plans what follows.
    if wanted and log.session.rescheduling is None and not log.session.plan.keep_apart:
        log.add(e.TimesSought(1))


def _merge(log: Log, decision: Decision) -> None:
    question, card = log.session.question, log.session.card
    assert card is not None
    if question is None:
        _note(log, decision)
        assert log.session.attending is not None
        log.add(e.MergeAsked(log.fresh_id("q"), log.session.attending, log.now + log.policy.answer_within))
    elif question.agreed and log.session.unsettled:
        return  # said meanwhile
    elif question.agreed:
        late = [key for key, seat in log.session.partners.items() if seat.place is Place.HELD]
        for key in late:
            log.add(e.Moved(key, Place.ROOM))
        log.add(e.OutcomesSet(dict.fromkeys(log.session.partners)))
        log.add(e.Started())
    elif log.now >= question.answer_by:
        log.add(e.CardAnswered(card.id, Action.KEEP_SOLO, "policy"))


def _keep_solo(log: Log, decision: Decision) -> None:
    _note(log, decision)
    for key, seat in log.session.partners.items():
        if seat.place is Place.HELD and not seat.turned_away:
            log.add(e.TurnedAway(key))


_TAKE = {
    Action.CONTINUE: _stand,
    Action.HOLD: _stand,
    Action.WAIT: _wait,
    Action.START: _start,
    Action.ASK: _ask,
    Action.PROCEED: _proceed,
    Action.RESCHEDULE: _reschedule,
    Action.END: _end,
    Action.MERGE: _merge,
    Action.KEEP_SOLO: _keep_solo,
}
