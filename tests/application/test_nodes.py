"""Two nodes over one record, and no hint between them: each decides on what the other wrote."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.adapters.policyfile import read_policy
from server.application.dispatcher import Change, Dispatcher
from server.application.policies import PolicyBook
from server.application.ports import Append
from server.application.timekeeper import Timekeeper
from server.domain.session import commands as c
from server.domain.session import refusals as no
from server.domain.session.views import Status
from tests.domain.session.story import COUPLE

pytestmark = pytest.mark.asyncio
START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class Nodes:
    def __init__(self) -> None:
        self.clock, self.store = VirtualClock(START - timedelta(minutes=5)), MemoryStore()
        self.one, self.other = self._node(), self._node()

    def _node(self) -> Dispatcher:
        return Dispatcher(self.store, JsonCodec(), self.clock, PolicyBook(self.store, read_policy))

    def wait(self, seconds: int) -> None:
        """Both nodes are awake all the time."""
        for _ in range(seconds):
            self.clock.jump(timedelta(seconds=1))
            self.one.uptime.beat()
            self.other.uptime.beat()

    async def under_way(self) -> None:
        """Both nodes have read the session; then a card is raised on the first."""
        await self.one.submit("s1", c.PlanSession(COUPLE))
        await self.one.submit("s1", c.Connect("therapist", 1))
        await self.one.submit("s1", c.Connect("a", 1))
        await self.one.submit("s1", c.Arrive("a"))
        await self.other.session("s1")
        self.wait(15 * 60 + 1)
        assert (await self.one.submit("s1", c.DeadlineReached())).session.card is not None


async def test_a_node_fires_a_deadline_of_which_it_has_not_read() -> None:
    nodes = Nodes()
    await nodes.under_way()
    for command in (c.Connect("b", 1), c.Arrive("b"), c.AdmitAll()):
        await nodes.one.submit("s1", command)
    assert (await nodes.other.session("s1")).status is Status.UNDER_WAY  # where nothing is due
    await nodes.one.submit("s1", c.Drop("b", 1, nodes.clock.now()))
    nodes.wait(3 * 60)
    assert await Timekeeper(nodes.other, nodes.store, nodes.clock).fire() == 1
    assert await nodes.store.due(nodes.clock.now(), 9) == []
    (card,) = [line for line in await nodes.store.load("s1") if line.kind == "CardRaised" and "M3" in line.body]
    assert card.at == nodes.clock.now()


async def test_who_is_stopped_in_the_midst_of_a_turn_writes_and_tells_what_was_begun(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nodes, told = Nodes(), list[Change]()
    await nodes.under_way()
    append, writing, disk_is_ready = nodes.store.append, asyncio.Event(), asyncio.Event()

    async def slowly(entry: Append) -> None:
        writing.set()
        await disk_is_ready.wait()
        await append(entry)

    async def listener(change: Change) -> None:
        told.append(change)

    monkeypatch.setattr(nodes.store, "append", slowly)
    nodes.one.subscribe(listener)
    nodes.wait(10 * 60)
    turn = asyncio.create_task(Timekeeper(nodes.one, nodes.store, nodes.clock).fire())
    await writing.wait()
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    disk_is_ready.set()
    session = await nodes.one.session("s1")  # waits for its turn
    assert session.seq == len(await nodes.store.load("s1"))
    assert [change.after for change in told] == [session]


async def test_nothing_is_refused_for_what_a_node_has_not_read_yet() -> None:
    nodes = Nodes()
    await nodes.under_way()
    card = (await nodes.one.session("s1")).card
    assert card is not None
    reply = await nodes.other.submit("s1", c.AnswerCard(card.id, card.default))
    assert reply.refusal is None
    again = await nodes.one.submit("s1", c.AnswerCard(card.id, card.default))
    assert again.refusal in (no.OVER, no.CARD_GONE)


async def test_what_one_node_wrote_is_told_to_the_people_of_the_other() -> None:
    nodes, told = Nodes(), list[Change]()

    async def listener(change: Change) -> None:
        told.append(change)

    await nodes.under_way()
    nodes.other.subscribe(listener)
    session = await nodes.other.session("s1")
    assert session == await nodes.one.session("s1")
    assert [change.after for change in told] == [session]
    await nodes.other.session("s1")
    assert len(told) == 1


async def test_an_open_session_is_found_even_while_nothing_is_to_be_decided() -> None:
    """After a crash, whoever was in it is looked for: an open session without a deadline would be passed over."""
    nodes = Nodes()
    await nodes.under_way()
    for command in (c.Connect("b", 1), c.Arrive("b"), c.AdmitAll()):
        await nodes.one.submit("s1", command)
    assert await nodes.store.live() == ["s1"]
    nodes.wait(2 * 3600)
    assert await Timekeeper(nodes.other, nodes.store, nodes.clock).fire() == 1
    assert await nodes.store.due(nodes.clock.now(), 9) == [], "it is looked at once an hour, not all the time"
    assert await nodes.store.live() == ["s1"]
    await nodes.one.submit("s1", c.EndSession())
    assert "s1" not in await nodes.store.live() or (await nodes.one.session("s1")).rescheduling is not None
