"""What is known of one person at LiveKit."""

from __future__ import annotations

import asyncio
import math
import secrets
import time

from livekit.protocol import models

from server.application.media_events import PeerObserved, SlotsChanged
from signaling.media.forwarder.rtp import SILENCE
from signaling.media.livekit.sdp import Offered
from signaling.media.livekit.signal import Signal

Shown = list[tuple[str | None, str | None]]  # by slot: the tracks of sound and of picture


class Person:
    """`house` is LiveKit's room, where they are `identity`, which says nothing of who they are; `room` is Dyad's."""

    def __init__(self, name: str, slots: int, house: str) -> None:
        self.name, self.house, self.identity = name, house, secrets.token_hex(8)
        self.slots: list[Person | None] = [None] * slots
        self.room: str | None = None
        self.pictures = True  # whether they take any
        self.signal: Signal | None = None
        self.sid = ""
        self.own = ""  # LiveKit's answer to what they send
        self.tracks: dict[str, str] = {}  # LiveKit's ids of what they send, by kind
        self.permitted = False  # whether LiveKit lets them receive anything
        self.asked: set[str] = set()  # tracks that LiveKit was asked for
        self.offered: Offered | None = None  # what LiveKit carries to them, or is about to
        self.shown: Shown = []  # what of that their page was last told
        self.versions = 1  # of their connection's description
        self.moved = asyncio.Event()  # LiveKit has offered something else
        self.adjusting = asyncio.Lock()
        self.opened_at = time.monotonic()
        self.taken_at: float | None = None
        self.connected = self.closed = False
        self.level = SILENCE
        self.lost_at: float | None = None  # since when LiveKit hears nothing of them

    @property
    def wanted(self) -> set[str]:
        """The tracks that they are to receive now."""
        return {track for pair in self.slot_tracks() for track in pair if track is not None}

    @property
    def carried(self) -> set[str]:
        return self.offered.carried if self.offered is not None else set()

    def slot_tracks(self) -> Shown:
        return [
            (source.tracks.get("audio"), source.tracks.get("video") if self.pictures else None)
            if source is not None
            else (None, None)
            for source in self.slots
        ]

    def take_in(self, other: Person) -> bool:
        """Give `other` a slot; whether there was one."""
        if None not in self.slots:
            return False
        self.slots[self.slots.index(None)] = other
        return True

    def let_go(self, other: Person) -> bool:
        """Free the slot of `other`; whether they had one."""
        if other not in self.slots:
            return False
        self.slots[self.slots.index(other)] = None
        return True

    def slots_changed(self) -> SlotsChanged:
        return SlotsChanged(self.name, {n: source.name if source else None for n, source in enumerate(self.slots)})

    def hear(self, speaker: models.SpeakerInfo) -> None:
        audible = speaker.active and speaker.level > 0
        self.level = min(SILENCE, max(0, round(-20 * math.log10(speaker.level)))) if audible else SILENCE

    def rate(self, quality: models.ConnectionQuality, now: float) -> None:
        lost = quality == models.ConnectionQuality.LOST
        self.lost_at = (self.lost_at or now) if lost else None

    def observed(self, now: float) -> PeerObserved:
        """LiveKit tells how loud somebody is, and that it hears nothing of them any more; it counts nothing for us."""
        silent = 0 if self.lost_at is None else int((now - self.lost_at) * 1000)
        return PeerObserved(self.name, None, self.level, None, None, silent)
