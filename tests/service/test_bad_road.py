"""The road between a partner and the service is slow, swallows, or breaks: the seat is theirs all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from server.adapters.codec import JsonCodec
from server.bots import Bot, bot
from server.domain.session import events as e
from tests.chaos.proxy import Fault, Proxy
from tests.service.support import House, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

BROKEN = [fault for fault in Fault if fault is not Fault.NONE]
SPEED = 0.1  # however long this machine takes, no patience of the policy runs out
BLAME = (e.Left, e.OutcomesSet, e.AbsenceDeclared)


@asynccontextmanager
async def on_a_road(home: House, who: str) -> AsyncIterator[tuple[Bot, Proxy]]:
    """Somebody whose every connection goes through a road of its own."""
    link = urlsplit(home.link(who))
    road = Proxy(link.port or 0)
    await road.start()
    try:
        async with bot(link._replace(netloc=f"localhost:{road.port}").geturl(), returning=True) as person:
            await person.join(media=False)
            yield person, road
    finally:
        await road.close()


def company(view: dict[str, Any]) -> set[str]:
    return {person["key"] for person in view["people"]}


@pytest.mark.parametrize("fault", BROKEN)
async def test_the_seat_is_kept_over_every_kind_of_bad_road(fault: Fault) -> None:
    async with house(speed=SPEED) as home, on_a_road(home, "a") as (alex, road):
        host, robin = await home.enters("therapist"), await home.enters("b")
        await alex.ask("arrive")
        await host.ask("admit_all")
        await alex.until(lambda view: view["place"] == "room", 20)
        road.suffer(fault)
        await host.ask("send_back", participant="b")
        await robin.until(lambda view: view["place"] == "waiting", 20)  # nobody else waits for that road
        road.suffer(Fault.CUT)  # a road that swallowed never tells its ends
        road.suffer(Fault.NONE)
        await alex.until(lambda view: view["place"] == "room" and "b" not in company(view), 40)
        await host.ask("admit", participant="b")
        await alex.until(lambda view: "b" in company(view), 20)
        lines = await home.built.store.load(home.links.session)
        told = [JsonCodec().event(line.kind, line.body) for line in lines]
        assert not [event for event in told if isinstance(event, BLAME)]
