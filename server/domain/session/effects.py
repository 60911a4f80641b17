"""What an event wants done outside: rows of the outbox, delivered at least once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance import FollowUp
from server.domain.reminders import Ahead
from server.domain.session import events as e
from server.domain.session.state import SUBSTITUTE, THERAPIST, Session
from server.domain.session.views import Place, Status

TEAM = "team"
MAX_ROUNDS = 2  # proposals of new times before a person takes over
MAX_WISHED_ROUNDS = 3  # where somebody said what would suit: there is a round for the wishes of each of the two


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
class Refill:
    """The slot that the session had is free for who waits for one."""

    starts_at: datetime


@dataclass(frozen=True, slots=True)
class AwaitTime:
    """No new time was found: one that becomes free is offered."""


@dataclass(frozen=True, slots=True)
class OfferMail:
    """A free time is offered to one of a session's people."""

    session: str
    person: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class SettleOffer:
    """Somebody answered an offer, or its time is over."""

    session: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class RevokeLinks:
    who: str


@dataclass(frozen=True, slots=True)
class PromiseReminders:
    """Everybody whom the session is for is to be reminded of it."""


@dataclass(frozen=True, slots=True)
class Remind:
    """One reminder of a session to one partner, promised for a session that begins at `starts_at`."""

    session: str
    who: str
    ahead: Ahead
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class LetterOf:
    """A letter of a session outside of the session's own queue, so that nothing of the session waits for it."""

    session: str
    letter: str  # the id that it keeps
    kind: str
    to: str


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


@dataclass(frozen=True, slots=True)
class Announce:
    """The clinic's own systems may hear of this, if they asked; `what` says nothing of anybody."""

    what: str


@dataclass(frozen=True, slots=True)
class CallHook:
    """One endpoint is told what happened `at` some time to a session."""

    endpoint: str
    what: str
    session: str
    at: datetime


Effect = (
    Mail
    | LetterOf
    | RecountStreaks
    | SearchTimes
    | BookTime
    | ReleaseTimes
    | Refill
    | AwaitTime
    | OfferMail
    | SettleOffer
    | RevokeLinks
    | PromiseReminders
    | Remind
    | Welcome
    | PlanAppointments
    | WeekMail
    | Announce
    | CallHook
)

# That somebody is seen alone, or was missing, is in none of these.
ANNOUNCED: dict[type[e.Event], str] = {
    e.Planned: "session.planned",
    e.Started: "session.started",
    e.SoloStarted: "session.started",
    e.Concluded: "session.concluded",
    e.Rebooked: "session.rebooked",
    e.OutcomeCorrected: "session.corrected",
}


def effects_of(event: e.Event, after: Session) -> tuple[Effect, ...]:
    """What `event` wants done; `after` is the session with the event applied."""
    what = ANNOUNCED.get(type(event))
    return _needed(event, after) + (() if what is None else (Announce(what),))


def _needed(event: e.Event, after: Session) -> tuple[Effect, ...]:
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
        case e.TimeChanged():
            told = tuple(Mail("moved", who) for who in (*after.partners, *after.helpers, THERAPIST))
            return (*told, RecountStreaks(), PromiseReminders(), Refill(event.was))
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
            told = tuple(Mail("proposal_closed", who) for who in partners)
            return (ReleaseTimes(), *told, Mail("outreach", TEAM), AwaitTime())
        case e.Concluded(Status.CANCELLED):
            return (*_cancellations(after), *_freed(after))
        case e.Concluded(Status.RESCHEDULED):
            return (RecountStreaks(), *_freed(after))
        case e.Planned() | e.InvitedToGroup():
            return (RecountStreaks(), PromiseReminders())
        case e.Concluded() | e.OutcomeCorrected() | e.ApprovalGiven():
            return (RecountStreaks(),)
    return ()


def _freed(after: Session) -> tuple[Effect, ...]:
    return (Refill(after.plan.starts_at),) if after.plan is not None else ()


def _cancellations(after: Session) -> tuple[Effect, ...]:
    return tuple(Mail("cancelled", who) for who in (*after.invited, *after.helpers, THERAPIST))


def _team_mail(follow_ups: tuple[FollowUp, ...]) -> tuple[str, ...]:
    kinds = []
    if FollowUp.OUTREACH_CALL in follow_ups:
        kinds.append("outreach")
    if FollowUp.TREATMENT_TEAM_REVIEW in follow_ups or FollowUp.RE_ENGAGEMENT_PLAN in follow_ups:
        kinds.append("review")
    return tuple(kinds)
