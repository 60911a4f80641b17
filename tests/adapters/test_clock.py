"""Policy time: never backwards, never early, and in tests only when wound."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.adapters import clock as module
from server.adapters.clock import SystemClock, VirtualClock

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
