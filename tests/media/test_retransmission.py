"""What a network loses is asked for again, in both directions, and comes as it was."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from aiortc.rtp import RtpPacket, unwrap_rtx, wrap_rtx

from signaling.media.forwarder import rtp, rtx
from signaling.media.forwarder.gaps import AGAIN, MOST, TRIES, Gaps
from signaling.media.forwarder.stream import KEYFRAME_EVERY_EACH, Slot, Stream
from tests.media.melody import Listener
from tests.media.support import stage, until
from tests.support.udp_faults import faulty_link


def packet(seq: int, payload: bytes = b"picture", stamp: int = 9000) -> bytes:
    extension = struct.pack("!HHBBH", 0xBEDE, 1, rtp.ABS_SEND_TIME << 4 | 2, 0, 0)
    return struct.pack("!BBHLL", 0x90, 0x80 | rtp.VIDEO_PT, seq & 0xFFFF, stamp, 77) + extension + payload


def stream(*seqs: int) -> Stream:
    found = Stream(None, "video", 77)  # type: ignore[arg-type]
    for seq in seqs:
        found.received(packet(seq), 0.0)
    return found


def test_what_is_missing_is_asked_for_ever_more_seldom_and_then_no_more() -> None:
    gaps, asked, now = Gaps(), list[float](), 0.0
    gaps.opened(0xFFFF, 2, now)
    assert gaps.due(now) == [0xFFFF, 0]
    gaps.came(0)
    while gaps.missing:
        now += 0.01
        asked += [now] * len(gaps.due(now))
    assert len(asked) == TRIES - 1
    assert [round(one / AGAIN) for one in asked] == [1, 3, 7, 15]


def test_a_long_gap_is_left_to_a_keyframe() -> None:
    gaps = Gaps()
    gaps.opened(1, MOST + 1, 0.0)
    assert not gaps.missing
    gaps.opened(1, MOST, 0.0)
    gaps.opened(100, 1, 0.0)
    assert gaps.due(0.0) == [100]


def test_a_packet_counts_once_however_often_it_comes() -> None:
    received = stream(10, 13)
    assert received.gaps.due(0.0) == [11, 12]
    assert received.received(packet(11), 0.0)
    assert not received.received(packet(11), 0.0)
    assert received.gaps.due(10.0) == [12]
    assert received.counted()[0] == 3


@pytest.mark.parametrize("payload", [b"picture", b"p", bytes(1000)])
def test_a_retransmission_is_as_aiortc_has_it_and_leaves_the_payload_alone(payload: bytes) -> None:
    ours = rtx.wrapped(packet(500, payload), 41)
    parsed = RtpPacket.parse(ours)
    assert unwrap_rtx(parsed, payload_type=rtp.VIDEO_PT, ssrc=5).payload == payload
    assert (parsed.payload_type, parsed.payload[:2]) == (rtp.RTX_PT, (41).to_bytes(2, "big"))
    theirs = wrap_rtx(RtpPacket.parse(packet(500, payload)), rtp.RTX_PT, 9, 8).serialize()
    assert rtx.unwrapped(theirs, 77) == RtpPacket.parse(packet(500, payload)).serialize()


def test_what_only_fills_the_line_is_no_packet() -> None:
    head = struct.pack("!BBHLL", 0xA0, rtp.RTX_PT, 1, 2, 3)
    assert rtx.unwrapped(head + bytes(9) + b"\x0a", 77) is None
    assert rtx.unwrapped(head[:12], 77) is None


def test_a_slot_gives_again_what_it_gave_and_nothing_of_its_source_from_before() -> None:
    slot, first, second = Slot("video", 3), stream(*range(100, 110)), stream(*range(700, 720))
    slot.connect(first)
    gave = [slot.shifted(seq, 9000, 0.0)[0] for seq in range(100, 110)]
    assert slot.again(gave[4]) == (packet(104), gave[4], 9000)
    slot.connect(second)
    later = [slot.shifted(seq, 9000, 1.0)[0] for seq in range(710, 720)]
    assert later[0] == (gave[-1] + 1) & 0xFFFF
    assert slot.again(gave[4]) is None
    found = slot.again(later[3])
    assert found is not None
    assert found[0] == packet(713)


def test_a_late_packet_does_not_turn_a_slot_s_numbers_back() -> None:
    slot, one, other = Slot("video", 3), stream(), stream()
    slot.connect(one)
    gave = [slot.shifted(seq, 9000, 0.0)[0] for seq in (5, 6, 9, 7)]
    slot.connect(other)
    assert slot.shifted(300, 1, 0.1)[0] == (gave[2] + 1) & 0xFFFF


def test_one_who_always_wants_a_keyframe_is_heard_now_and_then() -> None:
    slot = Slot("video", 3)
    heard = [now for now in (10 + step / 10 for step in range(100)) if slot.may_ask_keyframe(now)]
    assert len(heard) <= 1 + 10 / KEYFRAME_EVERY_EACH


@pytest.mark.asyncio
async def test_lost_pictures_come_again_as_retransmissions() -> None:
    async with stage() as played, faulty_link(("127.0.0.1", played.media.port)) as link:
        near, far = Listener(0), Listener(1)
        await played.bring("near", near)
        await played.bring("far", far, link)
        await until(lambda: all(peer.state == "connected" for peer in (near, far)), "connected")
        again = retransmissions(far)
        await played.place("1", "near", "far")
        await played.everyone_sees(["near", "far"])
        link.both(loss=0.1)
        await until(lambda: len(again) > 5, "retransmissions to who lost packets")
        near_hears, far_hears = await asyncio.gather(near.listen(3), far.listen(3))
        assert near_hears > 0.93  # sound that was lost on the way up was asked for, too
        assert far_hears > 0.75
        await asyncio.gather(near.close(), far.close())


def retransmissions(peer: Listener) -> list[int]:
    """The numbers of the retransmissions that arrive from now on."""
    arrived = list[int]()
    transport: Any = peer._pcs[0].getTransceivers()[0].receiver.transport
    route = transport._rtp_router.route_rtp

    def routed(one: RtpPacket) -> Any:
        if one.payload_type == rtp.RTX_PT:
            arrived.append(one.sequence_number)
        return route(one)

    transport._rtp_router.route_rtp = routed
    return arrived
