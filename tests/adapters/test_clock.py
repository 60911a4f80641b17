"""Policy time: never backwards, never early, and in tests only when wound."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.adapters import clock as module
from server.adapters.clock import DatabaseClock, SystemClock, VirtualClock
from server.application.ports import RecordUnavailable

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def elapsed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's own clock: what stands in the list's one place."""
    seconds = [1000.0]
    monkeypatch.setattr(module, "_elapsed", lambda: seconds[0])
    return seconds


def test_time_runs_speed_times_as_fast(elapsed: list[float]) -> None:
    clock = SystemClock(60, NOW)
    assert clock.speed == 60
    assert clock.now() == NOW
    elapsed[0] += 2
    assert clock.now() == NOW + timedelta(minutes=2)


def test_time_is_told_in_utc() -> None:
    clock = SystemClock(start=NOW.astimezone(timezone(timedelta(hours=5, minutes=45))))
    assert clock.now().tzinfo is UTC
    assert timedelta() <= clock.now() - NOW < timedelta(minutes=1)
    assert abs(SystemClock().now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("speed", [0, -1, float("nan")])
def test_a_clock_that_does_not_go_forward_is_none(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        SystemClock(speed)


def test_a_resumed_clock_ran_on_while_nobody_looked() -> None:
    clock = SystemClock.resume(NOW, datetime.now(UTC) - timedelta(hours=1), 24)
    assert timedelta() <= clock.now() - (NOW + timedelta(days=1)) < timedelta(hours=1)
    assert clock.speed == 24


def test_a_resumed_clock_never_goes_back_with_the_wall() -> None:
    clock = SystemClock.resume(NOW, datetime.now(UTC) + timedelta(hours=1), 1)
    assert timedelta() <= clock.now() - NOW < timedelta(minutes=1)


def test_the_drift_says_how_far_the_wall_was_set(elapsed: list[float]) -> None:
    clock = SystemClock(10)
    assert abs(clock.drift()) < timedelta(minutes=1)
    elapsed[0] -= 3600
    assert abs(clock.drift() - timedelta(hours=1)) < timedelta(minutes=1)


@pytest.mark.asyncio
async def test_a_sleeper_is_never_woken_early() -> None:
    clock = SystemClock(1000, NOW)
    for n in range(10):
        at = clock.now() + timedelta(seconds=n)
        await clock.sleep_until(at)
        assert clock.now() >= at
    await clock.sleep_until(NOW - timedelta(days=1))


@pytest.mark.asyncio
async def test_a_virtual_clock_stands_still_until_it_is_wound() -> None:
    clock = VirtualClock(NOW)
    sleeper = asyncio.ensure_future(clock.sleep_until(NOW + SECOND))
    await clock.advance(timedelta())
    assert clock.now() == NOW
    assert clock.sleeping == 1
    await clock.advance(SECOND)
    assert sleeper.done()
    assert clock.sleeping == 0
    assert clock.now() == NOW + SECOND
    await clock.sleep_until(NOW)


async def tick(clock: VirtualClock, name: str, every: timedelta, seen: list[tuple[str, datetime]]) -> None:
    at = clock.now()
    while True:
        at += every
        await clock.sleep_until(at)
        seen.append((name, clock.now()))


@pytest.mark.asyncio
async def test_sleepers_wake_in_order_at_their_very_instants() -> None:
    clock = VirtualClock(NOW)
    seen: list[tuple[str, datetime]] = []
    tasks = [asyncio.ensure_future(tick(clock, name, n * SECOND, seen)) for name, n in [("slow", 3), ("fast", 2)]]
    await clock.advance(6 * SECOND)
    told = [(name, (at - NOW) // SECOND) for name, at in seen]
    assert told == [("fast", 2), ("slow", 3), ("fast", 4), ("slow", 6), ("fast", 6)]
    for task in tasks:
        task.cancel()
    await clock.advance(10 * SECOND)
    assert len(seen) == 5
    assert clock.now() == NOW + 16 * SECOND


@pytest.mark.asyncio
async def test_after_a_jump_all_who_were_due_wake_late_in_order() -> None:
    clock = VirtualClock(NOW)
    seen: list[tuple[str, datetime]] = []
    tasks = [asyncio.ensure_future(tick(clock, name, n * SECOND, seen)) for name, n in [("slow", 3), ("fast", 2)]]
    await clock.advance(timedelta())
    clock.jump(60 * SECOND)
    assert seen == []
    await asyncio.sleep(0)
    assert seen[:2] == [("fast", NOW + 60 * SECOND), ("slow", NOW + 60 * SECOND)]
    for task in tasks:
        task.cancel()


class Database:
    """A database's clock that is 5 minutes off ours, drifts and may be set; answers take their time both ways."""

    def __init__(self, elapsed: list[float], seed: int, drift: float = 0.0) -> None:
        self._elapsed, self._draw, self._drift = elapsed, random.Random(seed), drift
        self.set = 0.0

    def reads(self) -> datetime:
        return NOW + timedelta(seconds=300 + self.set + self._elapsed[0] * (1 + self._drift))

    async def __call__(self) -> datetime:
        self._elapsed[0] += self._draw.expovariate(1 / 0.002)
        read = self.reads()
        self._elapsed[0] += self._draw.expovariate(1 / 0.002)
        return read


@pytest.mark.asyncio
@pytest.mark.parametrize("seed", range(20))
async def test_two_nodes_read_the_database_s_clock_and_are_never_ahead_of_it(seed: int) -> None:
    machines = [[1000.0], [7.0]]  # each counts from its own start; no wall is looked at
    drift = 50e-6 if seed % 2 else -50e-6
    databases = [Database(machine, seed, drift) for machine in machines]
    databases[1].set = (1000.0 - 7.0) * (1 + drift)
    clocks = [DatabaseClock(databases[0], lambda: machines[0][0]), DatabaseClock(databases[1], lambda: machines[1][0])]
    for clock in clocks:
        await clock.start()
    last = [clock.now() for clock in clocks]
    for _ in range(300):
        for n, clock in enumerate(clocks):
            machines[n][0] += 1
            await clock.correct()
            behind = databases[n].reads() - clock.now()
            assert timedelta() <= behind < timedelta(milliseconds=20)
            assert clock.now() >= last[n]
            last[n] = clock.now()


@pytest.mark.asyncio
@pytest.mark.parametrize("hours", [1, -1])
async def test_a_database_s_wall_that_is_set_does_not_move_a_running_clock(elapsed: list[float], hours: int) -> None:
    database = Database(elapsed, 1)
    clock = DatabaseClock(database, lambda: elapsed[0])
    await clock.start()
    database.set = hours * 3600
    last = clock.now()
    for _ in range(600):
        elapsed[0] += 1
        await clock.correct()
        assert clock.now() > last
        last = clock.now()
    assert timedelta() <= database.reads() - timedelta(hours=hours) - last < timedelta(milliseconds=50)


@pytest.mark.asyncio
async def test_a_database_that_cannot_be_asked_leaves_the_clock_running(
    elapsed: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MEASURE_EVERY", 0.001)
    database, asked = Database(elapsed, 1), 0

    async def ask() -> datetime:
        nonlocal asked
        asked += 1
        if asked > module.MEASUREMENTS:
            raise RecordUnavailable("gone")
        return await database()

    clock = DatabaseClock(ask, lambda: elapsed[0])
    await clock.start()
    before = clock.now()
    running = asyncio.create_task(clock.run())
    while asked < module.MEASUREMENTS + 3:  # noqa: ASYNC110, nobody tells
        await asyncio.sleep(0.001)
    elapsed[0] += 60
    assert clock.now() - before >= timedelta(seconds=59)
    running.cancel()
