"""Commands that a client may send on `/session`, as the models that validate them (signaling/PROTOCOL.md).

Every model forbids unknown keys and bounds every string; numbers are finite. A message that fails is refused with
`malformed` and changes nothing.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

CommandId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
Key = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[a-z0-9_]+$")]
CheckResult = Literal["ok", "failed", "skipped"]
DeclaredReason = Literal[
    "scheduling_conflict", "individual_work", "space", "recovery_stage", "illness", "emergency", "other"
]
FocusName = Literal[
    "relationship_issues",
    "conflict_resolution",
    "relapse_prevention_plan",
    "trust_accountability",
    "communication",
    "coping_skills",
    "substance_use_patterns",
    "intimacy",
    "open",
]
MAX_SDP_CHARS = 65_536
MAX_BOXES = 16
PublicKey = Annotated[str, StringConstraints(min_length=80, max_length=120, pattern=r"^[A-Za-z0-9+/]+=*$")]
Box = Annotated[str, StringConstraints(min_length=16, max_length=200, pattern=r"^[A-Za-z0-9+/]+=*$")]

MAX_LINE_CHARS = 1000
LineText = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LINE_CHARS, pattern=r"\S")]
LineBox = Annotated[str, StringConstraints(min_length=16, max_length=5600, pattern=r"^[A-Za-z0-9+/]+=*$")]


class Message(BaseModel):
    """What every client message carries: an id of the sender's choosing, echoed by nothing, unique per sender."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)
    cmd_id: CommandId


class Join(Message):
    """Take the seat (or take it again): answered with the snapshot and the server's media offer."""

    v: Literal[1]
    media: bool = True


class Refresh(Message):
    """Ask for a fresh snapshot after a gap in `rev`."""


class ReportCheck(Message):
    """What the device check finds, whenever it changes; a failed one is evidence of an attempt (never of absence).

    A microphone is "silent" that nothing was heard through so far; a connection is "relay" that only stands over the
    relay, since the network lets nothing through directly.
    """

    camera: CheckResult
    microphone: Literal["ok", "silent", "failed", "skipped"]
    speaker: CheckResult
    connection: Literal["ok", "relay", "failed", "skipped"]


class Arrive(Message):
    """I am here: enter the private waiting room."""


class OfferMedia(Message):
    """This page's SDP offer of its own sound and picture, where the server asked for it; acknowledged with `answer`."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SDP_CHARS)]


class AnswerMedia(Message):
    """The SDP answer to the server's offer, or to the newest `media_redescribed`."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=MAX_SDP_CHARS)]


class RestartMedia(Message):
    """Ask for a fresh offer after the media connection was lost; acknowledged with `offer`."""


class AnnounceKey(Message):
    """The public key by which others give this page the keys of their frames; null where it has no such encryption."""

    key: PublicKey | None


class SendKeys(Message):
    """The key of this page's frames, in a box for each other person in the room."""

    boxes: Annotated[dict[Key, Box], Field(max_length=MAX_BOXES)]


class InRoom(Message):
    """Something among those in one room: refused with `not_in_room` from anywhere else, and never recorded."""


class Say(InRoom):
    """Write to everybody in the room (`to` null), a partner to the therapist alone, or the therapist to anyone alone.

    `text` is read by the server, which carries it; in `boxes`, one for each reader, only their pages can read it.
    """

    to: Key | None = None
    text: LineText | None = None
    boxes: Annotated[dict[Key, LineBox], Field(min_length=1, max_length=MAX_BOXES)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.text is None) == (self.boxes is None):
            raise ValueError("either text or boxes")
        return self


class ReadChat(InRoom):
    """What was written while this person was in the room, from after the line numbered `after`."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0


class RaiseHand(InRoom):
    """Raise one's hand, or lower it."""

    up: bool


class LowerHand(InRoom):
    """Lower somebody's hand: they have been heard."""

    participant: Key


class ShowState(InRoom):
    """What this page knows: nobody is at it for a moment; it sends and takes no pictures; its connection is poor."""

    away: bool
    sound_only: bool
    struggling: bool = False


class ShareScreen(InRoom):
    """Share the screen in place of one's picture, one person at a time; or end it."""

    on: bool


class AllowSharing(InRoom):
    """Let the others share their screens; taken back, it ends at once."""

    on: bool


class StopSharing(InRoom):
    """End whoever's sharing of a screen."""


class SetDevices(Message):
    """Microphone and camera as the person set them (shown to the room)."""

    microphone: bool
    camera: bool


class RunLate(Message):
    """I'm running late: minutes from now until I expect to be there."""

    minutes: Annotated[int, Field(ge=1, le=120)]


class DeclareAbsence(Message):
    """I can't come, and why."""

    reason: DeclaredReason


class WithdrawAbsence(Message):
    """I can come after all."""


class AskForTime(Message):
    """I need more time: shown to the therapist with the card."""


class AskForHelp(Message):
    """A sign to the therapist that nobody else notices: not in any view, nor on the page that sent it."""


class AnswerSafety(Message):
    """Whether I am alone and safe to talk: for the therapist alone."""

    safe: bool


class AnswerMerge(Message):
    """The attending partner's yes or no to being joined."""

    question: CommandId
    yes: bool


class Leave(Message):
    """Leave on purpose."""


class ShareDevice(Message):
    """We are both here: the other partner is at this device too."""


class ConfirmSharedDevice(Message):
    """I am at the other partner's device."""


class AttestSharedDevice(Message):
    """The therapist sees both at one device, or doesn't; `participant` is the one who confirmed."""

    participant: Key
    yes: bool


class AttestInOffice(Message):
    """The therapist has this partner in the office with them, or no longer has."""

    participant: Key
    here: bool


class AttestPresence(Message):
    """Somebody sits at this partner's device, or nobody: what the therapist sees."""

    participant: Key
    here: bool


class HearHelp(Message):
    """The therapist has seen this partner's sign."""

    participant: Key


class AskSafety(Message):
    """Ask this partner whether they are alone and safe."""

    participant: Key


class SettleSafety(Message):
    """The therapist has spoken with this partner: their no keeps nobody apart any more."""

    participant: Key


class TakeAside(Message):
    """Speak with this partner alone; everybody else in the room waits by themselves, and hears and sees nobody."""

    participant: Key


class EndAside(Message):
    """Back to everybody who waits."""


class Extend(Message):
    """The session may last this many minutes longer than it does now; at most two hours in all."""

    minutes: Annotated[int, Field(ge=1, le=120)]


class Admit(Message):
    participant: Key


class AdmitAll(Message):
    pass


class SendBack(Message):
    """Back to the private waiting room."""

    participant: Key


class Remove(Message):
    """Out of the session, media first; the link stops working."""

    participant: Key


class AnswerCard(Message):
    """The therapist's answer to the card `card`; `focus` where `proceed` obliges to drop joint work (J7)."""

    card: CommandId
    option: Literal["proceed", "wait", "reschedule", "end", "merge", "keep_solo"]
    focus: Literal["communication", "coping_skills", "substance_use_patterns", "intimacy", "open"] | None = None


class ApproveSolo(Message):
    """The therapist's assessment before anyone is seen alone (A9)."""

    approval: Literal["none", "standing", "granted", "denied"]
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class SetTerms(Message):
    """Before it begins: what the session is about, and the attendance class (null: as kind and focus have it)."""

    focus: Annotated[list[FocusName], Field(min_length=1, max_length=5)]
    attendance: Literal["required", "encouraged", "optional"] | None = None


class CorrectOutcome(Message):
    """After the end: set right what was recorded for one partner (null: nothing), and say why."""

    participant: Key
    outcome: (
        Literal["attended", "no_show", "late_cancel", "excused", "technical", "left_early", "provider_cancelled"] | None
    )
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CancelSession(Message):
    """Before it begins: the programme cancels it, for everyone, at once."""


class EndSession(Message):
    pass


CLIENT_EVENTS: dict[str, type[Message]] = {
    "join": Join,
    "refresh": Refresh,
    "report_check": ReportCheck,
    "arrive": Arrive,
    "answer_media": AnswerMedia,
    "offer_media": OfferMedia,
    "restart_media": RestartMedia,
    "announce_key": AnnounceKey,
    "send_keys": SendKeys,
    "set_devices": SetDevices,
    "say": Say,
    "read_chat": ReadChat,
    "raise_hand": RaiseHand,
    "lower_hand": LowerHand,
    "show_state": ShowState,
    "share_screen": ShareScreen,
    "allow_sharing": AllowSharing,
    "stop_sharing": StopSharing,
    "run_late": RunLate,
    "declare_absence": DeclareAbsence,
    "withdraw_absence": WithdrawAbsence,
    "ask_for_time": AskForTime,
    "ask_for_help": AskForHelp,
    "answer_safety": AnswerSafety,
    "hear_help": HearHelp,
    "ask_safety": AskSafety,
    "settle_safety": SettleSafety,
    "take_aside": TakeAside,
    "end_aside": EndAside,
    "extend": Extend,
    "answer_merge": AnswerMerge,
    "leave": Leave,
    "share_device": ShareDevice,
    "confirm_shared_device": ConfirmSharedDevice,
    "attest_shared_device": AttestSharedDevice,
    "attest_in_office": AttestInOffice,
    "attest_presence": AttestPresence,
    "admit": Admit,
    "admit_all": AdmitAll,
    "send_back": SendBack,
    "remove": Remove,
    "answer_card": AnswerCard,
    "approve_solo": ApproveSolo,
    "set_terms": SetTerms,
    "correct_outcome": CorrectOutcome,
    "cancel_session": CancelSession,
    "end_session": EndSession,
}
