"""Sound and picture over networks as people have them: a known melody is recognised."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from server.application.media_events import PeerClosed, SlotsChanged
from signaling.media.backend import EmbeddedForwarder
from signaling.media.forwarder.rtp import AUDIO_PT, VIDEO_PT
from tests.benchmarks.crowd import AUDIO_BYTES, FRAME_PACKETS, VIDEO_BYTES, Member, talk
from tests.media.melody import CHANCE, FRAMES_A_NOTE, TUNE, Listener, recognised
from tests.media.support import Stage, stage, until
from tests.support.udp_faults import FaultyLink, faulty_link

BACK_WITHIN = 5.0  # s in which the picture is back after a fault
SOUND_OF_OTHERS = 3  # links of 64 kbit/s: each of the others' sound takes one
SOUND_BYTES = AUDIO_BYTES + 12 + 12 + 16  # with header, extensions and what encryption adds


CONSENT = 8.0  # s: half of what is usual, and an outage of a quarter of a minute for one of half a minute
AGAIN = 2.0  # s that a page waits at most between two tries


@asynccontextmanager
async def two_people(**options: Any) -> AsyncIterator[tuple[Stage[EmbeddedForwarder], FaultyLink]]:
    """`near` has a good network, `far` has the link, and both see and hear each other."""
    async with stage(**options) as played, faulty_link(("127.0.0.1", played.media.port)) as link:
        await played.bring("near", Listener(0))
        await played.bring("far", Listener(1), link)
        await until(lambda: all(peer.state == "connected" for peer in played.peers.values()), "connected")
        await played.place("1", "near", "far")
        await played.everyone_sees(["near", "far"])
        try:
            yield played, link
        finally:
            await asyncio.gather(*(peer.close() for peer in played.peers.values()))


def peers(played: Stage[EmbeddedForwarder]) -> list[Listener]:
    return [peer for peer in played.peers.values() if isinstance(peer, Listener)]


async def heard(played: Stage[EmbeddedForwarder], seconds: float = 3.0) -> tuple[float, float]:
    """How much of the melody each hears: who is near, who is far."""
    both = await asyncio.gather(*(peer.listen(seconds) for peer in peers(played)))
    return both[0], both[1]


@pytest.mark.asyncio
async def test_sound_goes_on_through_what_a_bad_network_does() -> None:
    async with two_people() as (played, link):
        for faults, least in (
            ({}, 0.9),
            ({"loss": 0.01}, 0.85),
            ({"delay": 0.3}, 0.85),
            ({"jitter": 0.08}, 0.85),
            ({"loss": 0.2}, 0.6),
        ):
            link.both(**faults)
            await asyncio.sleep(1)
            near, far = await heard(played)
            assert min(near, far) > least, faults


@pytest.mark.asyncio
async def test_a_meeting_goes_on_where_a_router_forgets_the_address() -> None:
    async with two_people() as (played, link):
        before = [len(peer.came[0]) for peer in peers(played)]
        await link.move()
        await until(
            lambda: all(len(peer.came[0]) > then + 50 for peer, then in zip(peers(played), before, strict=True)),
            "sound both ways by the new address",
        )
        assert played.peers["far"].state == "connected"


@pytest.mark.asyncio
async def test_after_a_short_outage_sound_goes_on_by_the_same_connection() -> None:
    # Pictures need a keyframe, which aiortc seldom asks for; of browsers see tests/e2e/test_bad_network.py.
    async with two_people() as (played, link):
        link.both(silent=True)
        await asyncio.sleep(6)
        link.both()
        near, far = await heard(played, BACK_WITHIN)
        assert min(near, far) > 0.85
        assert played.told(PeerClosed) == []


@pytest.mark.asyncio
async def test_after_an_outage_that_outlasts_consent_a_fresh_connection_has_them_back() -> None:
    async with two_people(limits={"consent": CONSENT}) as (played, link):
        link.both(silent=True)
        await asyncio.sleep(15)
        assert played.told(PeerClosed) == [PeerClosed("far", "consent_lost")]
        link.both()
        ended = time.monotonic()
        await asyncio.sleep(AGAIN)
        await played.peers["far"].close()
        await played.bring("far", Listener(1), link)
        await played.place("1", "far")
        await played.everyone_sees(["near", "far"])
        assert time.monotonic() - ended < BACK_WITHIN
        near, far = await heard(played)
        assert min(near, far) > 0.85


def test_noise_and_another_tune_are_not_recognised() -> None:
    said = [(n, TUNE[n // FRAMES_A_NOTE]) for n in range(300, 450)]
    assert recognised(said, 150) == 1
    assert recognised(said[::2], 150) == 0.5
    assert recognised([(n, 3) for n, _ in said], 150) < 3 * CHANCE
    assert recognised([], 150) == 0


@pytest.mark.asyncio
async def test_one_on_a_narrow_link_keeps_sound_loses_the_picture_for_a_time_and_slows_nobody() -> None:
    async with crowd(4) as (members, link, played):
        slow, *others = members
        before, _ = await bitrates(members, 3.0)
        link.down.become(rate=64_000 * SOUND_OF_OTHERS, delay=0.03)
        await asyncio.sleep(4)
        during, sound = await bitrates(members, 3.0)
        for number, one in enumerate(others, 1):
            assert during[number] > 0.9 * before[number], one
        assert during[0] < 64_000 * SOUND_OF_OTHERS
        assert sound > 0.9
        assert set(left_out(played)) == {"0"}
        assert set(left_out(played)["0"].values()) == {"slow"}
        link.both()
        seen, ended = slow.bytes_of[VIDEO_PT], time.monotonic()
        await until(lambda: slow.bytes_of[VIDEO_PT] > seen + 50_000, "pictures again", 4 * BACK_WITHIN)
        assert time.monotonic() - ended < BACK_WITHIN
        await until(lambda: left_out(played) == {}, "no picture that is left out", 4 * BACK_WITHIN)


@pytest.mark.asyncio
async def test_of_eight_each_sees_six_and_hears_all() -> None:
    async with crowd(8, reports=False) as (members, _, played):
        before, shown = Counter(members[0].bytes_of), members[1]._video
        _, sound = await bitrates(members, 3.0)
        assert [list(why.values()) for why in left_out(played).values()] == [["many"]] * 8
        got = (members[0].bytes_of - before)[VIDEO_PT] / (VIDEO_BYTES * FRAME_PACKETS)
        assert 5.5 < got / (members[1]._video - shown) < 6.8
        assert sound > 0.9


def left_out(played: Stage[EmbeddedForwarder]) -> dict[str, Mapping[str, str]]:
    """Of each who was told last that pictures are left out: whose, and why."""
    last = {event.peer: event.paused for event in played.told(SlotsChanged)}
    return {peer: paused for peer, paused in last.items() if paused}


@asynccontextmanager
async def crowd(
    people: int, *, reports: bool = True, kind: type[Member] = Member
) -> AsyncIterator[tuple[list[Member], FaultyLink, Stage[EmbeddedForwarder]]]:
    """People of one room who talk all the time; the first is on the link."""
    members = [kind(number, reports=reports) for number in range(people)]
    async with stage() as played, faulty_link(("127.0.0.1", played.media.port)) as link:
        for number, one in enumerate(members):
            offer = await played.media.offer(str(number), people - 1)
            await played.media.answer(str(number), await one.answer(link.through(offer) if number == 0 else offer))
        await asyncio.gather(*(one.connect() for one in members))
        await played.place("room", *map(str, range(people)))
        talking = asyncio.create_task(talk(members, 600))
        try:
            await asyncio.sleep(2)
            yield members, link, played
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)
            await asyncio.gather(*(one.close() for one in members))


async def bitrates(members: list[Member], seconds: float) -> tuple[list[float], float]:
    """What each gets in bits per second, and of the sound that the others sent, how much the first got."""
    before = [Counter(one.bytes_of) for one in members]
    said = sum(one._audio for one in members[1:])
    await asyncio.sleep(seconds)
    got = [8 * (one.bytes_of - then).total() / seconds for one, then in zip(members, before, strict=True)]
    packets = (members[0].bytes_of - before[0])[AUDIO_PT] / SOUND_BYTES
    return got, packets / (sum(one._audio for one in members[1:]) - said)
