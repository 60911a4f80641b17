"""`view_of()`: what one person may see of a session now, and `placement_of()`: whose media may meet whose.

Nothing a partner is shown outside the room depends on the other partner: times come from the plan and the policy
alone. That is kept by property tests which change the other partner in every way and compare.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from server.domain.attendance import FollowUp, Policy, TherapistState, starts_at_plus
from server.domain.session import console
from server.domain.session.facts import facts_of
from server.domain.session.plan import role_of
from server.domain.session.state import THERAPIST, Seat, Session
from server.domain.session.views import (
    AsideView,
    Host,
    Link,
    Moment,
    MomentKind,
    MomentState,
    PartnerView,
    Person,
    Place,
    Question,
    SessionCard,
    Status,
    TherapistView,
    You,
)

_HOST_MOMENTS = {
    TherapistState.EXPECTED: MomentKind.NOW_HOST_AWAITED,
    TherapistState.DROPPED: MomentKind.NOW_HOST_BACK_SOON,
}


def view_of(session: Session, viewer: str, now: datetime, policy: Policy) -> PartnerView | TherapistView:
    """The view of `viewer` at `now`. The session is planned; raises `KeyError` for someone it does not know."""
    if viewer == THERAPIST:
        return console.therapist_view(
            session, now, _you(session, viewer), _card(session, session.status), people_with(session, viewer)
        )
    return _partner_view(session, viewer, now, policy)


def placement_of(session: Session) -> dict[str, str | None]:
    """The media room of each person, None for "held"; whoever is not named has no media connection any more."""
    if session.plan is None or session.over:
        return {}
    room = f"{session.id}/{session.rooms}" + ("" if session.aside is None else f"/aside-{session.aside.who}")
    placed: dict[str, str | None] = {THERAPIST: room if session.therapist.connected else None}
    for key, seat in (session.partners | session.helpers).items():
        if seat.place is not Place.REMOVED and not seat.turned_away:
            inside = seat.place is Place.ROOM and seat.present and seat.shares is None and not session.apart(key)
            placed[key] = room if inside else None
    return placed


def people_with(session: Session, viewer: str) -> tuple[Person, ...]:
    """Those who are in the room with `viewer`, who is in it too; those whose connection is being waited for as well."""
    if session.over or session.seats[viewer].place is not Place.ROOM or session.apart(viewer):
        return ()
    return tuple(
        Person(key, _named(session, key), role_of(key), seat.link, seat.microphone, seat.camera)
        for key, seat in _in_room(session)
        if key != viewer and session.seats[viewer].shares != key and seat.shares is None and not session.apart(key)
    )


def _named(session: Session, key: str) -> str:
    """Everybody at this person's device."""
    names = [session.invitees[key].name]
    names += [session.invitees[other].name for other, seat in session.seats.items() if seat.shares == key]
    return " & ".join(names)


def _in_room(session: Session) -> Iterator[tuple[str, Seat]]:
    for key, seat in session.seats.items():
        if seat.place is Place.ROOM and seat.link is not Link.NONE:
            yield key, seat


def _you(session: Session, key: str) -> You:
    invitee = session.invitees[key]
    return You(key, invitee.name, role_of(key), invitee.zone)


def _card(session: Session, status: Status, *, inside: bool = True) -> SessionCard:
    """To who is not `inside` it is not told that a session goes on, nor for how long."""
    plan = session.plan
    assert plan is not None
    extended = session.extended if inside else 0
    return SessionCard(plan.kind, plan.starts_at, plan.minutes, extended, status, plan.clinic_name, plan.clinic_phone)


def _partner_view(session: Session, key: str, now: datetime, policy: Policy) -> PartnerView:
    assert session.plan is not None
    seat = session.seats[key]
    people = people_with(session, key)
    closing = _closing(session, key)
    question = session.question
    asked = question is not None and question.who == key and not question.agreed
    return PartnerView(
        you=_you(session, key),
        session=_card(session, _status(session, seat, closing), inside=seat.place is Place.ROOM),
        host=Host(session.invitees[THERAPIST].name, session.therapist_state),
        place=seat.place,
        link=seat.link,
        microphone=seat.microphone,
        camera=seat.camera,
        arrived_at=seat.arrived_at,
        declared=seat.reason,
        late_until=seat.late_until,
        told_where_at=seat.told_where_at,
        safety="asked" if seat.safety_asked else "open" if seat.safe is None else "answered",
        asked_for_time=seat.asked_for_time,
        can_ask_for_time=key in session.invited and seat.present and not seat.asked_for_time and closing is None,
        moments=() if closing else _moments(session, seat, now, policy, people),
        sharing=_sharing(session, key),
        question=Question(question.id, "merge", question.answer_by) if question is not None and asked else None,
        aside=_aside(session, key),
        people=people,
        closing=closing,
    )


def _aside(session: Session, key: str) -> AsideView | None:
    """For those in the room: since when somebody is spoken with alone, and whether that is them."""
    aside = session.aside
    if aside is None or session.seats[key].place is not Place.ROOM or session.over:
        return None
    return AsideView(aside.since, not session.apart(key))


def _sharing(session: Session, key: str) -> str:
    """As `PartnerView.sharing` has it: what this partner said of it, and whether it is so."""
    seat = session.seats[key]
    if seat.shares is not None:
        return "office" if seat.shares == THERAPIST else "guest"
    if any(other.shares == key for other in session.seats.values()):
        return "host"
    return "confirmed" if seat.confirms_shared else "claimed" if seat.claims_both else "no"


def _closing(session: Session, key: str) -> str | None:
    """How it ended for this partner. Being seen another time is an end for them, whatever goes on without them."""
    seat = session.seats[key]
    if key in session.helpers:
        return _closing_of_helper(session)
    if session.over:
        missed = seat.place is not Place.ROOM and session.solo_started_at is not None
        return "new_times_follow" if missed and _joint_follows(session) else session.closing
    if seat.turned_away or key not in session.partners:
        return "new_times_follow" if _joint_follows(session) else "ended"
    return None


def _closing_of_helper(session: Session) -> str | None:
    """Who came to help is not told why a session is not held, nor of new times that are other people's to choose."""
    if not session.over:
        return None
    return {Status.ENDED: "ended", Status.CANCELLED: "cancelled"}.get(session.status, "not_held")


def _joint_follows(session: Session) -> bool:
    return FollowUp.RESCHEDULE_JOINT_SESSION in session.follow_ups


def _status(session: Session, seat: Seat, closing: str | None) -> Status:
    """Outside the room it is not told whether anybody else has begun."""
    if closing is not None:
        return session.status if session.over else Status.RESCHEDULED
    return session.status if seat.place is Place.ROOM else Status.PLANNED


def _moments(
    session: Session, seat: Seat, now: datetime, policy: Policy, people: tuple[Person, ...]
) -> tuple[Moment, ...]:
    assert session.plan is not None
    starts_at = session.plan.starts_at
    match seat.place:
        case Place.ROOM:
            return _room_moments(people, session, policy)
        case Place.HELD:
            return _held_moments(seat, now, policy)
        case Place.WAITING:
            return _waiting_moments(session, seat, now, policy)
    return (Moment(starts_at, MomentKind.DUE, _passed(starts_at, now)),)


def _passed(at: datetime, now: datetime) -> MomentState:
    return MomentState.DONE if at <= now else MomentState.NEXT


def _waiting_moments(session: Session, seat: Seat, now: datetime, policy: Policy) -> tuple[Moment, ...]:
    assert session.plan is not None
    assert seat.arrived_at is not None
    starts_at, facts = session.plan.starts_at, facts_of(session, now)
    decides, known = starts_at_plus(facts, policy.card_after), starts_at_plus(facts, policy.no_show_after)
    while known <= now:  # somebody chose to wait on: the promise moves, and says so
        known += policy.wait_extension
    moments = [
        Moment(starts_at, MomentKind.DUE, _passed(starts_at, now)),
        Moment(seat.arrived_at, MomentKind.ARRIVED, MomentState.DONE),
        Moment(*_present(session, now, policy), MomentState.NOW),
        Moment(decides, MomentKind.DECIDES, _passed(decides, now)),
        Moment(known, MomentKind.KNOWN, MomentState.NEXT),
    ]
    order = [MomentState.DONE, MomentState.NOW, MomentState.NEXT]
    return tuple(sorted(moments, key=lambda moment: (order.index(moment.state), moment.at)))


def _present(session: Session, now: datetime, policy: Policy) -> tuple[datetime, MomentKind]:
    assert session.plan is not None
    starts_at = session.plan.starts_at
    if session.paused_since is not None:
        return session.paused_since, MomentKind.NOW_PAUSED
    if now < starts_at:
        return starts_at, MomentKind.NOW_EARLY
    host = _HOST_MOMENTS.get(session.therapist_state)
    if host is not None:
        return starts_at, host
    if now < starts_at + policy.first_nudge:
        return starts_at, MomentKind.NOW_READY
    return starts_at + policy.first_nudge, MomentKind.NOW_WAITING


def _held_moments(seat: Seat, now: datetime, policy: Policy) -> tuple[Moment, ...]:
    assert seat.since is not None
    known = seat.since + 2 * policy.answer_within  # the therapist's answer, then whatever it asks for
    while known <= now:
        known += policy.answer_within
    return (
        Moment(seat.since, MomentKind.NOW_HELD, MomentState.NOW),
        Moment(known, MomentKind.KNOWN, MomentState.NEXT),
    )


def _room_moments(people: tuple[Person, ...], session: Session, policy: Policy) -> tuple[Moment, ...]:
    lost = [session.seats[person.key].since for person in people if person.link is Link.LOST]
    since = min((at for at in lost if at is not None), default=None)
    if since is None:
        return ()
    return (
        Moment(since, MomentKind.NOW_BACK_SOON, MomentState.NOW),
        Moment(since + policy.reconnect_grace, MomentKind.DECIDES, MomentState.NEXT),
    )
