"""What comes in from a publisher, and what goes out in a subscriber's slot."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from signaling.media.forwarder import rtp

if TYPE_CHECKING:
    from signaling.media.forwarder.peer import Peer

CACHE = 1024  # packets of a picture kept for NACK
MAX_GAP = 64  # missing packets that are asked for again; after more a keyframe is quicker
KEYFRAME_EVERY = 0.3  # s between two requests to one publisher


class Slot:
    """One outgoing RTP stream of one subscriber: its SSRC never changes, its source may.

    Sequence numbers and timestamps are shifted so that they run on when the source changes.
    """

    __slots__ = ("_at", "_resync", "_seq", "_seq_shift", "_stamp", "clock", "kind", "mid", "source", "ssrc", "ts_shift")

    def __init__(self, kind: str, mid: int) -> None:
        self.kind, self.mid = kind, mid
        self.clock = rtp.AUDIO_CLOCK if kind == "audio" else rtp.VIDEO_CLOCK
        self.ssrc = secrets.randbits(31) | 1
        self.source: Stream | None = None
        self.ts_shift = 0
        self._seq_shift, self._seq, self._stamp, self._at = 0, -1, 0, 0.0
        self._resync = True

    @property
    def settled(self) -> bool:
        """Whether the shift to the present source is known."""
        return not self._resync

    def connect(self, source: Stream | None) -> None:
        if self.source is source:
            return
        if self.source is not None:
            self.source.slots = tuple(pair for pair in self.source.slots if pair[1] is not self)
        self.source, self._resync = source, True

    def rewrite(self, head: bytes, seq: int, stamp: int, tail: bytes, now: float) -> bytes:
        if self._resync:
            self._resync = False
            if self._seq < 0:
                self._seq_shift, self.ts_shift = (secrets.randbits(14) - seq) & 0xFFFF, 0
            else:
                self._seq_shift = (self._seq + 1 - seq) & 0xFFFF
                self.ts_shift = (self._stamp + int((now - self._at) * self.clock) - stamp) & 0xFFFFFFFF
        self._seq, self._stamp, self._at = (seq + self._seq_shift) & 0xFFFF, (stamp + self.ts_shift) & 0xFFFFFFFF, now
        return rtp.with_ids(head, self._seq, self._stamp, self.ssrc, tail)

    def again(self, asked: int) -> bytes | None:
        """The packet that went out as sequence number `asked`, if it is still kept."""
        if self.source is None or self._resync:
            return None
        seq = (asked - self._seq_shift) & 0xFFFF
        packet = self.source.kept(seq)
        if packet is None:
            return None
        stamp = (rtp.timestamp(packet) + self.ts_shift) & 0xFFFFFFFF
        return rtp.with_ids(packet[:2], asked, stamp, self.ssrc, packet[12:])


class Stream:
    """One incoming RTP stream. `slots` is everyone who gets it, as (subscriber, slot)."""

    def __init__(self, peer: Peer, kind: str, ssrc: int) -> None:
        self.peer, self.kind, self.ssrc = peer, kind, ssrc
        self.slots: tuple[tuple[Peer, Slot], ...] = ()
        self.level = rtp.SILENCE
        self.last_report: tuple[int, float] = (0, 0.0)  # middle of the NTP time, and when it came
        self.last_keyframe_request = 0.0
        self._cache: list[bytes | None] = [None] * (CACHE if kind == "video" else 0)
        self._highest: int | None = None
        self._cycles = self._base = self._packets = 0
        self._expected_before = self._packets_before = 0
        self._counted = [0, 0, 0]  # packets, frames, bytes since the last look

    def received(self, packet: bytes) -> list[int]:
        """Note a packet; returns the sequence numbers that are missing before it and worth asking for."""
        seq, missing = rtp.sequence(packet), list[int]()
        self._packets += 1
        self._counted[0] += 1
        self._counted[2] += len(packet)
        if self._highest is None:
            self._highest = self._base = seq
        ahead = (seq - self._highest) & 0xFFFF
        if 0 < ahead < 0x8000:
            if seq < self._highest:
                self._cycles += 0x10000
            if 1 < ahead < MAX_GAP and self.kind == "video":
                missing = [(self._highest + step) & 0xFFFF for step in range(1, ahead)]
            self._highest = seq
        if self.kind == "video":
            self._cache[seq % CACHE] = packet
            self._counted[1] += rtp.has_marker(packet)
        else:
            level = rtp.audio_level(packet)
            self.level = self.level if level is None else level
        return missing

    def kept(self, seq: int) -> bytes | None:
        packet = self._cache[seq % CACHE] if self._cache else None
        return packet if packet is not None and rtp.sequence(packet) == seq else None

    def counted(self) -> tuple[int, int, int]:
        """Packets, frames and bytes since the last call."""
        packets, frames, size = self._counted
        self._counted = [0, 0, 0]
        return packets, frames, size

    def reception(self) -> tuple[tuple[int, int], int]:
        """For a receiver report: (fraction lost of 256, total lost), highest sequence number with its cycles."""
        highest = self._cycles + (self._highest or 0)
        expected = highest - self._base + 1
        now, got = expected - self._expected_before, self._packets - self._packets_before
        self._expected_before, self._packets_before = expected, self._packets
        fraction = max(0, min(255, (now - got) * 256 // now)) if now > 0 else 0
        return (fraction, max(0, expected - self._packets)), highest


class Pair:
    """A receive slot: the sound and the picture of one publisher, together (one msid, lip sync)."""

    def __init__(self, index: int) -> None:
        self.index = index
        self.audio, self.video = Slot("audio", 2 + 2 * index), Slot("video", 3 + 2 * index)
        self.publisher: Peer | None = None

    def __iter__(self) -> Iterator[Slot]:
        return iter((self.audio, self.video))

    def of_kind(self, kind: str) -> Slot:
        return self.audio if kind == "audio" else self.video
