"""The therapist's view: who is where, the question that is open, and why the service did what it did."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance import JOINT_WORK, Action, PartnerState, attendance_class
from server.domain.session.facts import facts_of
from server.domain.session.plan import role_of
from server.domain.session.state import THERAPIST, OpenCard, Rescheduling, Seat, Session, Stance
from server.domain.session.views import (
    AssessmentView,
    CardView,
    Evidence,
    HelperRow,
    Link,
    Option,
    OptionWhy,
    PartnerRow,
    Person,
    ProposedTime,
    RescheduleView,
    SessionCard,
    TherapistView,
    Why,
    WishedTime,
    You,
)


def therapist_view(
    session: Session, now: datetime, you: You, card: SessionCard, people: tuple[Person, ...]
) -> TherapistView:
    """The whole session, as its host may know it."""
    plan, stance = session.plan, session.stance
    assert plan is not None
    return TherapistView(
        you=you,
        session=card,
        id=session.id,
        focus=plan.focus,
        attendance=attendance_class(facts_of(session, now).session),
        override=plan.attendance,
        started_at=session.started_at,
        solo_started_at=session.solo_started_at,
        co_present_minutes=float(session.co_present(now).total_seconds() // 60),
        partners=tuple(_row(session, key, now) for key in session.invited),
        helpers=tuple(_helper(session, key, seat) for key, seat in session.helpers.items()),
        aside=None if session.aside is None else session.aside.who,
        people=people,
        ready=stance is not None and stance.action is Action.START,
        approval=session.approval,
        assessed=None if session.assessed is None else AssessmentView(session.assessed.at, session.assessed.reason),
        card=_card(session, session.card) if session.card is not None and _is_open(session, session.card) else None,
        stance=None if stance is None else _why(stance),
        wait_until=None if stance is None or session.over else stance.wait_until,
        history=tuple(_why(past) for past in session.history),
        follow_ups=session.follow_ups,
        rescheduling=None if session.rescheduling is None else _times(session, session.rescheduling),
        policy=session.decided_under or "",
    )


def _row(session: Session, key: str, now: datetime) -> PartnerRow:
    seat, invitee = session.seats[key], session.invitees[key]
    return PartnerRow(
        key=key,
        name=invitee.name,
        zone=invitee.zone,
        place=seat.place,
        state=seat.state,
        since=seat.since,
        link=seat.link,
        microphone=seat.microphone,
        camera=seat.camera,
        check=seat.check,
        reason=seat.reason,
        late_until=seat.late_until,
        confirmed_at=seat.confirmed_at,
        told_where_at=seat.told_where_at,
        left_quickly=seat.left_quickly,
        help_at=seat.help_at,
        safety_asked=seat.safety_asked,
        safe=seat.safe,
        unsettled=seat.unsettled,
        asked_for_time=seat.asked_for_time,
        nudges=seat.nudges,
        claims_both=seat.claims_both,
        confirms_shared=seat.confirms_shared,
        shares=seat.shares,
        evidence=evidence_of(seat),
        minutes=int(session.attended(key, now).total_seconds() // 60),
        solo_consent=invitee.solo_consent,
        outcome=session.outcomes.get(key),
    )


def _helper(session: Session, key: str, seat: Seat) -> HelperRow:
    assert session.plan is not None
    invitee, role = session.invitees[key], role_of(key)
    needed = session.plan.needs_interpreter and role == "interpreter"
    return HelperRow(key, invitee.name, role, invitee.zone, needed, seat.place, seat.state, seat.since, seat.link)


def evidence_of(seat: Seat) -> Evidence:
    """How sure anybody can be that this person is there (T5)."""
    if not seat.present or not seat.connected:
        return Evidence.NONE
    if seat.seen is not None:
        return Evidence.ATTESTED if seat.seen else Evidence.EMPTY
    if seat.link is Link.RECONNECTING:
        return Evidence.UNKNOWN
    if seat.shares == THERAPIST:
        return Evidence.ATTESTED
    if seat.camera:
        return Evidence.PICTURE
    return Evidence.SOUND if seat.microphone else Evidence.CONNECTION


def _is_open(session: Session, card: OpenCard) -> bool:
    """Still a question: unanswered, or waiting for the attending partner's yes."""
    return card.answer is None or session.question is not None


def _card(session: Session, card: OpenCard) -> CardView:
    plan = session.plan
    assert plan is not None
    seats = session.partners
    return CardView(
        id=card.id,
        clause=card.clause,
        because=card.because,
        policy=session.decided_under or "",
        absent=tuple(session.invitees[key].name for key, seat in seats.items() if not _there(seat)),
        attending=tuple(session.invitees[key].name for key, seat in seats.items() if _there(seat)),
        options=tuple(Option(option, why_option(session, card, option)) for option in card.options),
        recommended=card.recommended,
        default=card.default,
        raised_at=card.raised_at,
        answer_by=card.answer_by,
        pending="merge" if session.question is not None else None,
        focus_needed=Action.PROCEED in card.options and not JOINT_WORK.isdisjoint(plan.focus),
    )


def _there(seat: Seat) -> bool:
    return seat.present and not seat.empty


def why_option(session: Session, card: OpenCard, option: Action) -> OptionWhy:
    """The sentence that helps to choose this option, from what is so now."""
    assert session.plan is not None
    joint = not JOINT_WORK.isdisjoint(session.plan.focus)
    match option:
        case Action.PROCEED:
            return OptionWhy.PROCEED_DROP_JOINT_WORK if joint else OptionWhy.PROCEED_POSSIBLE
        case Action.WAIT:
            return _why_wait(session)
        case Action.RESCHEDULE:
            if card.clause == "J13":
                return OptionWhy.RESCHEDULE_NO_INTERPRETER
            if Action.PROCEED not in card.options:
                return OptionWhy.RESCHEDULE_SOLO_NOT_OPEN
            return OptionWhy.RESCHEDULE_BOTH_NEEDED if joint else OptionWhy.RESCHEDULE_SOON
        case Action.MERGE:
            return OptionWhy.MERGE_ASKS_FIRST
        case Action.KEEP_SOLO:
            return OptionWhy.KEEP_SOLO_PRIVATE
    return OptionWhy.END_HERE


def _why_wait(session: Session) -> OptionWhy:
    seats = session.partners.values()
    if any(seat.late_until is not None and not seat.present for seat in seats):
        return OptionWhy.WAIT_RUNNING_LATE
    if session.interpreter_missing:
        return OptionWhy.WAIT_INTERPRETER
    if any(seat.state in (PartnerState.ATTEMPTED, PartnerState.DROPPED) for seat in seats):
        return OptionWhy.WAIT_TROUBLE
    if any(seat.asked_for_time for seat in seats):
        return OptionWhy.WAIT_TIME_ASKED
    return OptionWhy.WAIT_A_LITTLE


def _why(stance: Stance) -> Why:
    return Why(stance.at, stance.action, stance.clause, stance.because)


def _times(session: Session, plan: Rescheduling) -> RescheduleView:
    def name(key: str) -> str:
        return session.invitees[key].name

    proposed = tuple(
        ProposedTime(at, tuple(name(key) for key, accepted in plan.answers.items() if index in accepted))
        for index, at in enumerate(plan.starts)
    )
    wished = tuple(WishedTime(name(key), one.weekday, one.part) for key, said in plan.wishes.items() for one in said)
    return RescheduleView(plan.status, proposed, tuple(name(key) for key in plan.answers), plan.booked_at, wished)
