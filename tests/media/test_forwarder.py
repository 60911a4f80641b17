"""Who gets whose packets: asserted on what arrives at real WebRTC peers, over a real socket and worker process."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest
from aiortc.rtcdtlstransport import RTCDtlsTransport

from server.application.media_events import PeerClosed, WorkerReady
from server.application.ports import MediaRefused
from signaling.media.forwarder import sdp
from signaling.media.synthetic import SyntheticPeer
from tests.media.support import stage, until

pytestmark = pytest.mark.asyncio


async def test_people_meet_over_ipv6_and_ipv4_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(announce=["::1", "127.0.0.1"]) as played:
        for name, ip in (("six", "::1"), ("four", "127.0.0.1")):
            monkeypatch.setattr("aioice.ice.get_host_addresses", lambda *_, ip=ip, **__: [ip])
            await played.connect(name)
        await played.place("1", "six", "four")
        await played.everyone_sees(["six", "four"])


async def test_where_only_ipv6_is_announced_nothing_else_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aioice.ice.get_host_addresses", lambda *_, **__: ["::1"])
    async with stage(announce=["::1"]) as played:
        offer = await played.media.offer("a", 1)
        assert "c=IN IP6 ::1" in offer
        assert "127.0.0.1 " not in offer.replace("o=-", "").split("a=candidate", 1)[1]
        await played.connect("a")


async def test_a_fresh_room_leaves_the_other_behind() -> None:
    async with stage() as played:
        await played.connect("therapist", "a", "b")
        await played.place("1", "therapist", "a", "b")
        await played.everyone_sees(["therapist", "a", "b"])
        await played.place("2", "therapist", "a")
        await asyncio.sleep(0.1)
        before = played.peers["b"].packets
        await played.everyone_sees(["therapist", "a"])
        assert played.peers["b"].packets == before


async def test_a_worker_that_hangs_is_ended_rather_than_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signaling.media.backend.WITHIN", 0.5)
    async with stage() as played:
        await played.connect("a")
        pid = played.media.pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(MediaRefused):
            await played.media.place("a", None)
        await until(lambda: bool(played.told(WorkerReady)), "another worker")
        assert played.media.pid != pid


async def test_a_port_that_is_taken_is_said() -> None:
    async with stage() as played:
        taken = played.media.port
        with pytest.raises(MediaRefused, match="port"):
            async with stage(port=taken):
                pass


async def test_whoever_does_not_answer_connect_or_stay_is_given_up() -> None:
    limits = {"answer": 1.0, "connect": 1.0, "consent": 8.0}
    async with stage(limits=limits) as played:
        await played.connect("stays", "goes")
        await played.media.offer("silent", 3)
        deaf = SyntheticPeer()
        answer = await deaf.answer(await played.media.offer("deaf", 3))
        await deaf.close()
        await played.media.answer("deaf", answer)
        (gone,) = played.peers["goes"]._pcs  # its sockets vanish without a goodbye
        transport = gone.getTransceivers()[0].receiver.transport.transport
        for protocol in transport._connection._protocols:
            protocol.transport.abort()
        await until(lambda: len(played.told(PeerClosed)) >= 3, "three given up")
        assert {event.peer: event.why for event in played.told(PeerClosed)} == {
            "silent": "not_answered",
            "deaf": "dtls_timeout",
            "goes": "consent_lost",
        }


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "v=1",
        "not sdp at all",
        "\x00" * 500,
        "v=0\r\n" * 300,
        "v=0\r\n" + "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n" * 10_000,
        "v=0\r\n" + "x" * 1_000_000,
    ],
    ids=["empty", "version", "words", "zeros", "sectionless", "10000 candidates", "1 MB"],
)
async def test_a_broken_answer_is_refused_and_changes_nothing(broken: str) -> None:
    async with stage() as played:
        peer = played.peers["a"] = SyntheticPeer()
        answer = await peer.answer(await played.media.offer("a", 3))
        with pytest.raises(MediaRefused) as no:
            await played.media.answer("a", broken)
        assert no.value.code == "sdp_invalid"
        await played.media.answer("a", answer)
        await until(lambda: peer.state == "connected", "connected after all")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("a=setup:active", "a=setup:passive"),
        ("a=fingerprint:sha-256 ", "a=fingerprint:md5 "),
        ("a=ice-ufrag:", "a=no-ufrag:"),
        ("m=video", "b=video"),
    ],
)
async def test_an_answer_to_something_else_is_refused(wrong: str, right: str) -> None:
    peer = SyntheticPeer()
    ground = sdp.Ground([("127.0.0.1", 9)], "abcd", "p" * 24, ":".join(["AB"] * 32))
    answer = await peer.answer(sdp.offer(ground, [sdp.SlotLine("audio", 2, 7, 6), sdp.SlotLine("video", 3, 9, 8)]))
    await peer.close()
    assert sdp.fingerprints_of(answer, 4)
    with pytest.raises(sdp.SdpRefused):
        sdp.fingerprints_of(answer.replace(wrong, right).replace("sha-384", "md5").replace("sha-512", "md5"), 4)


async def test_aiortc_still_has_what_the_forwarder_uses_of_its_inside() -> None:
    for name in ("_set_role", "_handle_rtp_data"):
        assert callable(getattr(RTCDtlsTransport, name))
    async with stage() as played:
        await played.connect("a")  # fails without `_rx_srtp`, `_tx_srtp`, `_recv` or `_send`
