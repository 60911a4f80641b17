"""Policy time: the clock of a service, and one that tests wind by hand."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from server.application.ports import RecordUnavailable

# The monotonic clock that counts while the machine is suspended too, where there is one: a session that began before
# a laptop slept is as old as it is on the wall.
_ELAPSED = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)
_NAP = 1.0  # seconds; no timer of the event loop counts a suspended machine's time, so we look again
_SHORTEST = 0.0005
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MEASUREMENTS = 5  # that the best one is taken of: one may have come late
MEASURE_EVERY = 1.0  # s of real time
DRIFT = 100e-6  # s in a second that two clocks may part
SET = 1.0  # s beyond what drift explains: the database's wall was set
SLEW = 0.005  # s of correction in a second: no clock that drifts needs more


def _elapsed() -> float:
    return time.monotonic() if _ELAPSED is None else time.clock_gettime(_ELAPSED)


class SystemClock:
    """Runs evenly, `speed` times as fast as the wall, from `start` or now: a wall that is set never moves it."""

    def __init__(self, speed: float = 1.0, start: datetime | None = None) -> None:
        if not speed > 0:
            raise ValueError("speed must be above 0")
        self.speed = speed
        self._anchor = datetime.now(UTC) if start is None else start.astimezone(UTC)
        self._began = _elapsed()
        self._wall = datetime.now(UTC)

    @classmethod
    def resume(cls, anchor_policy: datetime, anchor_wall: datetime, speed: float) -> SystemClock:
        """The clock that read `anchor_policy` when the wall read `anchor_wall`, and ran on while nobody looked.

        Where the wall has gone back since, policy time goes on from its anchor: it never goes back.
        """
        away = max(datetime.now(UTC) - anchor_wall, timedelta())
        return cls(speed, anchor_policy + away * speed)

    def now(self) -> datetime:
        return self._anchor + timedelta(seconds=(_elapsed() - self._began) * self.speed)

    def drift(self) -> timedelta:
        """How far the wall has been moved against this clock since it began. A large one wants a restart."""
        return datetime.now(UTC) - self._wall - timedelta(seconds=_elapsed() - self._began)

    async def sleep_until(self, at: datetime) -> None:
        """Returns when `now() >= at`: never early, at once where that is so already."""
        while (left := (at - self.now()).total_seconds() / self.speed) > 0:  # noqa: ASYNC110, nothing tells but time
            await asyncio.sleep(min(max(left, _SHORTEST), _NAP))


class DatabaseClock:
    """The database's clock, as this node can know it, so that many nodes decide by one time.

    Between measurements it runs evenly. It is never ahead: a reading was true at the latest when the answer came. It
    is corrected by running a little faster or slower and so never goes back. A wall that is set, here or there, does
    not move it: no clock drifts by so much, and the time that deadlines count has not moved either.
    """

    speed: float = 1.0

    def __init__(
        self,
        ask: Callable[[], Awaitable[datetime]],
        elapsed: Callable[[], float] = _elapsed,
        ahead: timedelta = timedelta(0),
    ) -> None:
        """`ahead`: what the time of the nodes that run already is ahead of what the database's wall says now."""
        self._ask, self._elapsed = ask, elapsed
        self._offsets: deque[tuple[float, float]] = deque(maxlen=MEASUREMENTS)  # and when measured
        self._anchor = self._began = 0.0
        self._rate = 1.0
        self._set = -ahead.total_seconds()  # s by which the database's wall was set since the time began

    async def start(self) -> None:
        """Measure before the first reading is asked for. Raises `RecordUnavailable`."""
        for _ in range(MEASUREMENTS):
            await self._measure()
        self._began = self._elapsed()
        self._anchor = self._began + self._offset(self._began)

    async def run(self) -> None:
        """Keep measuring, until cancelled. A database that can't be asked leaves the clock running as it was."""
        while True:
            await asyncio.sleep(MEASURE_EVERY)
            with contextlib.suppress(RecordUnavailable):
                await self.correct()

    async def correct(self) -> None:
        """Measure once, and lean towards what the last measurements say."""
        await self._measure()
        now = self._elapsed()
        self._anchor, self._began = self._anchor + (now - self._began) * self._rate, now
        behind = now + self._offset(now) - self._anchor
        self._rate = 1.0 + min(max(behind / (2 * MEASURE_EVERY), -SLEW), SLEW)

    async def _measure(self) -> None:
        asked = self._elapsed()
        read = (await self._ask() - EPOCH).total_seconds() - self._set
        now = self._elapsed()
        least, most = read - now, read - asked
        if self._offsets:
            believed, allowed = self._offset(now), SET + 2 * DRIFT * (now - self._offsets[-1][1])
            if not least - allowed <= believed <= most + allowed:
                self._set += most - believed
                least -= most - believed
        self._offsets.append((least, now))

    def _offset(self, now: float) -> float:
        """The least that the last measurements leave open, also where our clock is the faster one."""
        return max(offset - DRIFT * (now - at + MEASURE_EVERY) for offset, at in self._offsets)

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._anchor + (self._elapsed() - self._began) * self._rate)

    async def sleep_until(self, at: datetime) -> None:
        """Returns when `now() >= at`: never early, at once where that is so already."""
        while (left := (at - self.now()).total_seconds()) > 0:  # noqa: ASYNC110, nothing tells but time
            await asyncio.sleep(min(max(left, _SHORTEST), _NAP))


class VirtualClock:
    """Stands still until it is wound. Sleepers wake at the very instant asked for, in order of time, then of asking."""

    speed: float = 1.0

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC), settle: int = 20) -> None:
        self._now = start
        self._settle = settle
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return self._now

    @property
    def sleeping(self) -> int:
        return sum(not future.done() for _, _, future in self._sleepers)

    async def sleep_until(self, at: datetime) -> None:
        if at <= self._now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (at, next(self._order), future))
        await future

    async def advance(self, by: timedelta) -> None:
        """Go on by `by`, stopping at every instant for which somebody sleeps, so that they may sleep again on the way.

        After each stop the loop turns `settle` times: enough for work that only awaits other tasks, not for threads.
        """
        end = self._now + by
        await self._turn()
        while self._wake_next(end):
            await self._turn()
        self._now = max(self._now, end)

    def jump(self, by: timedelta) -> None:
        """Be `by` later at once, as after a pause of the whole machine: all who are due wake late, in order."""
        self._now += by
        while self._wake_next(self._now):
            pass

    def _wake_next(self, end: datetime) -> bool:
        while self._sleepers and self._sleepers[0][0] <= end:
            at, _, future = heapq.heappop(self._sleepers)
            if not future.done():  # done: cancelled, nobody is there to wake
                self._now = max(self._now, at)
                future.set_result(None)
                return True
        return False

    async def _turn(self) -> None:
        for _ in range(self._settle):
            await asyncio.sleep(0)
