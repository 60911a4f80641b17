"""Hints and the directory of nodes: the same promises in one process and over a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from server.adapters.memory import MemoryHints, MemoryNodes
from server.adapters.redis import RedisHints, RedisNodes
from server.adapters.redis.client import connect
from server.adapters.redis.hints import CHANNEL, MAX_WAITING
from server.application.ports import LEASE, DirectoryUnavailable, Hint, Hints, Node, Nodes
from tests.service.support import eventually
from tests.support.redis import RedisServer

pytestmark = pytest.mark.asyncio

SEEN = datetime(2026, 3, 2, 15, tzinfo=UTC)
ONE, OTHER = Node("n1", "http://one", SEEN), Node("n2", "http://two/b", SEEN, load=7, draining=True)
HINT = Hint("n1", "s1", 5, deadline=SEEN)


@dataclass
class Place:
    """Where several nodes meet: `hints` and `nodes` as two of them have them."""

    hints: tuple[Hints, Hints]
    nodes: tuple[Nodes, Nodes]


@asynccontextmanager
async def running(*hints: Hints) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(one.run()) for one in hints]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest_asyncio.fixture(params=["memory", "redis"])
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            hints, nodes = MemoryHints(), MemoryNodes()
            place = Place((hints, hints), (nodes, nodes))
        else:
            server: RedisServer = request.getfixturevalue("redis_server")
            several = (RedisNodes(server.url), RedisNodes(server.url))
            for one in several:
                stack.push_async_callback(one.close)
            place = Place((RedisHints(server.url), RedisHints(server.url)), several)
        await stack.enter_async_context(running(*set(place.hints)))
        yield place


async def heard(sender: Hints, receiver: Hints, hint: Hint) -> list[Hint]:
    """What the receiver hears, asked for again until something comes: a hint may be lost."""
    got: list[Hint] = []
    receiver.subscribe(got.append)

    async def said() -> list[Hint]:
        sender.publish(hint)
        return got

    found: list[Hint] = await eventually(said, "a hint", 20)
    return found


async def test_a_hint_reaches_every_node_whole(place: Place) -> None:
    one, other = place.hints
    assert set(await heard(one, other, HINT)) == {HINT}
    assert HINT in await heard(one, one, HINT)


async def test_nodes_are_listed_by_id_until_they_leave(place: Place) -> None:
    here, there = place.nodes
    await there.renew(OTHER)
    await here.renew(ONE)
    assert await here.live() == [ONE, OTHER]
    later = replace(OTHER, load=8, draining=False)
    await there.renew(later)
    assert await here.live() == [ONE, later]
    await there.leave("n2")
    await there.leave("n2")
    assert await here.live() == [ONE]


async def test_a_lease_that_is_not_renewed_runs_out(place: Place) -> None:
    here, there = place.nodes
    await there.renew(OTHER)

    async def gone() -> bool:
        await here.renew(ONE)
        return await here.live() == [ONE]

    await eventually(gone, "the lease to run out", LEASE + 5)


async def test_hints_come_again_after_redis_was_gone(redis_server: RedisServer) -> None:
    one, other = RedisHints(redis_server.url), RedisHints(redis_server.url)
    async with running(one, other):
        await heard(one, other, HINT)
        redis_server.stop()
        for seq in range(3 * MAX_WAITING):  # bounded, and nobody waits
            one.publish(replace(HINT, seq=seq))
        redis_server.start()
        late = replace(HINT, seq=10_000)
        got: list[Hint] = []
        other.subscribe(got.append)

        async def said() -> bool:
            one.publish(late)
            return late in got

        await eventually(said, "a hint after the restart", 20)


async def test_what_is_no_hint_is_left_out(redis_server: RedisServer) -> None:
    one, other = RedisHints(redis_server.url), RedisHints(redis_server.url)
    stranger = connect(redis_server.url)
    async with running(one, other):
        for text in (
            "",
            "{",
            "[1, 2, 3, 4, 5]",
            '["n", "s", 1, "2026-03-02T15:00:00", false]',
            "[]",
            '{"a": 1}',
            '["n", "s", 1]',
        ):
            await stranger.publish(CHANNEL, text)
        assert set(await heard(one, other, HINT)) == {HINT}
    await stranger.aclose()


async def test_the_directory_says_when_it_cannot_be_asked_and_forgets_nothing_after_a_flush(
    redis_server: RedisServer,
) -> None:
    nodes = RedisNodes(redis_server.url)
    await nodes.renew(ONE)
    stranger = connect(redis_server.url)
    await stranger.flushall()
    assert await nodes.live() == []
    await nodes.renew(ONE)
    assert await nodes.live() == [ONE]
    redis_server.stop()
    for asked in (nodes.live(), nodes.renew(ONE), nodes.leave("n1")):
        with pytest.raises(DirectoryUnavailable):
            await asked
    redis_server.start()

    async def back() -> bool:
        with suppress(DirectoryUnavailable):
            await nodes.renew(ONE)
        return await nodes.live() == [ONE]

    await eventually(back, "the directory again")
    await stranger.aclose()
    await nodes.close()


async def test_nothing_but_opaque_ids_stands_in_redis(redis_server: RedisServer) -> None:
    nodes, stranger = RedisNodes(redis_server.url), connect(redis_server.url)
    await nodes.renew(OTHER)
    assert sorted(await stranger.keys("*")) == ["dyad:node:n2", "dyad:nodes"]
    await nodes.close()
    await stranger.aclose()


async def test_losing_redis_at_any_instant_ends_nobody_s_listening(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pings all the time, so that connections are lost in the middle of one as well as between two.
    monkeypatch.setattr("server.adapters.redis.hints.PING_EVERY", 0.001)
    hints, client = RedisHints(redis_server.url), connect(redis_server.url)
    listening = asyncio.create_task(hints.run())
    try:
        for n in range(150):
            await asyncio.sleep(0.001 * (n % 7))
            await client.client_kill_filter(_type="pubsub")
        assert not listening.done()
        assert set(await heard(hints, hints, HINT)) == {HINT}
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await client.aclose()
