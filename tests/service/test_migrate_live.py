"""`dyad migrate` while a session runs: down by a revision and up again, over and over, and nobody notices."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server import operating
from server.adapters.sql.migrate import revisions
from server.bots import Bot
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(240)]

ENOUGH = 5  # ways down and up


async def test_a_session_runs_through_a_change_of_the_schema(tmp_path: Path, postgres_url: str) -> None:
    async with house(data=tmp_path, database_url=postgres_url, speed=60) as home:
        therapist = await home.enters("therapist")
        alex = await home.enters("a")
        await therapist.ask("admit_all")
        done = asyncio.Event()
        asking = [asyncio.create_task(_keeps_asking(person, done)) for person in (therapist, alex)]
        await home.at(8)
        for _ in range(ENOUGH):  # over the card, its default, and what follows
            await operating.migrate(postgres_url, revisions()[-2])
            await eventually(lambda: _ready(home, False), "not ready", 20)
            await operating.migrate(postgres_url, None)
            await eventually(lambda: _ready(home, True), "ready", 20)
        await eventually(lambda: _over(home), "the end", 90)
        done.set()
        assert all(count > ENOUGH for count in await asyncio.gather(*asking)), "each was acknowledged all the time"
        decided = await _kinds(home)
        for once in ("CardRaised", "CardAnswered", "Concluded"):
            assert decided.count(once) == 1, decided


async def _keeps_asking(person: Bot, done: asyncio.Event) -> int:
    """Raises `BotRefused` where the service says no."""
    count = 0
    while not done.is_set() and person.closed is None:
        count += 1
        await person.ask("set_devices", microphone=count % 2 == 0, camera=True)
        await asyncio.sleep(0.05)
    return count


async def _ready(home: House, wanted: bool) -> bool:
    status, body = await home.rest("GET", "/readyz", "")
    assert (status == 200) is body["checks"]["migrations"], body
    return (status == 200) is wanted


async def _over(home: House) -> bool:
    return "Concluded" in await _kinds(home)


async def _kinds(home: House) -> list[str]:
    return [line.kind for line in await home.built.store.load(home.links.session)]
