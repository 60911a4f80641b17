"""What has happened in a session: the lines of its log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance import Action, AttendanceClass, Focus, FollowUp, Outcome, Reason, SoloApproval
from server.domain.schedule import Wish
from server.domain.session.plan import Invitee, Plan
from server.domain.session.review import Hinders, Measure
from server.domain.session.views import Check, Link, Place, Status


@dataclass(frozen=True, slots=True)
class Planned:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Connected:
    who: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Arrived:
    who: str


@dataclass(frozen=True, slots=True)
class LinkChanged:
    who: str
    link: Link


@dataclass(frozen=True, slots=True)
class Dropped:
    who: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Left:
    who: str


@dataclass(frozen=True, slots=True)
class Checked:
    who: str
    check: Check


@dataclass(frozen=True, slots=True)
class DevicesSet:
    who: str
    microphone: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class LateDeclared:
    who: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AbsenceDeclared:
    who: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class AbsenceWithdrawn:
    who: str


@dataclass(frozen=True, slots=True)
class ComingConfirmed:
    """`who` said beforehand that they will be there, and in time."""

    who: str


@dataclass(frozen=True, slots=True)
class WhereaboutsTold:
    """`who` told where they are and whom to call; here stands only that they did."""

    who: str


@dataclass(frozen=True, slots=True)
class LeftQuickly:
    """`who` had to be gone at once. That they left is a line of its own, as for everybody who leaves."""

    who: str


@dataclass(frozen=True, slots=True)
class HelpAsked:
    who: str


@dataclass(frozen=True, slots=True)
class HelpHeard:
    who: str


@dataclass(frozen=True, slots=True)
class SafetyAsked:
    who: str


@dataclass(frozen=True, slots=True)
class SafetyAnswered:
    """`who` is alone and safe, or not; for the therapist alone."""

    who: str
    safe: bool


@dataclass(frozen=True, slots=True)
class SafetySettled:
    who: str


@dataclass(frozen=True, slots=True)
class TimeAsked:
    who: str


@dataclass(frozen=True, slots=True)
class SharingClaimed:
    """`who` said that the other partner is at the same device."""

    who: str


@dataclass(frozen=True, slots=True)
class SharingConfirmed:
    """`who` said, by their own link, that they are at the other partner's device."""

    who: str


@dataclass(frozen=True, slots=True)
class SharingDenied:
    """The therapist does not see both."""


@dataclass(frozen=True, slots=True)
class Shared:
    """From here on `who` attends by the connection of `host`: one device, two attendances."""

    who: str
    host: str


@dataclass(frozen=True, slots=True)
class SharingEnded:
    """`who` goes on with a device of their own, in the same place."""

    who: str


@dataclass(frozen=True, slots=True)
class PresenceAttested:
    """The therapist says whether somebody sits at `who`'s device: evidence that no machine has."""

    who: str
    here: bool


@dataclass(frozen=True, slots=True)
class HostChanged:
    """Who holds the session from here on: "therapist" or "substitute"."""

    host: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A person's place changed: admitted, sent back, held, removed."""

    who: str
    place: Place


@dataclass(frozen=True, slots=True)
class AsideBegun:
    """The therapist is alone with `who`; whoever else is in the room waits there and hears and sees nobody."""

    who: str


@dataclass(frozen=True, slots=True)
class AsideEnded:
    """Whoever is in the room is there together again."""


@dataclass(frozen=True, slots=True)
class Extended:
    """`minutes` is how much longer than planned the session may last, in all."""

    minutes: int


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    approval: SoloApproval
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalCarried:
    """From an earlier session of the couple: `STANDING`, or `NONE` once it was taken back there."""

    approval: SoloApproval


@dataclass(frozen=True, slots=True)
class FocusChanged:
    focus: tuple[Focus, ...]


@dataclass(frozen=True, slots=True)
class AttendanceSet:
    """The therapist's override of the attendance class, or None: it follows from kind and focus."""

    attendance: AttendanceClass | None


@dataclass(frozen=True, slots=True)
class Decided:
    """The service looked at the facts and took a stance; `facts` is their JSON, for whoever asks why."""

    action: Action
    clause: str
    because: str
    wait_until: datetime | None
    policy: str
    facts: str


@dataclass(frozen=True, slots=True)
class CardRaised:
    id: str
    clause: str
    because: str
    options: tuple[Action, ...]
    recommended: Action
    default: Action
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class CardAnswered:
    """`by` is "therapist", "partner" (a no to being joined) or "policy" (the default, nobody having answered)."""

    id: str
    option: Action
    by: str


@dataclass(frozen=True, slots=True)
class CardWithdrawn:
    id: str


@dataclass(frozen=True, slots=True)
class MergeAsked:
    """The attending partner is asked whether the late one may join."""

    id: str
    who: str
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class MergeAgreed:
    pass


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A late partner, held in private, will be seen another time."""

    who: str


@dataclass(frozen=True, slots=True)
class Nudged:
    """`number` is 1 or 2: which of the two nudges this was (an overdue first is skipped)."""

    who: str
    number: int


@dataclass(frozen=True, slots=True)
class SubstituteSought:
    pass


@dataclass(frozen=True, slots=True)
class Started:
    pass


@dataclass(frozen=True, slots=True)
class SoloStarted:
    attending: str


@dataclass(frozen=True, slots=True)
class Converted:
    """The session became an individual one for `attending` before it began; the other is seen another time."""

    attending: str


@dataclass(frozen=True, slots=True)
class OutcomesSet:
    """By partner; a None takes an earlier outcome back. Later lines stand."""

    outcomes: dict[str, Outcome | None]


@dataclass(frozen=True, slots=True)
class OutcomeCorrected:
    """A person set right what had been recorded; the earlier lines stay."""

    who: str
    outcome: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True)
class ConsentSet:
    who: str
    solo_consent: bool


@dataclass(frozen=True, slots=True)
class InvitedToGroup:
    key: str
    invitee: Invitee


@dataclass(frozen=True, slots=True)
class StreaksSet:
    who: str
    misses: int
    solo: int


@dataclass(frozen=True, slots=True)
class ReviewAssessed:
    """The treatment team said what a miss does to progress, and what follows. Later lines stand."""

    by: str
    hinders: Hinders
    measures: tuple[Measure, ...]
    note: str


@dataclass(frozen=True, slots=True)
class FollowUpsSet:
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class Concluded:
    """The meeting is over. `closing` says to those who were there how: see `PartnerView.closing`."""

    status: Status
    closing: str


@dataclass(frozen=True, slots=True)
class OutageRecorded:
    """Dyad could not see from `since` on; `until` is None while it lasts. `cut`: every connection was lost with it."""

    since: datetime
    until: datetime | None
    cut: bool = True


@dataclass(frozen=True, slots=True)
class TimeChanged:
    """The session is held at another time. What anybody said of the old one (absent, late) is not said of the new."""

    starts_at: datetime
    was: datetime


@dataclass(frozen=True, slots=True)
class TimesSought:
    """New times are being looked for; `round` counts from 1."""

    round: int


@dataclass(frozen=True, slots=True)
class TimesProposed:
    starts: tuple[datetime, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TimesAnswered:
    who: str
    accept: tuple[int, ...]
    wishes: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeAgreed:
    index: int


@dataclass(frozen=True, slots=True)
class Rebooked:
    appointment: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ProposalClosed:
    """No new booking came of it: "nothing_found", "nothing_suits" or "expired"."""

    why: str


Event = (
    Planned
    | Connected
    | Arrived
    | LinkChanged
    | Dropped
    | Left
    | Checked
    | DevicesSet
    | LateDeclared
    | AbsenceDeclared
    | AbsenceWithdrawn
    | ComingConfirmed
    | WhereaboutsTold
    | LeftQuickly
    | HelpAsked
    | HelpHeard
    | SafetyAsked
    | SafetyAnswered
    | SafetySettled
    | TimeAsked
    | SharingClaimed
    | SharingConfirmed
    | SharingDenied
    | Shared
    | SharingEnded
    | PresenceAttested
    | HostChanged
    | Moved
    | AsideBegun
    | AsideEnded
    | Extended
    | ApprovalGiven
    | ApprovalCarried
    | FocusChanged
    | AttendanceSet
    | Decided
    | CardRaised
    | CardAnswered
    | CardWithdrawn
    | MergeAsked
    | MergeAgreed
    | TurnedAway
    | Nudged
    | SubstituteSought
    | Started
    | SoloStarted
    | Converted
    | OutcomesSet
    | OutcomeCorrected
    | ConsentSet
    | InvitedToGroup
    | StreaksSet
    | ReviewAssessed
    | FollowUpsSet
    | Concluded
    | OutageRecorded
    | TimeChanged
    | TimesSought
    | TimesProposed
    | TimesAnswered
    | TimeAgreed
    | Rebooked
    | ProposalClosed
)
