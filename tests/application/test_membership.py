"""What a node believes of the others, on time that the test moves: who is gone, and who only seems so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from server.adapters.clock import VirtualClock
from server.adapters.memory import MemoryHints, MemoryNodes
from server.application.membership import BEAT, MISSING, Membership
from server.application.ports import LEASE, DirectoryUnavailable, Node

pytestmark = pytest.mark.asyncio


class Directory(MemoryNodes):
    """As Redis: it can be away, and it can be flushed."""

    def __init__(self) -> None:
        self.now, self.away = 0.0, False
        super().__init__(lambda: self.now)

    async def renew(self, node: Node) -> None:
        if self.away:
            raise DirectoryUnavailable
        await super().renew(node)

    def flush(self) -> None:
        self._leases.clear()


class Three:
    def __init__(self) -> None:
        self.directory, self.gone = Directory(), list[str]()
        hints, clock = MemoryHints(), VirtualClock()
        self.nodes = {
            id: Membership(id, f"http://{id}", self.directory, hints, clock, lambda: self.directory.now)
            for id in ("n1", "n2", "n3")
        }
        self.one = self.nodes["n1"]
        self.one.subscribe(self._lost)

    def _lost(self, gone: Sequence[Node]) -> None:
        self.gone += [node.id for node in gone]

    async def live(self, seconds: float, *ids: str) -> None:
        """These nodes look as often as they do."""
        until = self.directory.now + seconds
        while self.directory.now < until:
            for id in ids:
                await self.nodes[id].look()
            self.directory.now += BEAT

    @property
    def known(self) -> list[str]:
        return [node.id for node in self.one.known]


async def test_a_node_that_stops_renewing_is_gone_within_seconds_and_not_before() -> None:
    three = Three()
    await three.live(2, "n1", "n2", "n3")
    await three.live(LEASE - 2 * BEAT, "n1", "n2")
    assert three.known == ["n1", "n2", "n3"]
    await three.live(MISSING + 4 * BEAT, "n1", "n2")
    assert (three.known, three.gone) == (["n1", "n2"], ["n3"])


async def test_a_flush_loses_nobody() -> None:
    three = Three()
    await three.live(2, "n1", "n2", "n3")
    three.directory.flush()
    await three.one.look()
    assert three.known == ["n1", "n2", "n3"]
    await three.live(5, "n1", "n2", "n3")
    assert (three.known, three.gone) == (["n1", "n2", "n3"], [])


async def test_without_a_directory_what_was_known_stands_however_long() -> None:
    three = Three()
    await three.live(2, "n1", "n2", "n3")
    homes = [three.one.home(f"s{n}").id for n in range(50)]
    three.directory.away = True
    await three.live(600, "n1", "n2", "n3")
    assert three.one.degraded
    assert [three.one.home(f"s{n}").id for n in range(50)] == homes
    three.directory.away = False
    await three.one.look()  # the first to find it again sees nobody else for a moment
    await three.live(10, "n1", "n2", "n3")
    assert (three.one.degraded, three.known, three.gone) == (False, ["n1", "n2", "n3"], [])


async def test_a_node_that_says_it_goes_is_no_home_at_once_and_no_loss() -> None:
    three = Three()
    await three.live(2, "n1", "n2", "n3")
    await three.nodes["n3"].drain()
    await three.one.look()
    assert {three.one.home(f"s{n}").id for n in range(50)} == {"n1", "n2"}
    assert {three.nodes["n3"].home(f"s{n}").id for n in range(50)} == {"n1", "n2"}
    await three.nodes["n3"].leave()
    await three.live(10, "n1", "n2")
    assert (three.known, three.gone) == (["n1", "n2"], [])


async def test_all_nodes_name_the_same_home_and_only_it_takes_people_in() -> None:
    three = Three()
    await three.live(2, "n1", "n2", "n3")
    for session in (f"s{n}" for n in range(50)):
        assert len({node.home(session).id for node in three.nodes.values()}) == 1
        assert sum(node.elsewhere(session) is None for node in three.nodes.values()) == 1
        assert sorted(three.one.addresses(session)) == ["http://n1", "http://n2", "http://n3"]


async def test_a_node_that_arrives_lets_the_others_look_at_once() -> None:
    three = Three()
    seen = asyncio.Event()
    three.one.subscribe(lambda gone: seen.set())
    looking = asyncio.create_task(three.one.run())
    await asyncio.sleep(0)
    await three.nodes["n2"].arrive()
    async with asyncio.timeout(BEAT / 2):  # real time: it doesn't wait for its next beat
        await seen.wait()
    assert three.known == ["n1", "n2"]
    looking.cancel()
