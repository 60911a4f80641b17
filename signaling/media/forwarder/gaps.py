"""Packets that are missing, and when to ask for them (RFC 4585). Pure: time is an argument."""

from __future__ import annotations

AGAIN = 0.08  # s until a packet is asked for again; then twice as long each time
TRIES = 5  # what was not given after so many will not come
MOST = 64  # missing packets at a time; after more a keyframe is quicker


class Gaps:
    """What one stream lacks: nearly always nothing, which `missing` tells cheaply."""

    __slots__ = ("missing",)

    def __init__(self) -> None:
        self.missing: dict[int, tuple[float, int]] = {}  # sequence number → when to ask, how often it was asked

    def opened(self, first: int, count: int, now: float) -> None:
        """From `first` on, `count` packets did not come."""
        if count + len(self.missing) > MOST:
            self.missing.clear()
        if count <= MOST:
            self.missing.update(((first + step) & 0xFFFF, (now, 0)) for step in range(count))

    def came(self, seq: int) -> None:
        self.missing.pop(seq, None)

    def due(self, now: float) -> list[int]:
        """The sequence numbers to ask for now; each is asked for at most `TRIES` times, ever more seldom."""
        asked = [seq for seq, (at, _) in self.missing.items() if at <= now]
        for seq in asked:
            tries = self.missing[seq][1]
            if tries + 1 < TRIES:
                self.missing[seq] = now + AGAIN * 2**tries, tries + 1
            else:
                del self.missing[seq]
        return asked
