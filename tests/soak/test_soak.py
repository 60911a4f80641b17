"""Rooms that open and close leave nothing behind; `make soak` is the long run of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.soak.running import Held, faults, run
from tests.soak.stories import STORIES

HELD = Held(memory=100 << 20, media_memory=50 << 20, files=20, media_files=9, sockets=6, tasks=12)


@pytest.mark.alone
@pytest.mark.asyncio
@pytest.mark.timeout(240)
async def test_two_spells_of_rooms_leave_nothing_behind() -> None:
    soaked = await run(2, len(STORIES), 1.0, print)
    assert faults(soaked.held) == []
    assert soaked.rooms.total() == 2 * len(STORIES)


@pytest.mark.parametrize(
    "grown",
    [
        {"memory": 130 << 20},
        {"media_memory": 70 << 20},
        {"files": 25},
        {"media_files": 15},
        {"sockets": 11},
        {"tasks": 17},
    ],
)
def test_what_grows_is_found(grown: dict[str, int]) -> None:
    assert len(faults([HELD, HELD, replace(HELD, **grown)])) == 1
    assert faults([HELD, HELD]) == []
