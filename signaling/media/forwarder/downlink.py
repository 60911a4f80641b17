"""What was sent to one subscriber, by the numbers that its reports speak of."""

from __future__ import annotations

import struct

from signaling.media.forwarder import rtp
from signaling.media.forwarder.estimate import BURST_BYTES, Estimate, Fate
from signaling.media.forwarder.transport import read

MUCH = 1.2
OVERTAKEN = 0.15  # s by which a packet may come after one that was sent later
KEPT = 2048  # packets whose sending is remembered
_PADDING = BURST_BYTES - 20


class Downlink:
    def __init__(self) -> None:
        self.estimate = Estimate()
        self.last = self._bursts = 0
        self._missing: dict[int, float] = {}  # number → when it was first said to be
        self.sent: list[tuple[int, float, int, int] | None] = [None] * KEPT

    def number(self, now: float, size: int, burst: int = 0) -> int:
        """The number of a packet of `size` bytes that is sent now."""
        self.last = last = (self.last + 1) & 0xFFFF
        self.sent[last % KEPT] = last, now, size, burst
        return last

    def forget_last(self) -> None:
        """The last packet was one sent before, unchanged: where that came too, this one is dropped as a replay, and
        reported as if it were lost."""
        self.sent[self.last % KEPT] = None

    def reported(self, body: bytes, now: float) -> bool:
        """Take a report; whether less fits than before, or much more. Raises what `read` does."""
        before, fates = self.estimate.bits, list[Fate]()
        for seq, came in read(body):
            sent = self.sent[seq % KEPT]
            if sent is None or sent[0] != seq:
                continue
            if came is None:
                self._missing.setdefault(seq, now)
                continue
            self.sent[seq % KEPT] = None
            self._missing.pop(seq, None)
            fates.append(Fate(sent[1], came, sent[2], sent[3]))
        fates += self._given_up(now)
        if fates:
            self.estimate.told(fates, now)
        return not before <= self.estimate.bits < MUCH * before

    def _given_up(self, now: float) -> list[Fate]:
        """What was said to be missing, and still is: a packet that another overtook is not lost."""
        fates = list[Fate]()
        while self._missing and now - next(iter(self._missing.values())) > OVERTAKEN:
            seq = next(iter(self._missing))
            del self._missing[seq]
            sent = self.sent[seq % KEPT]
            if sent is not None and sent[0] == seq:
                self.sent[seq % KEPT] = None
                fates.append(Fate(sent[1], None, sent[2], sent[3]))
        return fates

    def burst_of(self, count: int, now: float) -> list[bytes]:
        """So many packets that carry nothing, to see how far apart they arrive; receivers throw them away."""
        self._bursts += 1
        head = struct.pack("!BBHLLHHBHB", 0xB0, rtp.RTX_PT, 0, 0, 0, 0xBEDE, 1, 0, 0, 0)
        found = [bytearray(head + bytes(_PADDING - 1) + bytes([_PADDING])) for _ in range(count)]
        for packet in found:
            number = self.number(now, len(packet), self._bursts)
            rtp.NUMBER.pack_into(packet, rtp.NUMBER_AT, rtp.NUMBERED, number)
        return [bytes(packet) for packet in found]
