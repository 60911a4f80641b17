"""What is known of one person's two connections to Janus."""

from __future__ import annotations

import asyncio
import secrets
import time

from server.application.media_events import PeerObserved, SlotsChanged
from signaling.media.janus.wire import Message


class Slot:
    """A receive slot: whose it is, and which feed Janus was last told to show there (None: the dummy)."""

    def __init__(self) -> None:
        self.source: Person | None = None
        self.shown: int | None = None


class Person:
    """`sends` and `receives` are Janus' handles of the two connections; `feed` is the id of what is sent."""

    def __init__(self, name: str, slots: int) -> None:
        self.name, self.slots = name, [Slot() for _ in range(slots)]
        self.feed = secrets.randbits(48)
        self.sends = self.receives = 0
        self.up: set[int] = set()  # handles whose connection stands
        self.room: str | None = None
        self.pictures = True  # whether they take any
        self.closed = False
        self.switching = asyncio.Lock()
        self.opened_at = time.monotonic()
        self.answered_at: float | None = None
        self.receiving = ""  # the answer to what Janus offers to send
        self._heard: tuple[Message, float] = ({}, 0.0)  # what Janus last counted, and when that changed
        self._counted = (0, self.opened_at)  # packets of sound, and when they were counted

    @property
    def connected(self) -> bool:
        return self.up >= {handle for handle in (self.sends, self.receives) if handle}

    def take_in(self, other: Person) -> bool:
        """Give `other` a slot; whether there was one."""
        slot = next((slot for slot in self.slots if slot.source is None), None)
        if slot is not None:
            slot.source = other
        return slot is not None

    def let_go(self, other: Person) -> bool:
        """Free the slot of `other`; whether they had one."""
        slot = next((slot for slot in self.slots if slot.source is other), None)
        if slot is not None:
            slot.source = None
        return slot is not None

    def amiss(self) -> dict[int, int | None]:
        """The slots that show something else than they should, with the feed that belongs there. Nothing can be shown
        to, or of, somebody whose connection does not stand yet."""
        if self.receives not in self.up:
            return {}
        wanted = [
            slot.source.feed if slot.source and slot.source.sends in slot.source.up else None for slot in self.slots
        ]
        return {n: feed for n, feed in enumerate(wanted) if feed != self.slots[n].shown}

    def slots_changed(self) -> SlotsChanged:
        return SlotsChanged(
            self.name, {n: slot.source.name if slot.source else None for n, slot in enumerate(self.slots)}
        )

    def observed(self, sent: Message, received: Message, now: float) -> PeerObserved:
        """From Janus' counts of both connections. A sign of life is a packet that came, or a report of theirs that says
        anything new. Of who has never sent anything, only Janus' own checks tell that they are gone."""
        counts = {mid: medium["stats"]["in"]["packets"] for mid, medium in sent.items()}
        heard = {**counts, "reports": [medium.get("rtcp") for medium in received.values()]}
        if heard != self._heard[0]:
            self._heard = heard, now
        before, at = self._counted
        self._counted = counts.get("0", 0), now
        return PeerObserved(
            self.name,
            audio_pps=max(0, self._counted[0] - before) / max(0.001, now - at),
            audio_level=None,
            video_fps=None,
            video_bytes_per_frame=None,
            silent_ms=int((now - self._heard[1]) * 1000) if any(counts.values()) else 0,
        )
