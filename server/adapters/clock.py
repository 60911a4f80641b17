"""Policy time: the clock of a service, and one that tests wind by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta

# The monotonic clock that counts while the machine is suspended too, where there is one: a session that began before
# a laptop slept is as old as it is on the wall.
_ELAPSED = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)
_NAP = 1.0  # seconds; no timer of the event loop counts a suspended machine's time, so we look again
_SHORTEST = 0.0005


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
