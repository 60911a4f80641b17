"""How much a subscriber's downlink carries, from what became of each packet sent (in the spirit of RFC 8698 and GCC).

Pure: time is an argument. Delay tells before packets are lost, loss where queues are short; a burst of padding tells
whether there is room for more when little is being sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

START, LEAST, MOST = 2_000_000.0, 30_000.0, 20_000_000.0  # bits/s
QUEUED = 0.1  # s that packets wait somewhere on the way: too much is sent, if it also grows or packets are lost
CLEAR = 0.05  # s of waiting below which more may be sent
GROWS = 0.02  # s of growth in `LOOK` that are no chance
LOOK = 0.4  # s
STEADY = 2.0  # s after which a delay that neither grows nor loses is the way's own
LOSSY, LOSSLESS = 0.12, 0.06  # of packets: less is sent from here on, more up to there
LATELY, NOW = 1.0, 0.35  # s after which a loss counts half: for sending less, and for sending more
BACK = 0.85  # of what arrived is sent after too much was
UP = 0.08  # a second
BURST, BURST_BYTES = 5, 220  # packets of a burst, and their size: 140 ms of a link of 64 kbit/s
BURST_EVERY = 2.0  # s, while somebody gets less than is there
WINDOW = 10.0  # s; the shortest delay of one or two of them is the way's own


@dataclass(frozen=True, slots=True)
class Fate:
    """A packet: when it was sent, when it came by the receiver's clock (None: never), its bytes, the burst it is of."""

    sent: float
    came: float | None
    size: int
    burst: int = 0


class Losses:
    """The share of packets that was lost; what was told so many seconds ago counts half."""

    def __init__(self, half: float) -> None:
        self._half = half
        self._lost = self._told = 0.0

    def count(self, lost: int, told: int, passed: float) -> None:
        kept = 0.5 ** (max(0.0, passed) / self._half)
        self._lost, self._told = self._lost * kept + lost, self._told * kept + told

    @property
    def share(self) -> float:
        return self._lost / self._told if self._told else 0.0


class Estimate:
    def __init__(self) -> None:
        self.bits = START
        self._shortest: list[float] = []  # of the window before, of this one
        self._window_began = 0.0
        self._queued: deque[tuple[float, float]] = deque()  # when, s
        self._arrived: deque[tuple[float, int]] = deque()  # by the receiver's clock, bytes
        self._lost, self._lost_now = Losses(LATELY), Losses(NOW)
        self._lowered_at = self._last = float("-inf")
        self._steady_since: float | None = None

    @property
    def loss(self) -> float:
        return self._lost.share

    @property
    def clear(self) -> bool:
        """Whether nothing waits on the way and hardly anything is lost: then a burst of padding holds back no sound,
        and something is learned from it."""
        return self._lost_now.share < LOSSLESS and (not self._queued or self._queued[-1][1] < CLEAR)

    def told(self, fates: Sequence[Fate], now: float) -> None:
        """A report came. `bits` is the estimate after it."""
        passed = min(1.0, now - self._last)
        self._last = now
        self._count(fates, passed)
        delays = [one.came - one.sent for one in fates if one.came is not None]
        if not delays:
            return
        queued = self._waited(min(delays), now)
        growing = queued - min(waited for _, waited in self._queued) > GROWS
        self._forget_a_longer_way(queued, min(delays), growing=growing, now=now)
        twice = min(waited for _, waited in list(self._queued)[-2:]) > QUEUED  # once is a busy receiver
        if twice and (growing or self.loss > LOSSLESS):
            self._lower(BACK, LOOK, now)
        elif self.loss > LOSSY and self._lost_now.share > LOSSLESS:
            self._lower(1 - self.loss / 2, 1.0, now)
        elif queued < CLEAR and self._lost_now.share < LOSSLESS:
            roof = max(self.bits, 1.5 * self._rate() + 20_000)
            self.bits = min(MOST, roof, self.bits + (self.bits * UP + 4_000) * passed)
            self._learn_from_bursts(fates)

    def _count(self, fates: Sequence[Fate], passed: float) -> None:
        lost = sum(one.came is None for one in fates)
        self._lost.count(lost, len(fates), passed)
        self._lost_now.count(lost, len(fates), passed)
        if self._arrived and any(one.came is not None and one.came < self._arrived[-1][0] - 60 for one in fates):
            self._arrived.clear()  # the receiver's clock began anew
        self._arrived.extend((one.came, one.size) for one in fates if one.came is not None)
        while self._arrived and self._arrived[0][0] < self._arrived[-1][0] - 1.0:
            self._arrived.popleft()

    def _rate(self) -> float:
        """Bits/s that arrived in the last second."""
        return 8.0 * sum(size for _, size in self._arrived)

    def _waited(self, delay: float, now: float) -> float:
        """How much longer the fastest packet of a report was on its way than the fastest of all lately."""
        if not self._shortest or now - self._window_began > WINDOW:
            self._shortest, self._window_began = [*self._shortest[-1:], delay], now
        self._shortest[-1] = min(self._shortest[-1], delay)
        queued = delay - min(self._shortest)
        self._queued.append((now, queued))
        while self._queued[0][0] < now - LOOK and len(self._queued) > 2:
            self._queued.popleft()
        return queued

    def _forget_a_longer_way(self, queued: float, delay: float, *, growing: bool, now: float) -> None:
        if queued < CLEAR or growing or self.loss > LOSSLESS:
            self._steady_since = None
        elif self._steady_since is None:
            self._steady_since = now
        elif now - self._steady_since > STEADY:
            self._shortest, self._steady_since = [delay], None
            self._queued = deque([(now, 0.0)])

    def _lower(self, factor: float, pause: float, now: float) -> None:
        if now - self._lowered_at >= pause:
            self._lowered_at = now
            self.bits = max(LEAST, factor * min(self.bits, self._rate()))

    def _learn_from_bursts(self, fates: Sequence[Fate]) -> None:
        bursts = {one.burst for one in fates if one.burst}
        for burst in bursts:
            came = sorted((one.came, one.size) for one in fates if one.burst == burst and one.came is not None)
            if len(came) >= BURST - 1:
                span = max(0.001, came[-1][0] - came[0][0])
                self.bits = min(MOST, max(self.bits, 0.8 * 8 * sum(size for _, size in came[1:]) / span))
