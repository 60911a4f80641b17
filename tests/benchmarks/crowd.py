"""People without browsers: each sends the packets of one, made beforehand, and counts what arrives.

What costs is on the other side of the socket: encoding and decoding are left out, encryption is real.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections import Counter
from typing import Any

from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters
from aiortc.rtcicetransport import RTCIceCandidate, RTCIceParameters

from signaling.media.bundles import joined, split
from signaling.media.forwarder import rtp
from signaling.media.forwarder.rtp import AUDIO_LEVEL, AUDIO_PT, TRANSPORT, VIDEO_PT
from signaling.media.forwarder.transport import Arrivals

AUDIO_EVERY, VIDEO_EVERY = 0.02, 1 / 20  # s
AUDIO_BYTES, FRAME_PACKETS, VIDEO_BYTES = 90, 4, 1050  # of payload; about 700 kbit/s of picture
BUFFER = 4 << 20  # bytes: what comes while this process has no processor must not be lost


class Line:
    """One connection of one of the crowd: all the sections of one BUNDLE group. `reports`: it says what arrives."""

    def __init__(self, ssrc: int, *, reports: bool) -> None:
        self._arrivals = Arrivals() if reports else None
        self._certificate = RTCCertificate.generateCertificate()
        self._gatherer = RTCIceGatherer(iceServers=[])
        self._ice = RTCIceTransport(self._gatherer)
        self._dtls: Any = RTCDtlsTransport(self._ice, [self._certificate])
        self._ssrc = ssrc
        self._pair: Any = None
        self.received = 0
        self.bytes_of = Counter[int]()  # received, by payload type

    async def answer(self, offer: str) -> str:
        """The SDP answer to an offer of one group; connecting goes on in `connect`."""
        await self._gatherer.gather()
        self._ice._connection.ice_controlling = True
        lines = [line for line in offer.splitlines() if self._arrivals or "transport-wide-cc" not in line]
        self._remote = RTCIceParameters(usernameFragment=_value(lines, "ice-ufrag"), password=_value(lines, "ice-pwd"))
        candidates = [_candidate(line) for line in dict.fromkeys(lines) if line.startswith("a=candidate:")]
        local = [one for one in candidates if one.ip.startswith("127.")]
        for one in local or candidates:
            await self._ice.addRemoteCandidate(one)
        algorithm, value = _value(lines, "fingerprint").split(" ", 1)
        self._print = RTCDtlsParameters([RTCDtlsFingerprint(algorithm, value)], "server")
        own_ice, own = self._gatherer.getLocalParameters(), self._certificate.getFingerprints()
        fingerprint = next(one.value for one in own if one.algorithm == "sha-256")
        credentials = [
            f"a=ice-ufrag:{own_ice.usernameFragment}",
            f"a=ice-pwd:{own_ice.password}",
            f"a=fingerprint:sha-256 {fingerprint}",
            "a=setup:active",
        ]
        return "\r\n".join(_answered(lines, credentials, self._ssrc)) + "\r\n"

    async def connect(self) -> None:
        await self._ice.start(self._remote)
        self._dtls._set_role("client")
        await self._dtls.start(self._print)
        self._count()

    def _count(self) -> None:
        """Media is counted as it comes from the socket: decrypting it here would only load the machine."""
        self._pair = self._ice._connection._nominated[1]
        protocol: Any = self._pair.protocol
        go_on = protocol.datagram_received

        def counted(data: bytes, address: Any) -> None:
            if 127 < data[0] < 192:
                if not 63 < data[1] & 0x7F < 96:
                    self._received(data)
            else:
                go_on(data, address)

        protocol.datagram_received = counted
        sock = protocol.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)

    def _received(self, data: bytes) -> None:
        self.received += 1
        self.bytes_of[data[1] & 0x7F] += len(data)
        at = rtp.extension(data, TRANSPORT) if self._arrivals else 0
        now = time.monotonic()
        if at and self._arrivals and self._arrivals.came(int.from_bytes(data[at : at + 2], "big"), now):
            report = self._dtls._tx_srtp.protect_rtcp(self._arrivals.report(self._ssrc, rtp.ssrc(data), now))
            self._pair.protocol.transport.sendto(report, self._pair.remote_addr)

    def send(self, packet: bytes) -> None:
        self._pair.protocol.transport.sendto(self._dtls._tx_srtp.protect(packet), self._pair.remote_addr)

    async def close(self) -> None:
        await self._dtls.stop()
        await self._ice.stop()


class Member:
    """One of the crowd, by as many connections as the offer has BUNDLE groups: it sends by the first.

    `reports`: as a browser does, it numbers what it sends and reports what arrives.
    """

    def __init__(self, number: int, *, reports: bool = False) -> None:
        self._reports, self._numbers = reports, 0
        self._ssrc, self._random = (number + 1) * 10_000, random.Random(number)
        self._lines: list[Line] = []
        self._audio, self._video = 0, 0
        self.sent = 0

    @property
    def received(self) -> int:
        return sum(line.received for line in self._lines)

    @property
    def bytes_of(self) -> Counter[int]:
        """Received, by payload type."""
        return sum((line.bytes_of for line in self._lines), Counter[int]())

    async def answer(self, offer: str) -> str:
        groups = split(offer)
        self._lines = [Line(self._ssrc, reports=self._reports) for _ in groups]
        return joined([await line.answer(group) for line, group in zip(self._lines, groups, strict=True)])

    async def connect(self) -> None:
        await asyncio.gather(*(line.connect() for line in self._lines))

    def _extension(self, level: int) -> bytes:
        if not self._reports:
            return struct.pack("!HHBBH", 0xBEDE, 1, AUDIO_LEVEL << 4, level, 0)
        self._numbers = (self._numbers + 1) & 0xFFFF
        return struct.pack("!HHBBBHxxx", 0xBEDE, 2, AUDIO_LEVEL << 4, level, TRANSPORT << 4 | 1, self._numbers)

    def sound(self) -> None:
        self._audio += 1
        extension = self._extension(40)
        head = struct.pack("!BBHII", 0x90, AUDIO_PT, self._audio & 0xFFFF, self._audio * 960, self._ssrc)
        self._send(head + extension + self._random.randbytes(AUDIO_BYTES))

    def frame(self) -> None:
        """One picture of several packets."""
        self._video += 1
        stamp = self._video * 4500 & 0xFFFFFFFF
        for number in range(FRAME_PACKETS):
            sequence = (self._video * FRAME_PACKETS + number) & 0xFFFF
            last = 0x80 if number == FRAME_PACKETS - 1 else 0
            head = struct.pack("!BBHII", 0x80, VIDEO_PT | last, sequence, stamp, self._ssrc + 1)
            if self._reports:
                head = bytes([0x90]) + head[1:] + self._extension(127)
            self._send(head + self._random.randbytes(VIDEO_BYTES))

    def _send(self, packet: bytes) -> None:
        self._lines[0].send(packet)
        self.sent += 1

    async def close(self) -> None:
        await asyncio.gather(*(line.close() for line in self._lines))


async def talk(crowd: list[Member], seconds: float) -> None:
    """All of them send, evenly spread over time, for so long."""
    await asyncio.gather(*(_talks(one, number / len(crowd), seconds) for number, one in enumerate(crowd)))


async def _talks(one: Member, offset: float, seconds: float) -> None:
    began = time.monotonic()
    sound, frame = began + offset * AUDIO_EVERY, began + offset * VIDEO_EVERY
    while (now := time.monotonic()) < began + seconds:
        if now >= sound:
            one.sound()
            sound += AUDIO_EVERY
        if now >= frame:
            one.frame()
            frame += VIDEO_EVERY
        await asyncio.sleep(max(0.0, min(sound, frame) - time.monotonic()))


def _value(lines: list[str], name: str) -> str:
    return next(line.partition(":")[2] for line in lines if line.startswith(f"a={name}:"))


def _candidate(line: str) -> RTCIceCandidate:
    foundation, component, protocol, priority, ip, port, _, kind = line.removeprefix("a=candidate:").split()[:8]
    return RTCIceCandidate(int(component), foundation, ip, int(port), int(priority), protocol, kind)


def _answered(lines: list[str], credentials: list[str], ssrc: int) -> list[str]:
    """The sections of the offer, each taken as it is in the other direction, with SSRCs from `ssrc` on."""
    out = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", next(one for one in lines if "a=group:BUNDLE" in one)]
    directions = {"a=recvonly": "a=sendonly", "a=sendonly": "a=recvonly"}
    kept = ("a=mid:", "a=rtpmap:", "a=rtcp-mux", "a=fmtp:", "a=extmap:")
    for line in lines:
        if line.startswith("m="):
            out += [line, "c=IN IP4 0.0.0.0", *credentials]
        elif line in directions:
            out.append(directions[line])
            if line == "a=recvonly":
                out.append(f"a=ssrc:{ssrc + sum(one.startswith('m=') for one in out) - 1} cname:crowd")
        elif line.startswith(kept):
            out.append(line)
    return out
