"""What must always hold of a session, whatever anybody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from server.domain.attendance import (
    DEFAULT_POLICY,
    Action,
    AttendanceClass,
    Kind,
    Outcome,
    Policy,
    SoloApproval,
    attendance_class,
)
from server.domain.session import commands as c
from server.domain.session import events as e
from server.domain.session.evolve import evolve
from server.domain.session.facts import facts_of
from server.domain.session.state import THERAPIST, Session
from server.domain.session.step import Outcome as StepOutcome
from server.domain.session.step import next_deadline
from server.domain.session.view import placement_of, view_of
from server.domain.session.views import PartnerView, Place, Status


@dataclass(frozen=True, slots=True)
class Step:
    before: Session
    command: c.Command
    now: datetime
    outcome: StepOutcome
    policy: Policy

    @property
    def after(self) -> Session:
        return self.outcome.session


def violations(step: Step, log: Sequence[tuple[Any, datetime]]) -> Iterator[str]:
    """A sentence for everything that should be so and is not. `log` is every event so far with its instant."""
    yield from _refusal_changes_nothing(step)
    if step.after.plan is None:
        return
    yield from _replay_is_equal(step, log)
    yield from _solo_needs_everyone_s_yes(step, log)
    yield from _nobody_here_is_absent(step)
    yield from _nothing_early(step)
    yield from _one_answer_per_card(step)
    yield from _rooms_are_private(step)
    yield from _aside_is_private(step)
    yield from _nobody_unsafe_is_joined(step)
    yield from _partners_learn_nothing(step)
    yield from _deadlines_end(step)
    yield from _over_is_over(step)
    yield from _minutes_are_intersections(step)


def _refusal_changes_nothing(step: Step) -> Iterator[str]:
    if step.outcome.refusal is not None and (step.outcome.events or step.after is not step.before):
        yield "a refusal changed something"


def _replay_is_equal(step: Step, log: Sequence[tuple[Any, datetime]]) -> Iterator[str]:
    replayed = step.before
    for event, at in log[len(log) - len(step.outcome.events) :] if step.outcome.events else ():
        replayed = evolve(replayed, event, at)
    if replayed != step.after:
        yield "the log does not give the state"
    if step.after.seq != len(log):
        yield "the log has a gap"


def _solo_needs_everyone_s_yes(step: Step, log: Sequence[tuple[Any, datetime]]) -> Iterator[str]:
    for event in step.outcome.events:
        if not isinstance(event, e.SoloStarted | e.Converted):
            continue
        plan, approval = step.before.plan, step.after.approval
        assert plan is not None
        if plan.kind is Kind.INTAKE:
            yield "an intake went on with one partner"
        if not all(invitee.solo_consent for invitee in plan.partners.values()):
            yield "solo without both consents"
        card = step.after.card or step.before.card  # answered now, or while Dyad could not see and acted on since
        on_card = card is not None and any(
            isinstance(x, e.CardAnswered) and x.by == "therapist" and x.id == card.id for x, _ in log
        )
        optional = attendance_class(facts_of(step.before, step.now).session) is AttendanceClass.OPTIONAL
        if not (on_card or optional or approval in (SoloApproval.STANDING, SoloApproval.GRANTED)):
            yield "solo without the therapist's approval"
        if isinstance(event, e.SoloStarted) and not step.after.therapist.connected:
            yield "solo without the therapist"
        if isinstance(event, e.SoloStarted) and step.after.interpreter_missing:
            yield "solo without the interpreter who is needed"


def _nobody_here_is_absent(step: Step) -> Iterator[str]:
    missed = (Outcome.NO_SHOW, Outcome.LATE_CANCEL, Outcome.EXCUSED)
    going = step.command.who if isinstance(step.command, c.Leave | c.Drop | c.Remove) else None
    for event in step.outcome.events:
        if isinstance(event, e.OutcomesSet):
            for key, outcome in event.outcomes.items():
                seat = step.before.seats[key]
                if key != going and outcome in missed and seat.present and seat.place is Place.ROOM and seat.connected:
                    yield f"{key} is admitted and connected, and was marked {outcome}"


def _nothing_early(step: Step) -> Iterator[str]:
    by_therapist = isinstance(step.command, c.AnswerCard | c.EndSession)
    plan = step.before.plan
    if plan is None or by_therapist:
        return
    earliest = plan.starts_at + step.policy.no_show_after
    for event in step.outcome.events:
        no_show = isinstance(event, e.OutcomesSet) and Outcome.NO_SHOW in event.outcomes.values()
        if no_show and max(step.now, step.before.at or step.now) < earliest and not _answered(step.before):
            yield "a no-show before its time"


def _answered(session: Session) -> bool:
    return session.card is not None and session.card.answer is not None


def _one_answer_per_card(step: Step) -> Iterator[str]:
    answers = [event for event in step.outcome.events if isinstance(event, e.CardAnswered)]
    card = step.before.card
    for answer in answers:
        if card is not None and card.id == answer.id and card.answer is not None and card.answer is not Action.MERGE:
            yield "a card was answered twice"


def _rooms_are_private(step: Step) -> Iterator[str]:
    session = step.after
    if session.over and placement_of(session):
        yield "media outlives the session"
    for key, room in placement_of(session).items():
        if key != THERAPIST and room is not None and session.seats[key].place is not Place.ROOM:
            yield f"{key} is not admitted, yet placed in a media room"
    together = sum(seat.place is Place.ROOM for seat in session.partners.values()) > 1
    if together and session.plan is not None and session.plan.keep_apart:
        yield "two who are kept apart share a room"
    if together and session.status is Status.SOLO:
        yield "two in a solo room"


def _aside_is_private(step: Step) -> Iterator[str]:
    """While somebody is spoken with alone, no other partner has a media room or a name in sight; and it has an end."""
    session = step.after
    if session.aside is None:
        return
    if session.status is not Status.UNDER_WAY or session.seats[session.aside.who].place is not Place.ROOM:
        yield "a side room outlives its reason"
    for key in session.partners:
        if key == session.aside.who:
            continue
        if placement_of(session).get(key) is not None:
            yield f"{key} hears what is said to another alone"
        view = view_of(session, key, step.now, DEFAULT_POLICY)
        if view.people:
            yield f"{key} sees somebody from outside a side room"


def _nobody_unsafe_is_joined(step: Step) -> Iterator[str]:
    """Whoever said no is put in a room with the other partner by nothing that happens, but at one device."""
    for event in step.outcome.events:
        if isinstance(event, e.Moved) and event.place is Place.ROOM and event.who in step.before.partners:
            there = [key for key, seat in step.after.partners.items() if seat.place is Place.ROOM and not seat.shares]
            entered = step.before.seats[event.who].place is not Place.ROOM
            if entered and len(there) > 1 and any(step.after.seats[key].unsettled for key in there):
                yield "somebody who is not safe was put in a room with the other"


def _partners_learn_nothing(step: Step) -> Iterator[str]:
    """Change everything of B that is B's alone: A, not in a room with B, must see the same."""
    from tests.simulation.walk import changed_partner

    session = step.after
    rng = Random(session.seq)
    for key in (*session.invited, *session.helpers):
        seat = session.seats[key]
        others = [other for other in session.invited if other != key]
        if not others or (seat.place is Place.ROOM and session.seats[others[0]].place is Place.ROOM):
            continue
        view = view_of(session, key, step.now, DEFAULT_POLICY)
        assert isinstance(view, PartnerView)
        if view != view_of(changed_partner(rng, session, others[0], step.now), key, step.now, DEFAULT_POLICY):
            yield f"{key} can see something of {others[0]}"
        shared = {other for other in others if Place.ROOM is seat.place is session.seats[other].place}
        if any(person.key in others and person.key not in shared for person in view.people):
            yield f"{key} sees the name of somebody who is not in the room with them"


def _deadlines_end(step: Step) -> Iterator[str]:
    due = next_deadline(step.after, step.policy)
    looked_at = max(step.now, step.after.at or step.now)
    if step.outcome.refusal is None and due is not None and due <= looked_at - timedelta(0):
        yield f"a deadline of {due:%H:%M:%S} is still open at {looked_at:%H:%M:%S}"


def _over_is_over(step: Step) -> Iterator[str]:
    if step.before.over and step.after.status is not step.before.status:
        yield "a session that was over changed its end"


def _minutes_are_intersections(step: Step) -> Iterator[str]:
    """Nobody has more minutes than have passed, and a couple no more together than either of the two."""
    session, now = step.after, max(step.now, step.after.at or step.now)
    assert session.plan is not None
    own = {key: session.attended(key, now) for key in session.invited}
    for key, minutes in own.items():
        arrived_at = session.seats[key].arrived_at
        if minutes > (now - arrived_at if arrived_at else timedelta(0)):
            yield f"{key} attended for longer than since they came"
    couple = session.plan.kind in (Kind.COUPLES, Kind.INTAKE) and session.attending is None
    if couple and session.co_present(now) > min(own.values()):
        yield "the couple was together for longer than one of the two was there"
