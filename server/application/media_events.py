"""What a `MediaBackend` sees and tells. A peer is an opaque id; nothing here names a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LeftOut = Literal["slow", "many"]


@dataclass(frozen=True, slots=True)
class PeerConnected:
    """ICE and DTLS are complete; the peer is held until it is placed."""

    peer: str


@dataclass(frozen=True, slots=True)
class PeerClosed:
    """The peer is gone: `why` is a stable code such as `consent_lost` or `not_answered`."""

    peer: str
    why: str


@dataclass(frozen=True, slots=True)
class PeerObserved:
    """Evidence of the last second: packets/s of sound, level (RFC 6464, 127 is silence), frames/s, bytes per frame.

    None is what a backend does not count.
    """

    peer: str
    audio_pps: float | None
    audio_level: int | None
    video_fps: float | None
    video_bytes_per_frame: float | None
    silent_ms: int


@dataclass(frozen=True, slots=True)
class SlotsChanged:
    """Which peer each receive slot of this subscriber carries; None where it is empty.

    `paused` are those of them whose picture is left out for now, and why: "slow", since this subscriber's own downlink
    carries no more, or "many", since more people are there than pictures are sent.
    """

    peer: str
    slots: Mapping[int, str | None]
    paused: Mapping[str, LeftOut] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Redescribed:
    """The same connection, offered anew since what its receive slots carry arrives otherwise; to be answered."""

    peer: str
    offer: str


@dataclass(frozen=True, slots=True)
class WorkerLost:
    """The worker died: every peer is gone."""


@dataclass(frozen=True, slots=True)
class WorkerReady:
    """A new worker runs; every peer needs a fresh offer."""


MediaEvent = PeerConnected | PeerClosed | PeerObserved | SlotsChanged | Redescribed | WorkerLost | WorkerReady
