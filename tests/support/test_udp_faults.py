"""The bad network does what it is told, on virtual time."""

from __future__ import annotations

import random

import pytest

from tests.support.udp_faults import HEADERS, FaultyLink, Lane

SIZE = 1000 - HEADERS


def test_a_faultless_lane_is_at_once() -> None:
    assert Lane().arrival(SIZE, 5.0, random.Random(1)) == 5.0


def test_a_narrow_lane_spaces_what_it_carries_and_drops_what_does_not_fit_its_queue() -> None:
    lane, chance = Lane(rate=64_000, queue=3_500), random.Random(1)
    arrivals = [lane.arrival(SIZE, 0.0, chance) for _ in range(6)]
    assert arrivals == [0.125, 0.25, 0.375, 0.5, None, None]
    assert lane.arrival(SIZE, 0.4, chance) == 0.625
    assert lane.passed == 5 * SIZE


def test_loss_delay_and_jitter_are_as_told() -> None:
    lane, chance = Lane(loss=0.2, delay=0.3, jitter=0.05), random.Random(1)
    arrivals = [lane.arrival(SIZE, 0.0, chance) for _ in range(2_000)]
    came = [at for at in arrivals if at is not None]
    assert 0.18 < 1 - len(came) / 2_000 < 0.22
    assert 0.3 <= min(came) < 0.301 < 0.349 < max(came) <= 0.35


def test_an_outage_ends_when_it_is_told_to() -> None:
    lane, chance = Lane(), random.Random(1)
    lane.become(silent=True)
    assert lane.arrival(SIZE, 0.0, chance) is None
    lane.become()
    assert lane.arrival(SIZE, 0.0, chance) == 0.0


@pytest.mark.asyncio
async def test_an_offer_leads_through_it_and_nowhere_else() -> None:
    line = "a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host\r\n"
    offer = (
        f"v=0\r\nm=audio 4000 X\r\n{line}{line}a=end-of-candidates\r\nm=video 4000 X\r\n{line}a=end-of-candidates\r\n"
    )
    link = FaultyLink(("192.0.2.1", 4000))
    await link.start("127.0.0.1")
    ip, port = link.address
    through = link.through(offer)
    await link.stop()
    assert through.count(f" {ip} {port} typ host") == through.count("a=candidate") == 2
    assert "192.0.2.1 4000 typ" not in through
