"""Anything may come from the network, and from a person whose connection is authenticated. Others notice nothing."""

from __future__ import annotations

import asyncio
import random
import socket
from typing import Any

import pylibsrtp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.backend import EmbeddedForwarder
from signaling.media.forwarder import rtcp, rtp
from signaling.media.forwarder.peer import MALFORMED
from tests.media.support import Stage, stage

HEADERS = (
    bytes([0x80, 111]),
    bytes([0x90, 96]),
    bytes([0x9F, 0xE0]),
    bytes([0x80, 200]),
    bytes([0x8F, 206]),
    bytes([0x81, 205]),
    bytes([0, 1]),
    bytes([22, 254]),
)


def garbage(rng: random.Random) -> bytes:
    return rng.choice(HEADERS) + rng.randbytes(rng.choice((0, 1, 2, 6, 10, 11, 18, 30, 200, 1400)))


@pytest.mark.asyncio
async def test_strangers_datagrams_disturb_nobody() -> None:
    async with stage() as played:
        await _couple(played)
        rng = random.Random(1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for number in range(5_000):
                stranger.sendto(garbage(rng), ("127.0.0.1", played.media.port))
                if number % 50 == 0:
                    await asyncio.sleep(0)
        await played.everyone_sees(["a", "b"])


@pytest.mark.asyncio
async def test_an_authenticated_client_may_send_anything() -> None:
    """It can spoil its own sound and picture and nobody else's."""
    async with stage() as played:
        await _couple(played)
        await played.connect("c")
        await played.place("1", "c")
        transport: Any = played.peers["a"]._pcs[0].getTransceivers()[0].receiver.transport
        rng = random.Random(2)
        sent = 0
        for number in range(4_000):
            try:
                await transport._send_rtp(garbage(rng))
                sent += 1
            except (*MALFORMED, pylibsrtp.Error):
                continue  # what cannot even be encrypted does not get out
            if number % 50 == 0:
                await asyncio.sleep(0)
        assert sent > 500
        await played.everyone_sees(["b", "c"])


@pytest.mark.asyncio
async def test_replayed_and_spoiled_datagrams_from_a_person_s_own_address() -> None:
    async with stage() as played:
        await _couple(played)
        transport: Any = played.peers["a"]._pcs[0].getTransceivers()[0].receiver.transport.transport
        honest, rng = transport._send, random.Random(3)

        async def twice(data: bytes) -> None:
            await honest(data)
            spoiled = bytearray(data)
            spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
            await honest(bytes(spoiled))
            await honest(data)
            await honest(data[: rng.randrange(len(data)) or 1])

        transport._send = twice
        await played.everyone_sees(["a", "b"])


async def _couple(played: Stage[EmbeddedForwarder]) -> None:
    await played.connect("a", "b")
    await played.place("1", "a", "b")
    await played.everyone_sees(["a", "b"])


@given(st.binary(max_size=80), st.integers(0, 15))
def test_any_well_formed_packet_can_be_read(data: bytes, wanted: int) -> None:
    packet = bytes([0x80 | (data[0] & 0x3F)]) + data[1:] if data else data
    payload = rtp.payload_at(packet)
    if payload:
        at = rtp.extension(packet, wanted)
        assert 0 <= at <= len(packet)
        for own in (rtp.own_sound, rtp.own_picture):
            assert len(own(packet, payload)) - rtp.HEADER == len(packet) - payload


@given(st.binary(max_size=300))
def test_any_compound_packet_can_be_read_in_bounded_time(data: bytes) -> None:
    parts = list(rtcp.parts(data))
    assert len(parts) <= rtcp.MAX_PARTS
    for part in parts:
        assert len(rtcp.nacked(part)) <= rtcp.MAX_NACKED
        rtcp.keyframe_wanted(part)
        rtcp.remb_of(part)


@given(st.integers(10_000, 1 << 34))
def test_an_estimate_survives_its_packet(bitrate: int) -> None:
    (part,) = rtcp.parts(rtcp.remb(1, 2, bitrate))
    read = rtcp.remb_of(part)
    assert read is not None
    assert read <= bitrate < read * 1.00001 + 16 + (bitrate >> 17)
