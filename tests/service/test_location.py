"""Nothing that one partner receives, at any layer, tells where the other is (T4): frames, REST, mail, each packet."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from typing import Any

import pytest
import socketio
from aiortc import RTCPeerConnection
from aiortc.rtcdtlstransport import RTCDtlsTransport

from server.bots import Bot
from signaling.media.backend import EmbeddedForwarder
from tests.service.support import House, eventually, house

pytestmark = [pytest.mark.asyncio, pytest.mark.timeout(120)]

ADDRESSES = ("203.0.113.77", "198.51.100.77", "2001:db8::77")
PLANTED = (
    "a=candidate:77 1 udp 2130706431 203.0.113.77 50077 typ host",
    "a=candidate:78 1 udp 2130706430 zaunhost.local 50078 typ host",
    "a=candidate:79 1 udp 1677729535 198.51.100.77 50079 typ srflx raddr 203.0.113.77 rport 50077",
    "a=candidate:80 1 udp 2130706429 2001:db8::77 50080 typ host",
    "a=msid:zaunstream zauncamera",
)
WHERE = {"place": "Zaunweg 12", "contact": "Hedwig Zaun", "phone": "+49 731 5550177"}
SECRETS = ("zaun", *ADDRESSES, "5550177", "Chicago", "alex@")
PACKED = (bytes([203, 0, 113, 77]), bytes([198, 51, 100, 77]), bytes.fromhex("20010db8000000000000000000000077"))


class Planted(Bot):
    """Somebody whose browser says in its answer where it is, in every way that an SDP has."""

    async def ask(self, event: str, **fields: Any) -> dict[str, Any]:
        if event == "answer_media":
            head, media, rest = fields["sdp"].partition("m=")
            head = re.sub(r"(?m)^o=.*$", "o=zaun 1 1 IN IP4 203.0.113.77", head)
            first, _, lines = rest.partition("\r\n")
            fields["sdp"] = f"{head}{media}{first}\r\n" + "".join(f"{line}\r\n" for line in PLANTED) + lines
        return await super().ask(event, **fields)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> dict[Any, list[bytes]]:
    """Every byte that comes in, by the socket or the media connection it comes in by; media as it is decrypted."""
    kept: dict[Any, list[bytes]] = defaultdict(list)
    frame, count = socketio.AsyncClient._handle_eio_message, RTCPeerConnection.__init__

    async def framed(self: Any, data: Any) -> None:
        kept[self].append(data.encode() if isinstance(data, str) else bytes(data))
        await frame(self, data)

    def named(self: Any, *args: Any, **kwargs: Any) -> None:
        count(self, *args, **kwargs)
        self._RTCPeerConnection__cname = "zauncname"  # what SDES would carry (RFC 3550, 6.5.1)

    def listening(name: str) -> None:
        handle = getattr(RTCDtlsTransport, name)

        async def listened(self: Any, data: bytes, *args: Any, **kwargs: Any) -> None:
            kept[self].append(data)
            await handle(self, data, *args, **kwargs)

        monkeypatch.setattr(RTCDtlsTransport, name, listened)

    monkeypatch.setattr(socketio.AsyncClient, "_handle_eio_message", framed)
    monkeypatch.setattr(RTCPeerConnection, "__init__", named)
    listening("_handle_rtp_data")
    listening("_handle_rtcp_data")
    return kept


def transport_of(person: Bot) -> Any:
    assert person.peer is not None
    return person.peer._pcs[0].getTransceivers()[0].receiver.transport


def told(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace").lower()
    return [secret for secret in SECRETS if secret.lower() in text] + [f"{ip!r}" for ip in PACKED if ip in data]


async def test_no_byte_that_robin_receives_tells_where_alex_is(heard: dict[Any, list[bytes]]) -> None:
    async with house() as home:
        therapist, robin = await home.enters("therapist", media=True), await home.enters("b", media=True)
        alex = Planted(home.link("a"))
        try:
            await _meet_and_go(home, therapist, alex, robin, heard)
            assert any(told(frame) for frame in heard[alex.socket]), "the search finds what is there: Alex's own zone"
        finally:
            await alex.drop()
        frames, media = heard[robin.socket], heard[transport_of(robin)]
        assert len(frames) > 5
        assert [(line, told(line)) for line in frames if told(line)] == []
        assert [packet for packet in media if told(packet)] == []
        ports = re.findall(r"candidate:\S+ \d \S+ \d+ \S+ (\d+) typ", b"".join(frames).decode())
        assert isinstance(home.built.media, EmbeddedForwarder)
        assert set(ports) == {f"{home.built.media.port}"}, "only the server's own addresses are offered"
        await _packets_say_little(media)
        await _mail_says_nothing(home)


async def _meet_and_go(home: House, therapist: Bot, alex: Bot, robin: Bot, heard: dict[Any, list[bytes]]) -> None:
    await alex.join()
    await alex.ask("arrive")
    token = home.token(home.link("a"))
    assert (await home.rest("PUT", "/v1/whereabouts", token, WHERE))[0] == 200
    await therapist.ask("admit_all")
    await robin.until(lambda view: len(view["people"]) == 2)

    async def sound_and_picture() -> bool:
        return sum(packet[1] & 0x7F in (96, 111) for packet in heard[transport_of(robin)]) > 200

    await eventually(sound_and_picture, "media of both flows to Robin", 30)
    await asyncio.sleep(5.5)  # a sender report with its SDES is due every five seconds, from every sender
    await alex.ask("ask_for_help")
    await alex.ask("answer_safety", safe=False)
    await alex.ask("set_devices", microphone=True, camera=False)
    for path in ("/v1/whereabouts", "/v1/sessions", "/v1/hosting", "/v1/proposal", "/v1/reviews"):
        answer = await home.rest("GET", path, home.token(home.link("b")))
        assert told(f"{answer}".encode()) == [], path
    assert (await home.rest("POST", "/v1/quick-exit", token))[0] == 200
    await robin.until(lambda view: len(view["people"]) == 1)


async def _packets_say_little(media: list[bytes]) -> None:
    """No contributing source, no header extension but level and send time, no description of a source in RTCP."""
    rtp = [packet for packet in media if packet[1] & 0x7F in (96, 111)]
    assert len(rtp) > 200
    assert {packet[0] & 0x0F for packet in rtp} == {0}
    ids = {id for packet in rtp for id in _extensions(packet)}
    assert ids <= {1, 2}, ids
    kinds = {kind for packet in media if 200 <= packet[1] <= 206 for kind in _kinds(packet)}
    assert kinds, "RTCP was heard too"
    assert 202 not in kinds


def _extensions(packet: bytes) -> list[int]:
    if not packet[0] & 0x10:
        return []
    at, end = 16, 16 + 4 * int.from_bytes(packet[14:16], "big")
    found = []
    while at < end:
        if packet[at] == 0:
            at += 1
            continue
        found.append(packet[at] >> 4)
        at += (packet[at] & 15) + 2
    return found


def _kinds(packet: bytes) -> list[int]:
    at, found = 0, []
    while at + 4 <= len(packet):
        found.append(packet[at + 1])
        at += 4 * int.from_bytes(packet[at + 2 : at + 4], "big") + 4
    return found


async def _mail_says_nothing(home: House) -> None:
    theirs = [mail for mail in await home.mails() if "robin" in mail["to"].lower()]
    assert [told(f"{mail}".encode()) for mail in theirs if told(f"{mail}".encode())] == []
