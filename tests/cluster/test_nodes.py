"""Two nodes, a therapist and a couple with real media: whatever happens to a node, they go on."""

from __future__ import annotations

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from server.bots import Bot, bot
from server.domain.session import events as e
from tests.cluster.nodes import SESSION, Cluster, cluster
from tests.cluster.record import told
from tests.service.support import eventually

pytestmark = [pytest.mark.asyncio, pytest.mark.alone, pytest.mark.timeout(300)]

BLAME = (e.Dropped, e.Left, e.OutcomesSet, e.AbsenceDeclared)


@asynccontextmanager
async def meeting(opened: Cluster) -> AsyncIterator[tuple[Bot, Bot, Bot]]:
    """Therapist, Alex and Robin in the room, each with sound and picture."""
    async with AsyncExitStack() as stack:
        links = (opened.links.therapist, opened.links.partner_a, opened.links.partner_b)
        people = [
            await stack.enter_async_context(bot(link, hue, returning=True)) for hue, link in enumerate(links, start=1)
        ]
        for person in people:
            await person.join()
        for partner in people[1:]:
            await partner.ask("arrive")
        await people[0].ask("admit_all")
        await people[0].until(lambda view: view["session"]["status"] == "under_way")
        await see_each_other(people)
        yield people[0], people[1], people[2]


async def see_each_other(people: list[Bot] | tuple[Bot, ...]) -> None:
    """Everyone decodes new pictures of both others."""
    for person in people:
        before = frames(person)

        async def sees(person: Bot = person, before: dict[str, int] = before) -> bool:
            return sum(count > before.get(slot, 0) + 3 for slot, count in frames(person).items()) >= 2

        await eventually(sees, "the pictures of both others", 60)


def frames(person: Bot) -> dict[str, int]:
    return {} if person.peer is None else {f"{id(person.peer)}/{n}": k for n, k in person.peer.decoded().items()}


async def test_a_wrong_node_says_where_the_session_lives_and_everybody_meets_there(tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened, meeting(opened) as people:
        assert len({person.node for person in people}) == 1
        home = await opened.home()
        assert {person.nodes[0] for person in people} == {home.address}
        assert {person.nodes[1] for person in people} == {n.address for n in opened.nodes if n is not home}


async def test_a_killed_node_s_people_are_back_in_their_seats_on_the_other(tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened, meeting(opened) as people:
        home = await opened.home()
        await home.kill()
        await everybody_leaves(people, home.address)
        await see_each_other(people)
        assert [person.view["place"] for person in people[1:]] == ["room", "room"]
        happened = await told(opened.database, SESSION)
        assert not [event for event in happened if isinstance(event, BLAME)]
        assert len([event for event in happened if isinstance(event, e.Started)]) == 1


async def test_a_paused_node_blames_nobody_when_it_wakes(tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened, meeting(opened) as people:
        home = await opened.home()
        home.send(signal.SIGSTOP)
        await everybody_leaves(people, home.address)
        home.send(signal.SIGCONT)
        await see_each_other(people)
        await everybody_comes_to(people, home.address)  # it is awake, and they live there again
        await see_each_other(people)
        happened = await told(opened.database, SESSION)
        assert not [event for event in happened if isinstance(event, BLAME)]


async def test_nodes_are_replaced_one_after_the_other_and_the_session_goes_on(tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened, meeting(opened) as people:
        for old in list(opened.nodes):
            new = opened.another()
            opened.nodes.append(new)
            await new.start()
            await old.stop()
            opened.nodes.remove(old)
            await everybody_leaves(people, old.address)
            await see_each_other(people)
        happened = await told(opened.database, SESSION)
        since = next(n for n, event in enumerate(happened) if isinstance(event, e.Started))
        again = (*BLAME, e.OutageRecorded, e.Started)
        assert not [event for event in happened[since + 1 :] if isinstance(event, again)]


async def test_without_redis_the_session_goes_on_and_nodes_say_that_they_are_degraded(tmp_path: Path) -> None:
    async with cluster(tmp_path) as opened, meeting(opened) as people:
        for status in ((200, "degraded"), (200, "ok")):
            (opened.redis.stop if status[1] == "degraded" else opened.redis.start)()
            for node in opened.nodes:

                async def says(node=node, status=status) -> bool:  # type: ignore[no-untyped-def]
                    return bool(await node.status() == status)

                await eventually(says, f"{status}", 20)
            await people[0].ask("send_back", participant="a")
            await people[1].until(lambda view: view["place"] == "waiting", 10)
            await people[0].ask("admit", participant="a")
            await people[1].until(lambda view: view["place"] == "room", 10)
        assert len({person.node for person in people}) == 1


async def everybody_leaves(people: tuple[Bot, ...], address: str) -> None:
    async def gone() -> bool:
        return all(person.at != address and person.nodes[:1] != [address] and connected(person) for person in people)

    await eventually(gone, "everybody to be at another node", 60)


async def everybody_comes_to(people: tuple[Bot, ...], address: str) -> None:
    async def there() -> bool:
        return all(person.at == address and connected(person) for person in people)

    await eventually(there, "everybody to be at the node", 60)


def connected(person: Bot) -> bool:
    return bool(person.socket is not None and person.socket.connected)
