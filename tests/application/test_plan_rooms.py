"""Two nodes and one plan: everybody is sent to its home, and where both take themselves for it, no word is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from pycrdt import Doc, Text

from server.adapters.shared_text import YjsTexts
from server.application import plan_rooms
from server.application.chart import Wall
from server.application.clinic import Clinic
from server.application.plan_rooms import Guest, PlanElsewhere, PlanRooms
from server.application.relapse_plan import RelapsePlans
from server.domain.programme import Couple
from tests.application.own import ALEX, OFFICE, ROBIN, Town, town

pytestmark = pytest.mark.asyncio


class Nodes:
    """Node 1 and 2, and which of them each takes for the plan's home."""

    def __init__(self, home: Town) -> None:
        clinic = Clinic(home.records, home.store, home.store, home.clock, lambda: "unused")
        self.plans = RelapsePlans(home.records, clinic, YjsTexts())
        self.homes = {1: 1, 2: 1}
        self.rooms = {me: PlanRooms(self.plans, lambda couple, me=me: self._elsewhere(me)) for me in (1, 2)}  # type: ignore[misc]

    def _elsewhere(self, me: int) -> str | None:
        return None if self.homes[me] == me else f"https://n{self.homes[me]}.example"


class Page:
    """What one browser knows and was told."""

    def __init__(self) -> None:
        self.doc: Doc[Text] = Doc()
        self.text = self.doc.get("triggers", type=Text)
        self.told: list[dict[str, Any]] = []

    async def tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)
        if "update" in message:
            self.doc.apply_update(message["update"])

    def writes(self, words: str) -> bytes:
        before = self.doc.get_state()
        self.text.insert(0, words)
        return self.doc.get_update(before)


@pytest_asyncio.fixture
async def nodes(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Nodes]:
    monkeypatch.setattr(plan_rooms, "PAUSE", 0.02)
    home = await town()
    couple = Couple("rivera", {"a": "alex", "b": "robin"}, "programme", date(2026, 10, 19))
    await home.records.put(OFFICE, couple, "couple", "couple", Wall.OFFICE, 0)
    yield Nodes(home)


async def both(rooms: PlanRooms) -> tuple[tuple[Page, Guest], tuple[Page, Guest]]:
    alex, robin = Page(), Page()
    one = await rooms.enter(ALEX, None, "s", alex.tell)
    other = await rooms.enter(ROBIN, None, "s", robin.tell)
    return (alex, one), (robin, other)


async def test_whoever_comes_to_another_node_is_sent_to_the_plan_s_home(nodes: Nodes) -> None:
    with pytest.raises(PlanElsewhere) as there:
        await nodes.rooms[2].enter(ALEX, None, "s", Page().tell)
    assert there.value.address == "https://n1.example"
    (_, alex), (_, robin) = await both(nodes.rooms[1])
    for guest in (alex, robin):
        await nodes.rooms[1].leave(guest)


async def test_a_plan_that_moves_takes_its_people_and_words_along(nodes: Nodes) -> None:
    (alex, here), (robin, there) = await both(nodes.rooms[1])
    await nodes.rooms[1].change(here, alex.writes("Fridays. "))
    nodes.homes = {1: 2, 2: 2}
    nodes.rooms[1].send_on()
    await asyncio.sleep(0.01)
    for page in (alex, robin):
        assert page.told[-1] == {"t": "elsewhere", "address": "https://n2.example"}
    for guest in (here, there):
        await nodes.rooms[1].leave(guest)
    guest = await nodes.rooms[2].enter(ROBIN, None, "s", robin.tell)
    fresh = Page()
    await fresh.tell(nodes.rooms[2].answer(guest, b""))
    assert str(fresh.text) == "Fridays. "
    await nodes.rooms[2].leave(guest)


async def test_two_nodes_that_both_took_themselves_for_home_lose_no_word(nodes: Nodes) -> None:
    nodes.homes = {1: 1, 2: 2}
    (alex, one), (robin, other) = await both(nodes.rooms[1])
    (alex2, one2), (robin2, other2) = await both(nodes.rooms[2])
    await nodes.rooms[1].change(one, alex.writes("Fridays. "))
    await nodes.rooms[2].change(other2, robin2.writes("The bar. "))
    await asyncio.sleep(0.3)
    for guest in (one, other):
        await nodes.rooms[1].leave(guest)
    for guest in (one2, other2):
        await nodes.rooms[2].leave(guest)
    kept = (await nodes.plans.read(ALEX, "couple"))["sections"]["triggers"]
    assert sorted(kept.split()) == sorted(["Fridays.", "The", "bar."])
    assert {str(page.text) for page in (alex2, robin2)} == {kept}, "who writes there sees what was merged"
    assert str(robin.text) in (kept, "Fridays. ")
