"""Of what a browser says beside sound and picture, nobody else receives anything: not where it is, nor what it is."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.forwarder import rtcp, rtp
from signaling.media.forwarder.stream import Slot, Stream
from tests.media.support import Stage, stage, until

SECRET = b"whereabouts"
TURNED, SPEAKERS = 5, 6  # ids that no offer has: how a phone is held, who else is heard there


def element(number: int, data: bytes) -> bytes:
    return bytes([number << 4 | len(data) - 1]) + data


def crafted(kind: int, seq: int, elements: Sequence[bytes], *, profile: int = 0xBEDE, ssrc: int = 77) -> bytes:
    """A packet with three CSRCs and these extensions, with `payload`."""
    body = b"".join(elements)
    body += bytes(-len(body) % 4)
    head = struct.pack("!BBHLL", 0x93, 0x80 | kind, seq, 90 * seq, ssrc) + b"home" * 3
    return head + struct.pack("!HH", profile, len(body) // 4) + body + payload(kind)


def payload(kind: int) -> bytes:
    return b"\x10\0picture" if kind == rtp.VIDEO_PT else b"sound"  # as the beginning of a keyframe


def own(packet: bytes) -> bytes:
    make = rtp.own_sound if packet[1] & 0x7F == rtp.AUDIO_PT else rtp.own_picture
    return make(packet, rtp.payload_at(packet))


def elements(packet: bytes) -> dict[int, bytes]:
    """The one-byte-header extensions of a packet without CSRCs."""
    assert packet[0] & 0x0F == 0
    found, at, end = dict[int, bytes](), 16, rtp.payload_at(packet)
    while at < end:
        length = (packet[at] & 15) + 1
        if packet[at]:
            found[packet[at] >> 4] = packet[at + 1 : at + 1 + length]
        at += length + 1 if packet[at] else 1
    return found


def test_what_is_told_of_a_picture_is_when_we_sent_it() -> None:
    told = [element(rtp.ABS_SEND_TIME, b"\1\2\3"), element(TURNED, b"\1"), element(rtp.TRANSPORT, b"\7\7")]
    for profile in (0xBEDE, 0x1000, 0x1234):
        ours = own(crafted(rtp.VIDEO_PT, 9, told, profile=profile))
        (sent,) = elements(ours).items()
        assert sent[0] == rtp.ABS_SEND_TIME
        assert abs(int.from_bytes(sent[1], "big") / 2**18 - time.time() % 64) < 1
        assert ours[1] == 0x80 | rtp.VIDEO_PT
        assert (rtp.sequence(ours), rtp.timestamp(ours), rtp.ssrc(ours)) == (9, 810, 77)
        assert ours[rtp.HEADER :] == payload(rtp.VIDEO_PT)


def test_what_is_told_of_sound_is_how_loud_it_is() -> None:
    told = [element(SPEAKERS, SECRET), element(rtp.AUDIO_LEVEL, b"\xa5")]
    ours = own(crafted(rtp.AUDIO_PT, 9, told))
    assert elements(ours) == {rtp.AUDIO_LEVEL: b"\xa5"}
    assert rtp.audio_level(ours) == 0x25
    unsaid = own(crafted(rtp.AUDIO_PT, 9, told[:1]))
    assert elements(unsaid) == {}
    assert rtp.audio_level(unsaid) is None


@given(st.binary(min_size=12, max_size=120), st.booleans())
def test_whatever_the_header_was_the_payload_is_the_same_and_nothing_else_is(data: bytes, sound: bool) -> None:
    packet = bytes([0x80 | data[0] & 0x3F, rtp.AUDIO_PT if sound else rtp.VIDEO_PT]) + data[2:]
    if not rtp.payload_at(packet):
        return
    ours = own(packet)
    assert rtp.payload_at(ours) == rtp.HEADER
    assert ours[rtp.HEADER :] == packet[rtp.payload_at(packet) :]
    assert ours[1:12] == packet[1:12]
    assert ours[0] & 0x20 == packet[0] & 0x20  # padding is of the payload
    assert set(elements(ours)) <= {rtp.AUDIO_LEVEL if sound else rtp.ABS_SEND_TIME}


def test_a_report_counts_what_went_out_in_its_slot_and_not_what_went_before() -> None:
    slot, first, second = Slot("audio", 2), stream(5), stream(40)
    slot.connect(first)
    assert slot.sent == (0, 0)
    hear(first, 5, 7)
    assert slot.sent == (2, 2 * len(b"sound"))
    first.counted()
    slot.connect(second)
    hear(first, 7, 9)
    hear(second, 40, 41)
    assert slot.sent == (3, 3 * len(b"sound"))
    slot.connect(None)
    assert slot.sent == (3, 3 * len(b"sound"))


def stream(until: int) -> Stream:
    found = Stream(None, "audio", 77)  # type: ignore[arg-type]
    hear(found, 0, until)
    return found


def hear(found: Stream, first: int, end: int) -> None:
    for seq in range(first, end):
        found.received(own(crafted(rtp.AUDIO_PT, seq, [])), 0.0)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [rtp.VIDEO_PT, rtp.AUDIO_PT], ids=["picture", "sound"])
async def test_a_partner_s_browser_receives_nothing_that_the_server_did_not_write(kind: int) -> None:
    async with couple() as (played, packets, _):
        told = [element(number, SECRET) for number in (*range(4, 15), 1, 2)]
        for seq in range(20):
            numbered = element(rtp.TRANSPORT, struct.pack("!H", seq))
            await send(played, crafted(kind, seq, [numbered, *told, *told[:2]], ssrc=4242))
        await until(lambda: sum(payload(kind) in one for one in packets) == 20, "what was sent")
        for one in (one for one in packets if payload(kind) in one):
            assert SECRET not in one
            assert b"home" not in one
            assert set(elements(one)) <= {rtp.AUDIO_LEVEL, rtp.ABS_SEND_TIME, rtp.TRANSPORT}


@pytest.mark.asyncio
async def test_a_partner_s_clock_and_how_long_they_were_there_before_are_not_told() -> None:
    async with couple() as (played, _, reports):
        await send(played, crafted(rtp.AUDIO_PT, 1, [], ssrc=4242))
        hour_ahead = rtcp.ntp(time.time() + 3600)
        for step in range(2):
            await send(played, rtcp.sender_report(4242, hour_ahead + (step << 32), 48_000 * step, (90_000, 9_000_000)))
        await until(lambda: len(reports) >= 2, "reports")
        first, second = (next(rtcp.parts(one)) for one in reports[-2:])
        assert abs(rtcp.ntp_of(first) - rtcp.ntp(time.time())) < 5 << 32
        assert rtcp.ntp_of(second) - rtcp.ntp_of(first) == 1 << 32  # so that lips still move with the voice
        assert (second.word(16) - first.word(16)) & 0xFFFFFFFF == 48_000
        assert first.word(20) < 1000


@asynccontextmanager
async def couple() -> AsyncIterator[tuple[Stage[Any], list[bytes], list[bytes]]]:
    """`a`, who is about to send what is crafted, and what reaches `b`: RTP packets, and sender reports."""
    async with stage() as played:
        await played.connect("a", "b")
        for track in (played.peers["a"].tone, played.peers["a"].picture):
            assert track is not None
            track.stop()
        await played.place("1", "a", "b")
        await asyncio.sleep(0.3)
        packets, reports = list[bytes](), list[bytes]()
        transport = transport_of(played, "b")
        on_rtp, on_rtcp = transport._handle_rtp_data, transport._handle_rtcp_data

        async def came(data: bytes, *args: Any, **kwargs: Any) -> None:
            packets.append(data)

        async def told(data: bytes) -> None:
            reports.append(data)

        transport._handle_rtp_data, transport._handle_rtcp_data = came, told
        try:
            yield played, packets, reports
        finally:
            transport._handle_rtp_data, transport._handle_rtcp_data = on_rtp, on_rtcp


def transport_of(played: Stage[Any], name: str) -> Any:
    return played.peers[name]._pcs[0].getTransceivers()[0].receiver.transport


async def send(played: Stage[Any], packet: bytes) -> None:
    await transport_of(played, "a")._send_rtp(packet)
