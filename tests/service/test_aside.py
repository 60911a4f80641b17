"""A side room on the wire: who waits gets no packet, no line and no name, until the therapist is back."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from server.bots import Bot
from tests.service.support import eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]


def packets(person: Bot) -> int:
    assert person.peer is not None
    return person.peer.packets


async def more(person: Bot) -> bool:
    before = packets(person)
    await asyncio.sleep(0.5)
    return packets(person) > before


async def test_who_waits_gets_nothing_at_all_and_everything_again_afterwards() -> None:
    async with house() as home:
        therapist, alex, robin = [await home.enters(who, media=True) for who in ("therapist", "a", "b")]
        await therapist.ask("admit_all")
        for person in (therapist, alex, robin):
            await eventually(partial(more, person), "media flows")
        await therapist.ask("take_aside", participant="a")
        await robin.until(lambda view: view["aside"] == {"since": view["aside"]["since"], "yours": False})
        await asyncio.sleep(0.3)  # what was under way
        heard = packets(robin)
        assert await more(alex)
        assert await more(therapist)
        assert packets(robin) == heard
        assert robin.view["people"] == []
        assert [value for value in robin.slots.values() if value is not None] == []
        before = dict(robin.view)
        await alex.ask("set_devices", microphone=False, camera=False)
        await alex.ask("answer_safety", safe=False)
        await asyncio.sleep(0.5)
        assert robin.view == before, "nothing that Alex does meanwhile is to be seen"
        assert [person["key"] for person in therapist.view["people"]] == ["a"]
        assert therapist.view["partners"][1]["state"] == "present"
        await therapist.ask("end_aside")
        await robin.until(lambda view: view["aside"] is None and len(view["people"]) == 2)
        await eventually(lambda: more(robin), "media flows again")


async def test_who_loses_the_connection_aside_comes_back_to_it_and_who_waits_still_waits() -> None:
    async with house() as home:
        therapist, alex, robin = [await home.enters(who, media=True) for who in ("therapist", "a", "b")]
        await therapist.ask("admit_all")
        await eventually(lambda: more(alex), "media flows")
        await therapist.ask("take_aside", participant="a")
        await alex.drop()
        again = await home.enters("a", media=True, arrive=False)
        await eventually(lambda: more(again), "Alex hears the therapist again")
        heard = packets(robin)
        assert [person["key"] for person in again.view["people"]] == ["therapist"]
        await asyncio.sleep(0.5)
        assert packets(robin) == heard
