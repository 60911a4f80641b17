"""What was sent to one subscriber, by the numbers that its reports speak of."""

from __future__ import annotations

import struct
from math import inf

from signaling.media.forwarder import rtp
from signaling.media.forwarder.estimate import BURST_BYTES, Estimate, Fate
from signaling.media.forwarder.transport import read

MUCH = 1.2
OVERTAKEN = 0.15  # s by which a packet may come after one that was sent later
KEPT = 2048  # packets whose sending is remembered
_PADDING = BURST_BYTES - 20
# A packet that carries nothing; receivers throw it away.
NOTHING = (
    struct.pack("!BBHLLHHBHB", 0xB0, rtp.RTX_PT, 0, 0, 0, 0xBEDE, 1, 0, 0, 0) + bytes(_PADDING - 1) + bytes([_PADDING])
)


class Downlink:
    def __init__(self) -> None:
        self.estimate = Estimate()
        self.last = self._bursts = 0
        self._missing: dict[int, float] = {}  # number → when it was first said to be
        self._again: dict[int, float] = {}  # number → when it was sent once more
        self._quickest = inf  # s from sending to the report of it
        self.sent: list[tuple[int, float, int, int] | None] = [None] * KEPT

    def number(self, now: float, size: int, burst: int = 0) -> int:
        """The number of a packet of `size` bytes that is sent now."""
        self.last = last = (self.last + 1) & 0xFFFF
        self.sent[last % KEPT] = last, now, size, burst
        return last

    def repeated(self, number: int, now: float) -> None:
        """The packet of this number is sent once more, and as it was: its header may not change."""
        sent = self.sent[number % KEPT]
        if sent is not None and sent[0] == number:
            self._again.setdefault(number, now)

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
            self._quickest = min(self._quickest, now - sent[1])
            again = self._again.pop(seq, inf)
            repeat = sent[1] <= again <= now - self._quickest  # sent early enough to be what came
            fates.append(Fate(sent[1], None if repeat else came, sent[2], sent[3]))
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
            self._again.pop(seq, None)
            sent = self.sent[seq % KEPT]
            if sent is not None and sent[0] == seq:
                self.sent[seq % KEPT] = None
                fates.append(Fate(sent[1], None, sent[2], sent[3]))
        return fates

    def burst_of(self, count: int, now: float) -> list[int]:
        """The numbers of so many packets that carry nothing, sent to see how far apart they arrive."""
        self._bursts += 1
        return [self.number(now, len(NOTHING), self._bursts) for _ in range(count)]
