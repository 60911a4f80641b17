"""What the server says on `/session`: events, and acknowledgements of client events (signaling/PROTOCOL.md)."""

from __future__ import annotations

from typing import Any, Final, Generic, Literal, NotRequired, TypeVar

from typing_extensions import TypedDict

from server.domain.session.views import PartnerView, TherapistView

D = TypeVar("D")

PROTOCOL_VERSION: Final = 1


class Envelope(TypedDict, Generic[D]):
    """What every server event carries: `rev` counts this person's view, `at` is the policy clock (RFC 3339)."""

    v: Literal[1]
    rev: int
    at: str
    data: D


class Changed(TypedDict):
    """Top-level keys of the view with their new values; `rev` is one more than the last."""

    set: dict[str, Any]


class MediaOffered(TypedDict):
    """The media connection must be made afresh: from this SDP offer or, with `yours`, from one of the page's own.

    `ice_servers` as RTCPeerConnection takes them.
    """

    offer: str | None
    yours: bool
    ice_servers: list[dict[str, Any]]


class MediaRedescribed(TypedDict):
    """The same media connection with its receive slots as they are now: to be answered by `answer_media`."""

    offer: str


class SlotsAssigned(TypedDict):
    """Whose sound and picture each receive slot carries now; null where it is empty.

    `paused`: whose picture is left out for now, since this person's own connection is slow ("slow"), or since more are
    there than pictures are sent ("many"). Their sound goes on.
    """

    slots: dict[str, str | None]
    paused: dict[str, Literal["slow", "many"]]


class MembersKeys(TypedDict):
    """The public key of each other person in this one's room, null for who can't encrypt end to end.

    Who has not said yet is left out. Sent whenever it changes.
    """

    keys: dict[str, str | None]


class KeySent(TypedDict):
    """`sender` of the same room gives this person the key of their frames, in a box that nobody else can open."""

    sender: str
    box: str


class RoomChanged(TypedDict):
    """What those in one's room show each other, whole, whenever it changes; all of it empty outside a room.

    `hands` are raised, the first first; `sharing` shares their screen in place of their picture;
    `struggling`, whose connection is poor, is told to the therapist alone.
    """

    here: bool
    hands: list[str]
    sharing: str | None
    others_may_share: bool
    away: list[str]
    sound_only: list[str]
    struggling: list[str]


class ChatLine(TypedDict):
    """One line; `n` rises within this person's own. `text` was readable to the server, `box` is not; one is null."""

    n: int
    sender: str
    to: str | None
    text: str | None
    box: str | None


class Moved(TypedDict):
    """The session lives on another node: take the seat there, or, where it is null, once more where you came from."""

    address: str | None


class Closed(TypedDict):
    """This connection ends, and must not come back by itself."""

    type: str
    message: str


class Error(TypedDict):
    """A stable code, and a sentence that may be shown; with `elsewhere` the address to join at instead."""

    type: str
    message: str
    address: NotRequired[str]


class Refused(TypedDict):
    """The client event changed nothing."""

    error: Error


def refused(code: str, message: str, address: str | None = None) -> Refused:
    error: Error = {"type": code, "message": message}
    return {"error": error if address is None else {**error, "address": address}}


class Done(TypedDict):
    """The client event was done."""

    ok: Literal[True]
    rev: int


class Refreshed(Done):
    """`snapshot` is the whole view, with `role`, `now` and `speed`."""

    snapshot: dict[str, Any]


class Said(Done):
    """The line's number among one's own."""

    n: int


class ChatRead(Done):
    """The lines asked for, oldest first."""

    lines: list[ChatLine]


class Offered(Done):
    """`offer` is an SDP offer; null where the page has to offer (`yours`) or media is not to be had."""

    offer: str | None
    yours: bool
    ice_servers: list[dict[str, Any]]


class Taken(Done):
    """The SDP answer to the page's offer."""

    answer: str


class Joined(Refreshed):
    """`offer`, `yours` and `ice_servers` as above.

    `nodes` are addresses at which the seat can be taken again, the session's own node first; empty where there is one.
    `node` names the one that answers: media that another one carried ended with it.
    """

    offer: str | None
    yours: bool
    ice_servers: list[dict[str, Any]]
    node: str
    nodes: list[str]


SERVER_EVENTS: dict[str, type] = {
    "changed": Changed,
    "media_offered": MediaOffered,
    "media_redescribed": MediaRedescribed,
    "slots_assigned": SlotsAssigned,
    "members_keys": MembersKeys,
    "key_sent": KeySent,
    "room_changed": RoomChanged,
    "chat_said": ChatLine,
    "moved": Moved,
    "closed": Closed,
}
ACKNOWLEDGED: dict[str, type] = {
    "join": Joined,
    "refresh": Refreshed,
    "restart_media": Offered,
    "offer_media": Taken,
    "say": Said,
    "read_chat": ChatRead,
}
VIEWS: tuple[type, ...] = (PartnerView, TherapistView)
