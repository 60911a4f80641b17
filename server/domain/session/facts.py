"""From a session's state to the facts that the attendance policy decides on."""

from __future__ import annotations

from datetime import datetime

from server.domain.attendance import Asked, Facts, PartnerFacts, PartnerState, SessionFacts, TherapistFacts
from server.domain.session.state import Seat, Session


def facts_of(session: Session, now: datetime) -> Facts:
    """The facts at `now`. The session must be planned."""
    plan = session.plan
    assert plan is not None
    card = session.card
    return Facts(
        now=now,
        session=SessionFacts(
            kind=plan.kind,
            focus=plan.focus,
            attendance=plan.attendance,
            starts_at=plan.starts_at,
            minutes=plan.minutes,
            started_at=session.started_at,
            solo_started_at=session.solo_started_at,
        ),
        therapist=TherapistFacts(session.therapist_state, session.therapist.since),
        partners={key: _partner(session, key, session.seats[key]) for key in plan.partners},
        solo_approval=session.approval,
        co_present_minutes=session.co_present(now).total_seconds() / 60,
        keep_apart=plan.keep_apart,
        outages=session.outages,
        asked=None
        if card is None
        else Asked(
            card.clause, card.raised_at, card.answer_by, card.options, card.default, card.answer, card.answered_at
        ),
        interpreter_missing=session.interpreter_missing,
    )


def _partner(session: Session, key: str, seat: Seat) -> PartnerFacts:
    assert session.plan is not None
    invitee = session.plan.partners[key]
    return PartnerFacts(
        # Whose chair the therapist sees empty is waited for as one who lost the connection is.
        state=PartnerState.DROPPED if seat.empty else seat.state,
        since=seat.seen_at if seat.empty else seat.since,
        reason=seat.reason,
        declared_at=seat.declared_at,
        late_until=seat.late_until,
        solo_consent=invitee.solo_consent,
        consecutive_misses=invitee.consecutive_misses,
        consecutive_solo=invitee.consecutive_solo,
    )
