"""Many deadlines at once, through the real timekeeper: none early, none lost, none twice, also by two nodes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.benchmarks.deadlines import fall_due

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("nodes", [1, 2])
async def test_hundreds_of_deadlines_are_decided_once_and_not_before(record_url: str, nodes: int) -> None:
    seen = await asyncio.wait_for(fall_due(record_url, 300, 600, timedelta(seconds=1), nodes), 100)
    assert (seen.early, seen.lost, seen.doubled) == (0, 0, 0)
    assert len(seen.late) == 300
    assert seen.at(0.99) < 30, "however busy this machine is"
