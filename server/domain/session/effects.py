"""What an event wants done outside: rows of the outbox, delivered at least once."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.attendance import FollowUp
from server.domain.session import events as e
from server.domain.session.state import SUBSTITUTE, THERAPIST, Session
from server.domain.session.views import Place, Status

TEAM = "team"
MAX_ROUNDS = 2  # proposals of new times before a person takes over


@dataclass(frozen=True, slots=True)
class Mail:
    """A message of this kind to a participant ("a", "b", "interpreter", "therapist", "substitute") or the "team"."""

    kind: str
    to: str


@dataclass(frozen=True, slots=True)
class SearchTimes:
    round: int


@dataclass(frozen=True, slots=True)
class BookTime:
    index: int


@dataclass(frozen=True, slots=True)
class ReleaseTimes:
    pass


@dataclass(frozen=True, slots=True)
class RecountStreaks:
    """What happened here counts in the sessions to come."""


@dataclass(frozen=True, slots=True)
class RevokeLinks:
    who: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """A person of the programme gets the link that is theirs; no session asks for it."""

    person: str


@dataclass(frozen=True, slots=True)
class PlanAppointments:
    """Sessions of these booked appointments, for everybody who is in them."""

    appointments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WeekMail:
    """One message to a person with all of these appointments."""

    person: str
    appointments: tuple[str, ...]


Effect = (
    Mail | RecountStreaks | SearchTimes | BookTime | ReleaseTimes | RevokeLinks | Welcome | PlanAppointments | WeekMail
)


def effects_of(event: e.Event, after: Session) -> tuple[Effect, ...]:
    """What `event` wants done; `after` is the session with the event applied."""
    partners = after.invited
    match event:
        case e.Nudged(who):
            return (Mail("nudge", who),)
        case e.SubstituteSought():
            stand_in = after.plan is not None and after.plan.substitute is not None and after.host == THERAPIST
            asked = (Mail("stand_in", SUBSTITUTE),) if stand_in else ()
            return (Mail("substitute_wanted", TEAM), *asked)
        case e.Moved(who, Place.REMOVED):
            return (RevokeLinks(who),)
        case e.FollowUpsSet(follow_ups):
            return tuple(Mail(kind, TEAM) for kind in _team_mail(follow_ups))
        case e.TimesSought(round):
            return (SearchTimes(round),)
        case e.TimesProposed():
            return tuple(Mail("new_times", who) for who in partners)
        case e.TimeAgreed(index):
            return (BookTime(index),)
        case e.Rebooked():
            booked = tuple(Mail("booked", who) for who in (*partners, *after.helpers, THERAPIST))
            return booked + (_cancellations(after) if after.status is Status.RESCHEDULED else ())
        case e.ProposalClosed():
            return (ReleaseTimes(), *(Mail("proposal_closed", who) for who in partners), Mail("outreach", TEAM))
        case e.Concluded(Status.CANCELLED):
            return _cancellations(after)
        case e.Planned() | e.InvitedToGroup() | e.Concluded() | e.OutcomeCorrected() | e.ApprovalGiven():
            return (RecountStreaks(),)
    return ()


def _cancellations(after: Session) -> tuple[Effect, ...]:
    return tuple(Mail("cancelled", who) for who in (*after.invited, *after.helpers, THERAPIST))


def _team_mail(follow_ups: tuple[FollowUp, ...]) -> tuple[str, ...]:
    kinds = []
    if FollowUp.OUTREACH_CALL in follow_ups:
        kinds.append("outreach")
    if FollowUp.TREATMENT_TEAM_REVIEW in follow_ups or FollowUp.RE_ENGAGEMENT_PLAN in follow_ups:
        kinds.append("review")
    return tuple(kinds)
