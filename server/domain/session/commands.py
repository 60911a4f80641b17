"""What may be asked of a session. Every command is for one session; ids, tokens and instants arrive inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from server.domain.attendance import Action, AttendanceClass, Focus, Outcome, Reason, SoloApproval
from server.domain.schedule import Wish
from server.domain.session.plan import Invitee, Plan
from server.domain.session.review import Hinders, Measure
from server.domain.session.views import Check, Link


@dataclass(frozen=True, slots=True)
class PlanSession:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Connect:
    """A device of `who` opened a connection. `epoch` rises with every connection to that person's seat.

    `who` may be the substitute; the host's seat is taken by whoever holds the session.
    """

    who: str
    epoch: int


@dataclass(frozen=True, slots=True)
class Arrive:
    who: str


@dataclass(frozen=True, slots=True)
class ReportLink:
    """The server's evidence of a connection's quality, from the connection with this epoch."""

    who: str
    epoch: int
    link: Link


@dataclass(frozen=True, slots=True)
class Drop:
    """Everything of `who` has been silent; `since` is the last sign of life."""

    who: str
    epoch: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    who: str


@dataclass(frozen=True, slots=True)
class ReportCheck:
    who: str
    check: Check


@dataclass(frozen=True, slots=True)
class SetDevices:
    who: str
    microphone: bool
    camera: bool


@dataclass(frozen=True, slots=True)
class RunLate:
    who: str
    until: datetime


@dataclass(frozen=True, slots=True)
class DeclareAbsence:
    who: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class WithdrawAbsence:
    who: str


@dataclass(frozen=True, slots=True)
class ConfirmComing:
    """`who` says beforehand that they will be there: a word to the therapist, and no attendance."""

    who: str


@dataclass(frozen=True, slots=True)
class TellWhereabouts:
    """`who` has told where they are and whom to call. What they told is kept elsewhere: a log can't forget."""

    who: str


@dataclass(frozen=True, slots=True)
class LeaveQuickly:
    """`who` must be gone at once; why is for the therapist alone."""

    who: str


@dataclass(frozen=True, slots=True)
class AskForHelp:
    """`who` gives the therapist a sign that nobody else may notice."""

    who: str


@dataclass(frozen=True, slots=True)
class HearHelp:
    """The therapist has seen the sign of `who`."""

    who: str


@dataclass(frozen=True, slots=True)
class AskSafety:
    """The therapist asks `who` whether they are alone, and safe to talk."""

    who: str


@dataclass(frozen=True, slots=True)
class AnswerSafety:
    """Whether `who` is alone and safe; a no keeps them from being put in a room with the other partner."""

    who: str
    safe: bool


@dataclass(frozen=True, slots=True)
class SettleSafety:
    """The therapist has spoken with `who`: their no keeps nobody apart any more."""

    who: str


@dataclass(frozen=True, slots=True)
class AskForTime:
    who: str


@dataclass(frozen=True, slots=True)
class ShareDevice:
    """`who` says that the other partner is here too, at the same device."""

    who: str


@dataclass(frozen=True, slots=True)
class ConfirmSharedDevice:
    """`who`, by their own link, says that they are here at the other partner's device."""

    who: str


@dataclass(frozen=True, slots=True)
class AttestSharedDevice:
    """The therapist sees both at one device, or doesn't; `who` is the one without a connection of their own."""

    who: str
    yes: bool


@dataclass(frozen=True, slots=True)
class AttestInOffice:
    """The therapist has `who` in the office with them, or no longer has: two people, the therapist's device."""

    who: str
    here: bool


@dataclass(frozen=True, slots=True)
class AttestPresence:
    """The therapist says whether somebody sits at `who`'s device: a camera may be off, a chair may be empty."""

    who: str
    here: bool


@dataclass(frozen=True, slots=True)
class TakeOver:
    """`who` ("substitute", or "therapist" again) holds the session from here on, its host not being there."""

    who: str


@dataclass(frozen=True, slots=True)
class Admit:
    who: str


@dataclass(frozen=True, slots=True)
class AdmitAll:
    pass


@dataclass(frozen=True, slots=True)
class SendBack:
    who: str


@dataclass(frozen=True, slots=True)
class Remove:
    who: str


@dataclass(frozen=True, slots=True)
class TakeAside:
    """The therapist speaks with `who` alone for a while; everybody else in the room waits, each by themselves."""

    who: str


@dataclass(frozen=True, slots=True)
class EndAside:
    """Back to everybody who waits."""


@dataclass(frozen=True, slots=True)
class Extend:
    """The session may last this many minutes longer than it does now."""

    minutes: int


@dataclass(frozen=True, slots=True)
class AnswerCard:
    card: str
    option: Action
    focus: Focus | None = None


@dataclass(frozen=True, slots=True)
class AnswerMerge:
    who: str
    question: str
    yes: bool


@dataclass(frozen=True, slots=True)
class ApproveSolo:
    """The therapist's assessment (A9), and why; a later one takes its place."""

    approval: SoloApproval
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CarryApproval:
    """A standing approval from an earlier session of the couple holds here too, or no longer does."""

    standing: bool


@dataclass(frozen=True, slots=True)
class SetTerms:
    """What the session is about and who it needs, as the therapist sees it before it begins; None: no override."""

    focus: tuple[Focus, ...]
    attendance: AttendanceClass | None


@dataclass(frozen=True, slots=True)
class SetConsent:
    """Whether this partner agrees to the other being seen alone; it can be taken back until that has begun."""

    who: str
    solo_consent: bool


@dataclass(frozen=True, slots=True)
class InviteToGroup:
    """One more partner of a group session, in a free seat."""

    key: str
    invitee: Invitee


@dataclass(frozen=True, slots=True)
class SetStreaks:
    """What earlier sessions left: this partner's misses and solo sessions in a row."""

    who: str
    misses: int
    solo: int


@dataclass(frozen=True, slots=True)
class CorrectOutcome:
    """The therapist sets right what was recorded; None takes an outcome back. `reason` says why, in a sentence."""

    who: str
    outcome: Outcome | None
    reason: str


@dataclass(frozen=True, slots=True)
class AssessReview:
    """`by` (a person's id) says for the treatment team whether this hinders progress, and what follows.

    `seen` is how many assessments they saw when they decided.
    """

    by: str
    hinders: Hinders
    measures: tuple[Measure, ...]
    note: str
    seen: int


@dataclass(frozen=True, slots=True)
class EndSession:
    pass


@dataclass(frozen=True, slots=True)
class Cancel:
    """The programme cancels the session, for everyone."""


@dataclass(frozen=True, slots=True)
class ChangeTime:
    """The programme holds the session at another time, before it has begun."""

    starts_at: datetime


@dataclass(frozen=True, slots=True)
class RecordOutage:
    """Dyad itself could not see from `since` on; `until` is None while it lasts, and given once it is over.

    `cut`: every live connection was lost with it. Otherwise what is connected still is.
    """

    since: datetime
    until: datetime | None
    cut: bool = True


@dataclass(frozen=True, slots=True)
class DeadlineReached:
    """A timer fired. It only asks to look again: early, late or twice, it does no harm."""


@dataclass(frozen=True, slots=True)
class ProposeTimes:
    """Times that suit everyone were found and are held until `expires_at`."""

    starts: tuple[datetime, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ReportNoTimes:
    pass


@dataclass(frozen=True, slots=True)
class AnswerTimes:
    """The proposed times (by index) that suit `who`; none means that nothing suits, and `wishes` say what would."""

    who: str
    accept: frozenset[int]
    wishes: frozenset[Wish] = frozenset()


@dataclass(frozen=True, slots=True)
class ReportBooked:
    """The new appointment is booked."""

    appointment: str
    starts_at: datetime


@dataclass(frozen=True, slots=True)
class ReportTimeTaken:
    """The agreed time was lost before it could be booked."""


Command = (
    PlanSession
    | Connect
    | Arrive
    | ReportLink
    | Drop
    | Leave
    | ReportCheck
    | SetDevices
    | RunLate
    | DeclareAbsence
    | WithdrawAbsence
    | ConfirmComing
    | TellWhereabouts
    | LeaveQuickly
    | AskForHelp
    | HearHelp
    | AskSafety
    | AnswerSafety
    | SettleSafety
    | AskForTime
    | ShareDevice
    | ConfirmSharedDevice
    | AttestSharedDevice
    | AttestInOffice
    | AttestPresence
    | TakeOver
    | Admit
    | AdmitAll
    | SendBack
    | Remove
    | TakeAside
    | EndAside
    | Extend
    | AnswerCard
    | AnswerMerge
    | ApproveSolo
    | CarryApproval
    | SetTerms
    | SetConsent
    | InviteToGroup
    | SetStreaks
    | CorrectOutcome
    | AssessReview
    | EndSession
    | Cancel
    | ChangeTime
    | RecordOutage
    | DeadlineReached
    | ProposeTimes
    | ReportNoTimes
    | AnswerTimes
    | ReportBooked
    | ReportTimeTaken
)
