"""The two peer connections that LiveKit has with each person. Packets pass as they are, under another SSRC."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import aioice.ice
from aiortc import RTCBundlePolicy, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.codecs import CODECS
from aiortc.rtp import RTCP_PSFB_PLI, RtcpPacket, RtcpPsfbPacket, RtcpSrPacket
from aiortc.sdp import candidate_from_sdp

NUMBERS = {"audio/opus": 111, "video/VP8": 96}  # as LiveKit has them
FIR = 4
AT = {"sdpMid": "", "sdpMLineIndex": 0}  # where a candidate belongs
LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

aioice.ice.get_host_addresses = lambda *args, **kwargs: ["127.0.0.1"]
aioice.ice.CONSENT_INTERVAL = 1
for codec in (one for kind in CODECS.values() for one in kind):
    codec.payloadType = NUMBERS.get(codec.mimeType, (codec.payloadType or 0) + 24)

CODEC = {"audio": "audio/opus", "video": "video/VP8"}


class Transport:
    """`on_state` hears aiortc's connection state."""

    def __init__(self, on_state: Callable[[str], None]) -> None:
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        self.pc.on("connectionstatechange", lambda: on_state(self.pc.connectionState))
        self._hooked = False
        self._sending: set[asyncio.Future[None]] = set()

    async def trickled(self, init: str) -> None:
        told = json.loads(init)
        if told.get("candidate"):
            candidate = candidate_from_sdp(told["candidate"].partition(":")[2])
            candidate.sdpMid = told.get("sdpMid") or "0"
            await self.pc.addIceCandidate(candidate)

    async def close(self) -> None:
        await self.pc.close()

    def _described(self) -> tuple[str, list[str]]:
        """Our description without our addresses, and those as they are trickled."""
        lines = self.pc.localDescription.sdp.splitlines()
        found = [line.removeprefix("a=") for line in lines if line.startswith("a=candidate:")]
        rest = [line for line in lines if not line.startswith(("a=candidate:", "a=end-of-candidates"))]
        return "\r\n".join(rest) + "\r\n", [
            json.dumps({"candidate": one, "sdpMid": "", "sdpMLineIndex": 0}) for one in dict.fromkeys(found)
        ]

    @property
    def _dtls(self) -> Any:
        return self.pc.getTransceivers()[0].receiver.transport

    async def _send(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError, IndexError):  # not yet, or no longer
            await self._dtls._send_rtp(data)

    def _soon(self, data: bytes) -> None:
        task = asyncio.ensure_future(self._send(data))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)


class Publisher(Transport):
    """What a person sends. `on_packet` hears kind, packet and level of sound; `on_report` kind and sender report."""

    def __init__(
        self,
        on_state: Callable[[str], None],
        on_packet: Callable[[str, bytes, int | None], None],
        on_report: Callable[[str, RtcpSrPacket], None],
    ) -> None:
        super().__init__(on_state)
        self._on_packet, self._on_report = on_packet, on_report
        self._kinds: dict[int, str] = {}  # by SSRC
        self._payloads: dict[str, int] = {}
        self._level = 0  # the id of that header extension

    async def answer(self, offer: str) -> tuple[str, list[str]]:
        await self.pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await self.pc.setLocalDescription(await self.pc.createAnswer())
        for section in re.split(r"^(?=m=)", offer, flags=re.M)[1:]:
            kind = section[2:].split()[0]
            if kind not in CODEC:
                continue  # data channels
            again = {int(number) for number in re.findall(r"^a=ssrc-group:FID \d+ (\d+)", section, re.M)}
            for number in re.findall(r"^a=ssrc:(\d+) ", section, re.M):
                if int(number) not in again:
                    self._kinds[int(number)] = kind
            found = re.search(rf"^a=rtpmap:(\d+) {CODEC[kind].partition('/')[2]}/", section, re.M | re.I)
            if found:
                self._payloads[kind] = int(found[1])
            level = re.search(rf"^a=extmap:(\d+)\S* {LEVEL}", section, re.M)
            if level:
                self._level = int(level[1])
        if not self._hooked and self.pc.getTransceivers():
            self._hooked = True
            self._dtls._handle_rtp_data = self._take
            self._dtls._handle_rtcp_data = self._take_report
        return self._described()

    async def _take(self, data: bytes, arrival_time_ms: int = 0) -> None:
        kind = self._kinds.get(int.from_bytes(data[8:12], "big"))
        if kind is not None and data[1] & 0x7F == self._payloads.get(kind):
            self._on_packet(kind, *_bare(data, self._level))

    async def _take_report(self, data: bytes) -> None:
        for packet in RtcpPacket.parse(data):
            if isinstance(packet, RtcpSrPacket) and packet.ssrc in self._kinds:
                self._on_report(self._kinds[packet.ssrc], packet)

    async def ask_keyframe(self) -> None:
        for ssrc, kind in self._kinds.items():
            if kind == "video":
                await self._send(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc)))


class Subscriber(Transport):
    """What a person receives. `on_keyframe` hears for which track they ask for one."""

    def __init__(self, on_state: Callable[[str], None], on_keyframe: Callable[[str], None]) -> None:
        super().__init__(on_state)
        self._on_keyframe = on_keyframe
        self._lines: dict[str, Any] = {}  # transceivers by track
        self._flowing: set[str] = set()

    def add(self, track: str, kind: str, publisher: str) -> None:
        free = [one for one in self.pc.getTransceivers() if one.kind == kind and one.direction == "inactive"]
        line = free[0] if free else self.pc.addTransceiver(kind, direction="sendonly")
        wanted = [one for one in RTCRtpSender.getCapabilities(kind).codecs if one.mimeType == CODEC[kind]]
        line.setCodecPreferences(wanted)
        line.direction = "sendonly"
        line.sender._stream_id, line.sender._track_id = publisher, track
        line.sender._ssrc, line.sender._rtx_ssrc = random.getrandbits(31), random.getrandbits(31)
        line.sender.send = _nothing  # type: ignore[method-assign]  # packets pass as they are: aiortc's sender has nothing to say
        self._lines[track] = line

    def drop(self, track: str) -> None:
        self._flowing.discard(track)
        self._lines.pop(track).direction = "inactive"

    @property
    def stable(self) -> bool:
        return self.pc.signalingState == "stable"

    async def offer(self) -> tuple[str, list[str]]:
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self._described()

    async def answered(self, answer: str) -> None:
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        if not self._hooked:
            self._hooked = True
            self._dtls._handle_rtcp_data = self._take_feedback
        for track, line in self._lines.items():
            if line.currentDirection == "sendonly":
                self._flowing.add(track)
                self._on_keyframe(track)

    def pass_on(self, track: str, packet: bytes) -> None:
        if track in self._flowing:
            line = self._lines[track]
            payload = NUMBERS[CODEC[line.kind]]
            head = bytes([packet[0], packet[1] & 0x80 | payload]) + packet[2:8] + line.sender._ssrc.to_bytes(4, "big")
            self._soon(head + packet[12:])

    def report(self, track: str, told: RtcpSrPacket) -> None:
        if track in self._flowing:
            report = RtcpSrPacket(ssrc=self._lines[track].sender._ssrc, sender_info=told.sender_info)
            self._soon(bytes(report))

    async def _take_feedback(self, data: bytes) -> None:
        for packet in RtcpPacket.parse(data):
            if isinstance(packet, RtcpPsfbPacket) and packet.fmt in (RTCP_PSFB_PLI, FIR):
                for track, line in self._lines.items():
                    if packet.media_ssrc == line.sender._ssrc or packet.fmt == FIR:
                        self._on_keyframe(track)


async def _nothing(parameters: object) -> None:
    return None


def _bare(packet: bytes, level: int) -> tuple[bytes, int | None]:
    """The packet without its header extensions, whose ids are others on each connection; and the level they tell."""
    start = 12 + 4 * (packet[0] & 0x0F)
    if not packet[0] & 0x10:
        return packet, None
    end = start + 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    told = next((value for id, value in _extensions(packet[start:end]) if id == level), None)
    return bytes([packet[0] & ~0x10]) + packet[1:start] + packet[end:], None if told is None else told[0] & 0x7F


def _extensions(block: bytes) -> Iterator[tuple[int, bytes]]:
    at = 4
    while block[:2] == b"\xbe\xde" and at < len(block):
        id, size = block[at] >> 4, (block[at] & 0x0F) + 1
        if id == 0:
            at += 1
            continue
        yield id, block[at + 1 : at + 1 + size]
        at += 1 + size
