"""What comes in from a publisher, and what goes out in a subscriber's slot."""

from __future__ import annotations

import secrets
from array import array
from collections.abc import Iterator
from typing import TYPE_CHECKING

from signaling.media.forwarder import rtp
from signaling.media.forwarder.gaps import Gaps

if TYPE_CHECKING:
    from signaling.media.forwarder.peer import Peer

CACHE = {"video": 1024, "audio": 64}  # packets kept for who missed them
REACH = 2048  # packets back to which a late one still goes out
SILENT = 5.0  # s without a packet, after which a source may have gone on to any number
LOUD = 50  # -dBov (RFC 6464): louder is somebody who speaks
KEYFRAME_EVERY = 0.3  # s between two requests to one publisher
KEYFRAME_EVERY_EACH = 1.0  # s between two that one subscriber causes


class Slot:
    """One outgoing RTP stream of one subscriber: its SSRC never changes, its source may.

    Sequence numbers and timestamps are shifted so that they run on when the source changes. Under one number goes one
    packet and no other, ever: with two, an eavesdropper could undo the encryption (RFC 3711, 9.1; RFC 7714, 8.1).
    """

    __slots__ = (
        "_asked_keyframe", "_at", "_before", "_first", "_resync", "_rtx_seq", "_seq", "_seq_shift", "_stamp",
        "clock", "coming", "kind", "mid", "numbers", "rtx_ssrc", "source", "ssrc", "ts_shift",
    )  # fmt: skip

    def __init__(self, kind: str, mid: int) -> None:
        self.kind, self.mid = kind, mid
        self.clock = rtp.AUDIO_CLOCK if kind == "audio" else rtp.VIDEO_CLOCK
        self.ssrc, self.rtx_ssrc = secrets.randbits(31) | 1, secrets.randbits(31) & ~1
        self.source: Stream | None = None
        self.coming: Stream | None = None  # what is the source from its next keyframe on
        self.ts_shift = 0
        self._seq_shift, self._seq, self._stamp, self._at = 0, -1, 0, 0.0
        self._first, self._rtx_seq, self._asked_keyframe = 0, secrets.randbits(14), 0.0
        self._resync = True
        self._before = 0, 0
        # By sequence number, the number over all streams that a packet of the subscriber's carried.
        self.numbers = array("H", bytes(2 * CACHE[kind]))

    @property
    def settled(self) -> bool:
        """Whether the shift to the present source is known."""
        return not self._resync

    def turn(self, subscriber: Peer, source: Stream) -> None:
        """What is seen now goes on until a keyframe of `source` comes."""
        self.stay()
        self.coming = source
        source.joining = (*source.joining, (subscriber, self))

    def stay(self) -> None:
        if self.coming is not None:
            self.coming.joining = tuple(pair for pair in self.coming.joining if pair[1] is not self)
            self.coming = None

    def connect(self, source: Stream | None) -> None:
        self.stay()
        if self.source is source:
            return
        sent = self.sent
        if self.source is not None:
            self.source.slots = tuple(pair for pair in self.source.slots if pair[1] is not self)
        self.source, self._resync = source, True
        came = (0, 0) if source is None else source.came
        self._before = sent[0] - came[0], sent[1] - came[1]

    @property
    def sent(self) -> tuple[int, int]:
        """Packets that went out in this slot so far, and bytes of their payload: not what came before it was theirs."""
        packets, size = (0, 0) if self.source is None else self.source.came
        return self._before[0] + packets, self._before[1] + size

    def shifted(self, seq: int, stamp: int, now: float) -> tuple[int, int] | None:
        """The sequence number and timestamp under which a packet of the source goes out in this slot.

        None where it is from before what was first sent of this source: its number was another's.
        """
        if self._resync or now - self._at > SILENT:
            self._begin(seq, stamp, now)
        out, at = (seq + self._seq_shift) & 0xFFFF, (stamp + self.ts_shift) & 0xFFFFFFFF
        since = (out - self._first) & 0xFFFF
        if since >= 0x8000:
            return None
        if (out - self._seq) & 0xFFFF < 0x8000:  # not one that comes late
            self._seq, self._stamp, self._at = out, at, now
            if since > REACH:
                self._first = (out - REACH) & 0xFFFF
        return out, at

    def _begin(self, seq: int, stamp: int, now: float) -> None:
        """Go on from what went out before with this packet: of another source, or after a time without any."""
        self._resync = False
        if self._seq < 0:
            self._seq_shift, self.ts_shift = (secrets.randbits(14) - seq) & 0xFFFF, 0
        else:
            self._seq_shift = (self._seq + 1 - seq) & 0xFFFF
            self.ts_shift = (self._stamp + int((now - self._at) * self.clock) - stamp) & 0xFFFFFFFF
        self._first = (seq + self._seq_shift) & 0xFFFF
        self._seq = (self._first - 1) & 0xFFFF

    def again(self, asked: int) -> tuple[bytes, int, int] | None:
        """The source's packet that went out as sequence number `asked`, if it is still kept, with what it had here."""
        if self.source is None or self._resync or (asked - self._first) & 0xFFFF >= 0x8000:
            return None
        seq = (asked - self._seq_shift) & 0xFFFF
        packet = self.source.kept(seq)
        if packet is None:
            return None
        return packet, asked, (rtp.timestamp(packet) + self.ts_shift) & 0xFFFFFFFF

    def next_rtx(self) -> int:
        """The sequence number of the next retransmission."""
        self._rtx_seq = (self._rtx_seq + 1) & 0xFFFF
        return self._rtx_seq

    def may_ask_keyframe(self, now: float) -> bool:
        """Whether this subscriber's wish for a keyframe is heard; one who asks all the time costs everyone picture."""
        if now - self._asked_keyframe < KEYFRAME_EVERY_EACH:
            return False
        self._asked_keyframe = now
        return True


class Stream:
    """One incoming RTP stream. `slots` is everyone who gets it, as (subscriber, slot), and `joining` who does from its
    next keyframe on. `size` is that of the picture among `rtp.SIZES`."""

    def __init__(self, peer: Peer, kind: str, ssrc: int, size: int = 0) -> None:
        self.peer, self.kind, self.ssrc, self.size = peer, kind, ssrc, size
        self.slots: tuple[tuple[Peer, Slot], ...] = ()
        self.joining: tuple[tuple[Peer, Slot], ...] = ()
        self.came_at = 0.0
        self.own = rtp.own_picture if kind == "video" else rtp.own_sound
        self.level, self.loud_at = rtp.SILENCE, 0.0
        self.bits = 0  # of the last second
        self.last_report: tuple[int, float] = (0, 0.0)  # middle of the NTP time, and when it came
        self.last_keyframe_request = 0.0
        self.gaps = Gaps()
        self._cache: list[bytes | None] = [None] * CACHE[kind]
        self._highest: int | None = None
        self._cycles = self._base = self._packets = self._bytes = 0
        self._expected_before = self._packets_before = 0
        self._counted = [0, 0, 0]  # packets, frames, bytes since the last look

    def received(self, packet: bytes, now: float) -> bool:
        """Note a packet from `own`, and in `gaps` what is missing before it. False for one that had come already."""
        seq, cache = rtp.sequence(packet), self._cache
        before = cache[seq % len(cache)]
        if before is not None and before[2:8] == packet[2:8]:
            return False
        cache[seq % len(cache)] = packet
        self.came_at = now
        counted = self._counted
        self._packets += 1
        counted[0] += 1
        counted[2] += len(packet)
        if self._highest is None:
            self._highest = self._base = seq
        ahead = (seq - self._highest) & 0xFFFF
        if 0 < ahead < 0x8000:
            if seq < self._highest:
                self._cycles += 0x10000
            if ahead > 1:
                self.gaps.opened((self._highest + 1) & 0xFFFF, ahead - 1, now)
            self._highest = seq
        elif self.gaps.missing:
            self.gaps.came(seq)
        if self.kind == "video":
            counted[1] += packet[1] >> 7
        else:
            level = rtp.audio_level(packet)
            if level is not None:
                self.level = level
                if level < LOUD:
                    self.loud_at = now
        return True

    def join(self) -> None:
        """Those who waited for a keyframe get all from here on."""
        for subscriber, slot in self.joining:
            self.serve(subscriber, slot)

    def serve(self, subscriber: Peer, slot: Slot) -> None:
        """This slot gets all from here on."""
        slot.connect(self)
        self.slots = (*self.slots, (subscriber, slot))

    def kept(self, seq: int) -> bytes | None:
        packet = self._cache[seq % len(self._cache)]
        return packet if packet is not None and rtp.sequence(packet) == seq else None

    @property
    def came(self) -> tuple[int, int]:
        """Packets, and bytes of their payload, since it began."""
        return self._packets, self._bytes + self._counted[2] - rtp.HEADER * self._packets

    def counted(self) -> tuple[int, int, int]:
        """Packets, frames and bytes since the last call, a second ago."""
        packets, frames, size = self._counted
        self._counted, self.bits = [0, 0, 0], 8 * size
        self._bytes += size
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
