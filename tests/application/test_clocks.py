"""A node starts, and asks which time it is: by the nodes that are up, else by two clocks of three, else not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from server.application.clocks import Clocks, agreed, confirmed, doubt
from tests.simulation.ring2.loop import Process, SimLoop

NOW = datetime(2026, 3, 8, 6, 50, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTES = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("off", "wall", "silent", "doubted"),
    [
        pytest.param(timedelta(0), timedelta(0), timedelta(seconds=1), False, id="all agree"),
        pytest.param(timedelta(0), timedelta(0), 9 * HOUR, False, id="a night without a node"),
        pytest.param(timedelta(0), MINUTES, 9 * HOUR, False, id="machines differ by minutes"),
        pytest.param(timedelta(0), -MINUTES, timedelta(seconds=30), False, id="the other way round"),
        pytest.param(timedelta(0), HOUR, timedelta(seconds=1), False, id="a wall is wrong, the record knows better"),
        pytest.param(timedelta(0), HOUR, 9 * HOUR, True, id="a wall is wrong, and nobody knows which"),
        pytest.param(HOUR, timedelta(0), timedelta(seconds=30), True, id="the database was set an hour on"),
        pytest.param(-HOUR, timedelta(0), timedelta(seconds=30), True, id="the database was set an hour back"),
        pytest.param(-HOUR, -HOUR, timedelta(seconds=30), True, id="both went back behind the record"),
    ],
)
def test_two_of_three_have_to_agree(off: timedelta, wall: timedelta, silent: timedelta, doubted: bool) -> None:
    why = doubt(Clocks(NOW + off, NOW + wall, NOW - silent))
    assert (why is not None) is doubted
    assert why is None or ("Nothing is decided" in why and "dyad clock confirm" in why)


def test_the_first_start_of_all_has_two_clocks_only() -> None:
    assert doubt(Clocks(NOW, NOW + MINUTES, None)) is None
    assert doubt(Clocks(NOW, NOW + HOUR, None)) is not None


class Place:
    """A database whose clock is off, and other nodes that give signs of life by the time they decide by."""

    def __init__(self, off: timedelta, alive: datetime | None, others: bool) -> None:
        self.loop = SimLoop()
        self.off, self.others = off, others
        self.said: list[str | None] = []
        self.alive_at = alive

    def true(self) -> datetime:
        return NOW + timedelta(seconds=self.loop.time())

    async def ask(self) -> datetime:
        await asyncio.sleep(0.002)
        return self.true() + self.off

    async def alive(self, now: datetime) -> None:
        self.alive_at = now

    async def last_alive(self) -> datetime | None:
        await asyncio.sleep(0.002)
        return self.alive_at

    async def tell(self, why: str | None) -> None:
        self.said.append(why)

    async def beats(self) -> None:
        while self.others:
            at = self.true()
            await asyncio.sleep(0.01)
            self.alive_at = at
            await asyncio.sleep(0.99)

    def starts(self, after: float, meanwhile: Callable[[], None] | None = None) -> timedelta | None:
        """What it goes by, at most `after` seconds later."""
        process, found = Process("node"), list[timedelta]()

        async def start() -> None:
            found.append(await agreed(self.ask, self, self.true, self.tell))

        self.loop.start(process, self.beats())
        self.loop.start(process, start())
        if meanwhile is not None:
            self.loop.call_later(after / 2, meanwhile, context=process.context)
        self.loop.run_until(after)
        self.loop.close()
        assert self.loop.faults == []
        return found[0] if found else None


@pytest.mark.parametrize("off", [HOUR, -HOUR, 5 * HOUR])
def test_where_nodes_are_up_theirs_is_the_time(off: timedelta) -> None:
    place = Place(off, NOW - timedelta(seconds=1), others=True)
    ahead = place.starts(8.0)
    assert ahead is not None
    assert timedelta(0) <= -off - ahead < timedelta(seconds=0.1), "never ahead of them, and hardly behind"
    assert place.said == []


def test_a_start_in_good_times_waits_for_nothing() -> None:
    place = Place(timedelta(0), NOW - timedelta(seconds=1), others=True)
    assert place.starts(0.1) == timedelta(0)


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_without_another_node_nothing_is_decided_until_the_clocks_agree(off: timedelta) -> None:
    place = Place(off, NOW - timedelta(minutes=1), others=False)

    def mended() -> None:
        assert len(place.said) == 1, "it waits, and has said why"
        place.off = timedelta(0)

    assert place.starts(20.0, mended) == timedelta(0)
    assert place.said[-1] is None


def test_an_operator_s_word_ends_the_waiting() -> None:
    place = Place(-HOUR, NOW - timedelta(minutes=1), others=False)

    def says_so() -> None:
        place.loop.start(Process("operator"), confirmed(place.ask, place))

    assert place.starts(20.0, says_so) == timedelta(0)
    assert len(place.said) == 2


@pytest.mark.parametrize("others", [True, False])
def test_while_a_node_is_up_no_operator_says_what_time_it_is(others: bool) -> None:
    place, found = Place(-HOUR, NOW - timedelta(minutes=1), others), list[bool]()

    async def says_so() -> None:
        found.append(await confirmed(place.ask, place))

    place.loop.start(Process("node"), place.beats())
    place.loop.start(Process("operator"), says_so())
    place.loop.run_until(5.0)
    assert found == [not others]


def test_nobody_s_word_is_waited_for_without_end() -> None:
    place = Place(HOUR, NOW - timedelta(minutes=1), others=False)
    assert place.starts(120.0) is None
    assert len(place.said) == 1


@pytest.mark.parametrize("then", [timedelta(0), 2 * HOUR])
def test_a_wall_set_while_it_is_looked_at_is_looked_at_anew(then: timedelta) -> None:
    place = Place(-HOUR, NOW - timedelta(seconds=1), others=True)

    def set_again() -> None:
        place.off = then

    place.loop.call_later(1.5, set_again)
    ahead = place.starts(8.0)
    assert ahead is not None
    assert abs(-then - ahead) < timedelta(seconds=0.1)
