"""How each event changes a session. Total over events; never refuses: the log is the truth."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import MappingProxyType

from server.domain.attendance import Kind, Outage, PartnerState
from server.domain.replacing import replace
from server.domain.session import events as e
from server.domain.session.minutes import noted
from server.domain.session.plan import role_of
from server.domain.session.review import Review
from server.domain.session.seating import apply_person, apply_safety, apply_sharing, mirrored
from server.domain.session.state import (
    HISTORY,
    THERAPIST,
    Aside,
    Assessment,
    Correction,
    MergeQuestion,
    OpenCard,
    Rescheduling,
    Seat,
    Session,
    Stance,
)
from server.domain.session.views import Link, Place, Status

ASIDE_STATES = (PartnerState.PRESENT, PartnerState.DROPPED)
_NOTICED_LATER = (e.Dropped, e.OutageRecorded)
_NOBODY_YET = Seat()


def evolve(session: Session, event: e.Event, at: datetime) -> Session:
    """The session after `event`. Total over events; never refuses: the log is the truth."""
    after = _together_again(mirrored(_apply(session, event, at)))
    # Who fell silent was there until the last sign of life.
    ended = event.since if isinstance(event, _NOTICED_LATER) else at
    return replace(after, seq=session.seq + 1, at=at, presence=noted(session.presence, _inside(after), at, ended))


def _together_again(s: Session) -> Session:
    """Nobody is taken aside any longer once they, or the meeting, are no longer there. A lost connection is no end."""
    if s.aside is None:
        return s
    seat = s.seats[s.aside.who]
    lasts = s.status is Status.UNDER_WAY and seat.place is Place.ROOM and seat.state in ASIDE_STATES
    shared = any(other.shares is not None for other in s.seats.values())
    return s if lasts and not shared else replace(s, aside=None)


def _inside(session: Session) -> list[str]:
    """Who is in the room of a meeting that is under way; nobody, while Dyad carries neither sound nor picture."""
    if (
        session.plan is None
        or session.over
        or session.paused_since is not None
        or (session.started_at is None and session.solo_started_at is None)
    ):
        return []
    inside = [
        key
        for key, seat in session.partners.items()
        if seat.present and not seat.empty and seat.place is Place.ROOM and not session.apart(key)
    ]
    return [*inside, THERAPIST] if session.therapist.connected else inside


def _apply(s: Session, event: e.Event, at: datetime) -> Session:
    match event:
        case e.Planned(plan):
            people = {THERAPIST: plan.therapist, **plan.partners, **plan.helpers}
            return replace(
                s,
                plan=plan,
                approval=plan.approval,
                invitees=MappingProxyType(people),
                seats=MappingProxyType(dict.fromkeys(people, _NOBODY_YET)),
            )
        case e.Concluded(status, closing):
            return replace(s, status=status, closing=closing, card=None, question=None)
        case e.OutageRecorded():
            return _through_outage(s, event)
        case e.AsideBegun(who):
            return replace(s, aside=Aside(who, at))
        case e.AsideEnded():
            return replace(s, aside=None)
        case e.Extended(minutes):
            return replace(s, extended=minutes)
        case e.ApprovalGiven(approval, reason):
            return replace(s, approval=approval, assessed=Assessment(approval, at, reason))
        case e.ApprovalCarried(approval):
            return replace(s, approval=approval)
        case e.FocusChanged(focus):
            assert s.plan is not None
            return replace(s, plan=replace(s.plan, focus=focus))
        case e.AttendanceSet(attendance):
            assert s.plan is not None
            return replace(s, plan=replace(s.plan, attendance=attendance))
        case e.SubstituteSought():
            return replace(s, substitute_sought=True)
        case e.OutcomesSet(outcomes):
            merged = {**s.outcomes, **outcomes}
            return replace(s, outcomes=MappingProxyType({k: v for k, v in merged.items() if v is not None}))
        case e.OutcomeCorrected(who, outcome, reason):
            others = {key: kept for key, kept in s.outcomes.items() if key != who}
            return replace(
                s,
                outcomes=MappingProxyType(others if outcome is None else {**others, who: outcome}),
                corrections=(*s.corrections, Correction(who, s.outcomes.get(who), outcome, reason, at)),
            )
        case e.StreaksSet(who, misses, solo):
            assert s.plan is not None
            known = replace(s.plan.partners[who], consecutive_misses=misses, consecutive_solo=solo)
            return replace(s, plan=replace(s.plan, partners={**s.plan.partners, who: known}))
        case e.ConsentSet(who, consent):
            assert s.plan is not None
            said = replace(s.plan.partners[who], solo_consent=consent)
            return replace(s, plan=replace(s.plan, partners={**s.plan.partners, who: said}))
        case e.InvitedToGroup(key, invitee):
            assert s.plan is not None
            return replace(
                s,
                plan=replace(s.plan, partners={**s.plan.partners, key: invitee}),
                invitees=MappingProxyType({**s.invitees, key: invitee}),
                seats=MappingProxyType({**s.seats, key: _NOBODY_YET}),
            )
        case e.TimeChanged(starts_at, _):
            return _at_another_time(s, starts_at)
        case e.ReviewAssessed(by, hinders, measures, note):
            return replace(s, reviews=(*s.reviews, Review(by, at, hinders, measures, note)))
        case e.FollowUpsSet(follow_ups):
            return replace(s, follow_ups=tuple(sorted({*s.follow_ups, *follow_ups})))
    for part in (apply_person, apply_safety, apply_sharing, _apply_decision, _apply_meeting, _apply_times):
        after = part(s, event, at)
        if after is not None:
            return after
    raise AssertionError(f"no effect is defined for {type(event).__name__}")


def _at_another_time(s: Session, starts_at: datetime) -> Session:
    """Planned afresh, for whoever has the page open too."""
    assert s.plan is not None
    fresh = {
        key: seat if key == THERAPIST else Seat(link=seat.link, epoch=seat.epoch, check=seat.check)
        for key, seat in s.seats.items()
    }
    plan = replace(s.plan, starts_at=starts_at)
    return replace(s, plan=plan, seats=MappingProxyType(fresh), stance=None, substitute_sought=False)


def _through_outage(s: Session, outage: e.OutageRecorded) -> Session:
    """Nobody's time runs while Dyad cannot see: neither that of who was lost before it, nor that of an open card."""
    known = tuple(other for other in s.outages if other.since != outage.since)
    s = replace(s, outages=(*known, Outage(outage.since, outage.until)))
    if outage.until is None:
        return s
    for key, seat in s.seats.items():
        gone = seat.state is PartnerState.DROPPED or seat.link is Link.LOST
        if outage.cut and seat.link is not Link.NONE:
            s = s.seat(key, link=Link.LOST)
        if outage.cut and seat.present:
            s = s.seat(key, state=PartnerState.DROPPED, since=outage.until)
        elif seat.since is not None and (gone or (outage.cut and key == THERAPIST)):
            s = s.seat(key, since=max(seat.since, outage.until))
    if s.card is not None:
        lost = outage.until - max(outage.since, s.card.raised_at)
        s = replace(s, card=replace(s.card, answer_by=s.card.answer_by + max(lost, timedelta(0))))
    if s.question is not None:
        lost = outage.until - outage.since
        s = replace(s, question=replace(s.question, answer_by=s.question.answer_by + lost))
    return s


def _apply_decision(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Decided(action, clause, because, wait_until, policy):
            stance = Stance(at, action, clause, because, wait_until)
            began = s.began_under or (policy if has_begun(s, at) else None)
            history = (*s.history[-HISTORY + 1 :], stance)
            return replace(s, stance=stance, history=history, decided_under=policy, began_under=began)
        case e.CardRaised(id, clause, because, options, recommended, default, answer_by):
            card = OpenCard(id, clause, because, options, recommended, default, at, answer_by)
            return replace(s, card=card, question=None)
        case e.CardAnswered(_, option, _):
            assert s.card is not None
            return replace(s, card=replace(s.card, answer=option, answered_at=at), question=None)
        case e.CardWithdrawn():
            return replace(s, card=None, question=None)
        case e.MergeAsked(id, who, answer_by):
            return replace(s, question=MergeQuestion(id, who, answer_by))
        case e.MergeAgreed():
            assert s.question is not None
            return replace(s, question=replace(s.question, agreed=True))
    return None


def has_begun(s: Session, at: datetime) -> bool:
    """Whether its planned time has come, or somebody it is for."""
    assert s.plan is not None
    return at >= s.plan.starts_at or any(seat.arrived_at is not None for seat in s.partners.values())


def _apply_meeting(s: Session, event: e.Event, at: datetime) -> Session | None:
    match event:
        case e.Started():
            return replace(
                s,
                status=Status.UNDER_WAY,
                started_at=s.started_at or at,
                solo_started_at=None,
                attending=None,
                card=None,
                question=None,
            )
        case e.SoloStarted(attending):
            s = replace(
                s,
                status=Status.SOLO,
                solo_started_at=at,
                attending=attending,
                rooms=s.rooms + 1,
                card=None,
                question=None,
            )
            for key, seat in s.partners.items():
                if key != attending and seat.place in (Place.ROOM, Place.WAITING):
                    s = s.seat(key, place=Place.HELD)
            return _without_company(s).seat(attending, place=Place.ROOM)
        case e.Converted(attending):
            assert s.plan is not None
            plan = replace(s.plan, kind=Kind.INDIVIDUAL, partners={attending: s.plan.partners[attending]})
            return _without_company(replace(s, plan=plan, rooms=s.rooms + 1, card=None, question=None))
    return None


def _without_company(s: Session) -> Session:
    """Who came to help may have come with the one who is not there: only the interpreter who is needed stays."""
    for key, seat in s.helpers.items():
        stays = s.plan is not None and s.plan.needs_interpreter and role_of(key) == "interpreter"
        if seat.place is Place.ROOM and not stays:
            s = s.seat(key, place=Place.WAITING)
    return s


def _apply_times(s: Session, event: e.Event, at: datetime) -> Session | None:
    if isinstance(event, e.TimesSought):
        before = s.rescheduling or Rescheduling("searching", 0)
        known = before.excluded + before.starts
        plan = Rescheduling("searching", event.round, excluded=known, wishes=before.wishes)
        return replace(s, rescheduling=plan)
    if s.rescheduling is None:
        return None
    plan = s.rescheduling
    match event:
        case e.TimesProposed(starts, expires_at):
            plan = replace(plan, status="proposed", starts=starts, expires_at=expires_at, answers={})
        case e.TimesAnswered(who, accept, wishes):
            said = {**plan.wishes, who: wishes} if wishes else plan.wishes
            plan = replace(plan, answers={**plan.answers, who: frozenset(accept)}, wishes=said)
        case e.TimeAgreed(index):
            plan = replace(plan, agreed=index, expires_at=None)
        case e.Rebooked(appointment, starts_at):
            plan = replace(plan, status="booked", appointment=appointment, booked_at=starts_at, expires_at=None)
        case e.ProposalClosed(why):
            plan = replace(plan, status=why, expires_at=None)
        case _:
            return None
    return replace(s, rescheduling=plan)
