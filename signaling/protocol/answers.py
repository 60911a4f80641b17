"""What the server says on `/session`: events, and acknowledgements of client events (signaling/PROTOCOL.md)."""

from __future__ import annotations

from typing import Any, Final, Generic, Literal, TypeVar

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
    """The media connection must be made afresh from this SDP offer."""

    offer: str


class SlotsAssigned(TypedDict):
    """Whose sound and picture each receive slot carries now; null where it is empty."""

    slots: dict[str, str | None]


class Closed(TypedDict):
    """This connection ends, and must not come back by itself."""

    type: str
    message: str


class Error(TypedDict):
    """A stable code, and a sentence that may be shown."""

    type: str
    message: str


class Refused(TypedDict):
    """The client event changed nothing."""

    error: Error


class Done(TypedDict):
    """The client event was done."""

    ok: Literal[True]
    rev: int


class Refreshed(Done):
    """`snapshot` is the whole view, with `role`, `now` and `speed`."""

    snapshot: dict[str, Any]


class Offered(Done):
    """`offer` is an SDP offer, or null where media is not to be had."""

    offer: str | None


class Joined(Refreshed):
    """`offer` as above; `ice_servers` as RTCPeerConnection takes them."""

    offer: str | None
    ice_servers: list[dict[str, Any]]


SERVER_EVENTS: dict[str, type] = {
    "changed": Changed,
    "media_offered": MediaOffered,
    "slots_assigned": SlotsAssigned,
    "closed": Closed,
}
ACKNOWLEDGED: dict[str, type] = {"join": Joined, "refresh": Refreshed, "restart_media": Offered}
VIEWS: tuple[type, ...] = (PartnerView, TherapistView)
