"""What a `MediaBackend` sees and tells. A peer is an opaque id; nothing here names a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


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
    """Which peer each receive slot of this subscriber carries; None where it is empty."""

    peer: str
    slots: Mapping[int, str | None]


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
