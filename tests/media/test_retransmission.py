"""What a network loses is asked for again, in both directions, and comes as it was."""

from __future__ import annotations

import asyncio
import struct
from typing import Any

import pytest
from aiortc.rtp import RtcpRtpfbPacket, RtpPacket, unwrap_rtx, wrap_rtx
from hypothesis import given as given_any
from hypothesis import strategies as st

from signaling.media.forwarder import rtp, rtx
from signaling.media.forwarder.gaps import AGAIN, MOST, TRIES, Gaps
from signaling.media.forwarder.stream import KEYFRAME_EVERY_EACH, Slot, Stream
from signaling.media.synthetic import SyntheticPeer
from tests.media.melody import Listener
from tests.media.support import stage, until
from tests.support.udp_faults import faulty_link

TRANSPORT_WIDE = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"


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


def given(slot: Slot, seq: int, now: float = 0.0) -> int:
    """The sequence number that a packet of the source gets."""
    ids = slot.shifted(seq & 0xFFFF, 9000, now)
    assert ids is not None
    return ids[0]


def test_a_slot_gives_again_what_it_gave_and_nothing_of_its_source_from_before() -> None:
    slot, first, second = Slot("video", 3), stream(*range(100, 110)), stream(*range(700, 720))
    slot.connect(first)
    gave = [given(slot, seq) for seq in range(100, 110)]
    assert slot.again(gave[4]) == (packet(104), gave[4], 9000)
    slot.connect(second)
    later = [given(slot, seq, 1.0) for seq in range(710, 720)]
    assert later[0] == (gave[-1] + 1) & 0xFFFF
    assert slot.again(gave[4]) is None
    found = slot.again(later[3])
    assert found is not None
    assert found[0] == packet(713)


def test_a_late_packet_does_not_turn_a_slot_s_numbers_back() -> None:
    slot, one, other = Slot("video", 3), stream(), stream()
    slot.connect(one)
    gave = [given(slot, seq) for seq in (5, 6, 9, 7)]
    slot.connect(other)
    assert given(slot, 300, 0.1) == (gave[2] + 1) & 0xFFFF


def test_what_comes_late_from_before_a_source_was_connected_does_not_take_another_s_number() -> None:
    slot, first, second = Slot("audio", 2), stream(), stream()
    slot.connect(first)
    taken = {given(slot, seq) for seq in (1, 2, 3)}
    slot.connect(second)
    assert given(slot, 50) not in taken
    assert slot.shifted(49, 9000, 0.0) is None
    assert given(slot, 52) not in taken
    assert given(slot, 51) not in taken


def test_what_is_lost_late_in_a_long_session_is_given_again() -> None:
    slot, source = Slot("audio", 2), stream()
    slot.connect(source)
    for seq in range(200_000):
        out = given(slot, seq, seq / 50)
        if seq % 999 == 0:
            source.received(packet(seq), 0.0)
            assert slot.again(out) is not None, seq


def test_a_source_goes_on_with_any_number_after_a_silence() -> None:
    slot, source = Slot("video", 3), stream()
    slot.connect(source)
    last = given(slot, 10)
    assert slot.shifted(10 + 0x9000, 9000, 1.0) is None  # it can't be told from one that comes late
    assert given(slot, 10 + 0xA000, 10.0) == (last + 1) & 0xFFFF


@given_any(st.lists(st.tuples(st.sampled_from(["next", "late", "other"]), st.integers(0, 3000)), max_size=60))
def test_under_a_number_goes_one_packet_and_no_other(steps: list[tuple[str, int]]) -> None:
    slot, sources = Slot("video", 3), [stream(), stream()]
    newest, source, sent = [100, 60_000], 0, dict[int, tuple[int, int]]()
    slot.connect(sources[0])
    for what, by in steps:
        if what == "other":
            source = 1 - source
            slot.connect(sources[source])
        seq = newest[source] - by if what == "late" else newest[source] + 1 + by % 3
        newest[source] = max(newest[source], seq)
        ids = slot.shifted(seq & 0xFFFF, 9000, 0.0)
        if ids is not None:
            assert sent.setdefault(ids[0], (source, seq)) == (source, seq)


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


@pytest.mark.asyncio
@pytest.mark.parametrize("numbered", [True, False], ids=["who reports", "who doesn't"])
async def test_sound_that_is_sent_again_is_byte_for_byte_the_same(numbered: bool) -> None:
    """With another header, AES-GCM would seal two packets under one nonce, which tells how to forge a third."""
    async with stage() as played:
        near, far = SyntheticPeer(0), SyntheticPeer(1)
        await played.bring("near", near)
        sdp, hand_over = await played.opening("far", far)
        await hand_over(sdp + f"a=extmap:{rtp.TRANSPORT} {TRANSPORT_WIDE}\r\n" if numbered else sdp)
        await until(lambda: all(peer.state == "connected" for peer in (near, far)), "connected")
        came: dict[bytes, list[bytes]] = {}
        transport: Any = far._pcs[0].getTransceivers()[0].receiver.transport
        received = transport.transport._recv  # before a repeat is dropped as a replay

        async def receive() -> bytes:
            data: bytes = await received()
            if data[0] >> 6 == 2 and data[1] & 0x7F == rtp.AUDIO_PT:
                came.setdefault(data[8:12] + data[2:4], []).append(data)
            return data

        transport.transport._recv = receive
        await played.place("1", "near", "far")
        async with asyncio.timeout(20):
            while sum(len(all_of) > 1 for all_of in came.values()) < 20:
                for place in list(came)[-5:]:
                    ssrc, seq = struct.unpack("!LH", place)
                    await transport._send_rtp(bytes(RtcpRtpfbPacket(fmt=1, ssrc=1, media_ssrc=ssrc, lost=[seq])))
                await asyncio.sleep(0.02)
        assert all(len(set(all_of)) == 1 for all_of in came.values())
        assert all(bool(one[0][rtp.NUMBER_AT]) == numbered for one in came.values())


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
