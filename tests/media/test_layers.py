"""A group's pictures come in two sizes: who has a slow connection sees everybody small rather than hardly anybody."""

from __future__ import annotations

import asyncio
import struct
import time
from collections import Counter

import pytest
from aiortc.codecs.vpx import VpxPayloadDescriptor
from hypothesis import given
from hypothesis import strategies as st

from signaling.media.forwarder import rtp
from signaling.media.forwarder.rtp import RTX_PT, SIZE, VIDEO_PT
from signaling.media.forwarder.sdp import Ground, SlotLine, offer
from signaling.media.forwarder.stream import Slot, Stream
from tests.benchmarks.crowd import FRAME_PACKETS, VIDEO_BYTES, Member
from tests.media.support import stage, until
from tests.media.test_bad_networks import BACK_WITHIN, bitrates, crowd, left_out
from tests.media.test_headers import couple, element, own, send

SMALL_BYTES = 500  # of a small picture: 80 kbit/s
KEYFRAME_EVERY = 20  # frames


class Layered(Member):
    """One whose browser sends its picture small and whole, each with a keyframe a second."""

    whole = True  # whether its uplink takes more than the small one

    def frame(self) -> None:
        self._video += 1
        if self.whole:
            for number in range(FRAME_PACKETS):
                self._packet(b"w", 1, self._video * FRAME_PACKETS + number, number, VIDEO_BYTES)
        self._packet(b"s", 2, self._video, 0, SMALL_BYTES, last=True)

    def _packet(self, size: bytes, ssrc: int, seq: int, number: int, length: int, *, last: bool = False) -> None:
        self._numbers = (self._numbers + 1) & 0xFFFF
        told = element(SIZE, size) + element(rtp.TRANSPORT, struct.pack("!H", self._numbers))
        end = 0x80 if last or number == FRAME_PACKETS - 1 else 0
        head = struct.pack("!BBHII", 0x90, VIDEO_PT | end, seq & 0xFFFF, self._video * 4500, self._ssrc + ssrc)
        frame = bytes([0x10, self._video % KEYFRAME_EVERY != 0]) if number == 0 else b"\0"
        self._send(head + struct.pack("!HH", 0xBEDE, 2) + told.ljust(8, b"\0") + frame + bytes(length - len(frame)))


@pytest.mark.asyncio
async def test_one_on_a_slow_link_sees_everyone_small_and_the_others_see_them_whole() -> None:
    async with crowd(4, kind=Layered) as (members, link, played):
        slow = members[0]
        before, _ = await bitrates(members, 3.0)
        link.down.become(rate=600_000, delay=0.03)
        await asyncio.sleep(6)
        seen = Counter(slow.bytes_of)
        during, sound = await bitrates(members, 3.0)
        assert left_out(played) == {}
        assert (slow.bytes_of - seen)[VIDEO_PT] * 8 / 3 > 2.5 * SMALL_BYTES * 8 * KEYFRAME_EVERY
        assert during[0] < 600_000
        assert sound > 0.9
        for number in range(1, 4):
            assert during[number] > 0.9 * before[number], number
        link.both()
        ended, seen = time.monotonic(), Counter(slow.bytes_of)
        whole = VIDEO_BYTES * FRAME_PACKETS * KEYFRAME_EVERY * 2  # two seconds of one
        await until(lambda: (slow.bytes_of - seen)[VIDEO_PT] > 2 * whole, "whole pictures", 4 * BACK_WITHIN)
        assert time.monotonic() - ended < 2 * BACK_WITHIN


@pytest.mark.asyncio
async def test_one_with_a_slow_uplink_is_seen_small_by_all() -> None:
    async with crowd(4, kind=Layered) as (members, _, played):
        assert isinstance(members[0], Layered)
        members[0].whole = False
        await asyncio.sleep(4)
        before, seen = members[0]._video, Counter(members[1].bytes_of)
        await asyncio.sleep(3)
        got = (members[1].bytes_of - seen)[VIDEO_PT]
        frames = members[0]._video - before
        wholes = 2 * frames * FRAME_PACKETS * VIDEO_BYTES
        assert 0.9 * frames * SMALL_BYTES < got - wholes < 2.5 * frames * SMALL_BYTES
        assert left_out(played) == {}


@pytest.mark.asyncio
async def test_only_where_four_or_more_meet_a_picture_is_sent_twice() -> None:
    async with stage() as played:
        assert "a=simulcast:recv s;w" in (await played.media.offer("of a group", 3) or "")
        assert "a=simulcast" not in (await played.media.offer("of a couple", 2) or "")
    ground = Ground([("127.0.0.1", 5000)], "ufrag", "password", "AB")
    assert "a=rid" not in offer(ground, [SlotLine("video", 3, 9, 8)])


def of_vp8(seq: int, *, key: bool, first: bool = True) -> bytes:
    head = struct.pack("!BBHLL", 0x80, VIDEO_PT, seq, 0, 77)
    return own(head + bytes([0x10 if first else 0, not key]) + b"picture")


def test_what_is_seen_turns_to_another_size_at_its_keyframe_and_not_before() -> None:
    whole, small = (Stream(None, "video", ssrc, size) for size, ssrc in ((1, 7), (0, 8)))  # type: ignore[arg-type]
    slot, subscriber = Slot("video", 3), object()
    slot.connect(whole)
    slot.turn(subscriber, small)  # type: ignore[arg-type]
    assert (slot.source, small.slots, len(small.joining)) == (whole, (), 1)
    small.join()
    assert (slot.source, slot.coming, small.slots, small.joining) == (small, None, ((subscriber, slot),), ())
    slot.turn(subscriber, whole)  # type: ignore[arg-type]
    slot.stay()
    assert (slot.source, whole.joining) == (small, ())
    slot.turn(subscriber, whole)  # type: ignore[arg-type]
    slot.connect(None)
    assert (slot.source, small.slots, whole.joining) == (None, (), ())


@given(st.binary(min_size=1, max_size=12))
def test_a_keyframe_is_known_by_what_another_reader_of_vp8_finds(payload: bytes) -> None:
    payload = bytes([payload[0] & 0xF7]) + payload[1:]  # the reserved bit is nobody's
    try:
        told, rest = VpxPayloadDescriptor.parse(payload)
    except ValueError:
        return
    opens = told.partition_start == 1 and told.partition_id == 0 and bool(rest) and not rest[0] & 1
    assert rtp.opens_keyframe(bytes(rtp.HEADER) + payload) == opens


@pytest.mark.parametrize(("name", "size"), [(b"s", 0), (b"w", 1), (b"x", None), (b"small", None)])
def test_a_size_is_known_by_its_name(name: bytes, size: int | None) -> None:
    told = element(SIZE, name).ljust(8, b"\0")
    packet = struct.pack("!BBHLLHH", 0x90, VIDEO_PT, 1, 0, 77, 0xBEDE, 2) + told + b"picture"
    assert rtp.size(packet) == size
    assert rtp.size(of_vp8(1, key=True)) is None


@pytest.mark.asyncio
async def test_what_a_size_lost_is_taken_from_retransmissions_that_no_answer_names() -> None:
    async with couple() as (played, packets, _):
        for kind, ssrc, seq, told, payload in (
            (VIDEO_PT, 31, 1, element(SIZE, b"s"), b"\x10\0picture 1"),
            (VIDEO_PT, 31, 3, element(SIZE, b"s"), b"\x10\1picture 3"),
            (RTX_PT, 32, 9, element(rtp.REPAIRED, b"s"), b"\0\2\x10\1picture 2"),
        ):
            head = struct.pack("!BBHLLHH", 0x90, kind, seq, 0, ssrc, 0xBEDE, 1)
            await send(played, head + told.ljust(4, b"\0") + payload)
        await until(lambda: {one[-1:] for one in packets if b"picture" in one} == {b"1", b"2", b"3"}, "all three")
