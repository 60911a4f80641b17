"""One person's media connection: DTLS-SRTP by aiortc, packets by ourselves."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any

import pylibsrtp
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from signaling.media.forwarder import rtcp, rtp, sdp
from signaling.media.forwarder.mux import LiteIce, Mux
from signaling.media.forwarder.stream import KEYFRAME_EVERY, Pair, Slot, Stream

MAX_STREAMS = 4  # of one publisher: sound, picture, and one spare each
MAX_REMB = 1 << 40  # bits/s; a larger estimate is not one
KINDS = {rtp.AUDIO_PT: "audio", rtp.VIDEO_PT: "video"}
MALFORMED = (pylibsrtp.Error, ValueError, IndexError, struct.error)


class Peer:
    """Held until it is in a room. `on_stream` hears of each new stream, `on_state` of "connected", "closed"…"""

    def __init__(
        self,
        name: str,
        mux: Mux,
        certificate: RTCCertificate,
        slots: int,
        on_stream: Callable[[Stream], None],
        on_state: Callable[[Peer, str], None],
    ) -> None:
        self.name, self._mux, self._on_stream, self._on_state = name, mux, on_stream, on_state
        self.ice = LiteIce(mux, self._on_media)
        self._dtls: Any = RTCDtlsTransport(self.ice, [certificate])  # type: ignore[arg-type]
        self._dtls._set_role("server")
        self.pairs = [Pair(index) for index in range(slots)]
        self._slots: dict[int, Slot] = {slot.ssrc: slot for pair in self.pairs for slot in pair}
        self.streams: dict[int, Stream] = {}
        self.room: str | None = None
        self.remb = 0
        self.opened_at = self.last_media = time.monotonic()
        self.answered_at: float | None = None
        self.connected = self.closed = False
        self._rx: Any = None
        self._tx: Any = None
        self._ssrc = secrets.randbits(31) | 1
        self._starting: asyncio.Task[None] | None = None
        mux.add(self.ice)

    # -- signaling -------------------------------------------------------------------------

    def offer(self) -> str:
        prints = self._dtls.getLocalParameters().fingerprints
        fingerprint = next(item.value for item in prints if item.algorithm == "sha-256")
        ground = sdp.Ground(self._mux.addresses, self._mux.port, self.ice.ufrag, self.ice.password, fingerprint)
        return sdp.offer(ground, [sdp.SlotLine(s.kind, s.mid, s.ssrc) for pair in self.pairs for s in pair])

    def answer(self, answer: str) -> None:
        """Take the client's answer and connect in the background. Raises `sdp.SdpRefused`."""
        prints = sdp.fingerprints_of(answer, 2 + 2 * len(self.pairs))
        if self.answered_at is not None:
            raise sdp.SdpRefused("This offer was answered already.")
        self.answered_at = time.monotonic()
        parameters = RTCDtlsParameters([RTCDtlsFingerprint(*item) for item in prints], "client")
        self._starting = asyncio.create_task(self._connect(parameters))

    async def _connect(self, parameters: RTCDtlsParameters) -> None:
        await self.ice.nominated.wait()
        with contextlib.suppress(ConnectionError):
            await self._dtls.start(parameters)
        if self.closed:
            return
        if self._dtls.state != "connected":
            self._on_state(self, "dtls_failed")
            return
        self._rx, self._tx = self._dtls._rx_srtp, self._dtls._tx_srtp
        self._dtls.on("statechange", self._changed)
        self.connected = True
        self._on_state(self, "connected")

    def _changed(self) -> None:
        if self._dtls.state in ("closed", "failed") and not self.closed:
            self._on_state(self, "closed")

    def cut_off(self) -> None:
        """From now on nothing is read from this peer and nothing sent to it."""
        self.closed, self.connected, self._rx, self._tx = True, False, None, None
        self._mux.remove(self.ice)

    async def stop(self) -> None:
        """Free what the connection holds."""
        await self.ice.stop()
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await self._dtls.stop()

    # -- media in --------------------------------------------------------------------------

    def _on_media(self, data: bytes) -> None:
        if self._rx is None:
            return
        try:
            if rtp.is_rtcp(data):
                self._on_rtcp(self._rx.unprotect_rtcp(data))
            else:
                self._on_rtp(self._rx.unprotect(data))
        except MALFORMED:
            return

    def _on_rtp(self, packet: bytes) -> None:
        if not rtp.is_well_formed(packet):
            return
        now = time.monotonic()
        self.last_media = now
        stream = self.streams.get(rtp.ssrc(packet)) or self._new_stream(packet)
        if stream is None:
            return
        missing = stream.received(packet)
        if missing:
            self.send_rtcp(rtcp.nack(self._ssrc, stream.ssrc, missing))
        if not stream.slots:
            return
        tail = rtp.tail_with_send_time(packet) if stream.kind == "video" else packet[12:]
        head, seq, stamp = packet[:2], rtp.sequence(packet), rtp.timestamp(packet)
        for subscriber, slot in stream.slots:
            subscriber.send_rtp(slot.rewrite(head, seq, stamp, tail, now))

    def _new_stream(self, packet: bytes) -> Stream | None:
        kind = KINDS.get(packet[1] & 0x7F)
        if kind is None or len(self.streams) >= MAX_STREAMS:
            return None
        stream = self.streams[rtp.ssrc(packet)] = Stream(self, kind, rtp.ssrc(packet))
        self._on_stream(stream)
        return stream

    def _on_rtcp(self, data: bytes) -> None:
        self.last_media = time.monotonic()
        for part in rtcp.parts(data):
            wanted = rtcp.keyframe_wanted(part)
            if part.kind == rtcp.SENDER_REPORT and len(part.body) >= 28:
                self._on_sender_report(part)
            elif part.kind == rtcp.RTP_FEEDBACK and part.format == rtcp.NACK:
                self._on_nack(part)
            elif wanted is not None:
                slot = self._slots.get(wanted)
                if slot is not None and slot.source is not None:
                    slot.source.peer.ask_keyframe(slot.source)
            else:
                self.remb = min(rtcp.remb_of(part) or self.remb, MAX_REMB)

    def _on_sender_report(self, part: rtcp.Part) -> None:
        stream = self.streams.get(part.word(4))
        if stream is None:
            return
        stream.last_report = part.word(10), time.monotonic()
        for subscriber, slot in stream.slots:
            if slot.settled:
                subscriber.send_rtcp(rtcp.mapped_sender_report(part, slot.ssrc, slot.ts_shift))

    def _on_nack(self, part: rtcp.Part) -> None:
        slot = self._slots.get(part.word(8))
        if slot is None:
            return
        for asked in rtcp.nacked(part):
            packet = slot.again(asked)
            if packet is not None:
                self.send_rtp(packet)

    # -- media out -------------------------------------------------------------------------

    def send_rtp(self, packet: bytes) -> None:
        if self._tx is not None and self.ice.address is not None:
            with contextlib.suppress(*MALFORMED):
                self._mux.send(self._tx.protect(packet), self.ice.address)

    def send_rtcp(self, packet: bytes) -> None:
        if self._tx is not None and self.ice.address is not None:
            with contextlib.suppress(*MALFORMED):
                self._mux.send(self._tx.protect_rtcp(packet), self.ice.address)

    def ask_keyframe(self, stream: Stream) -> None:
        now = time.monotonic()
        if now - stream.last_keyframe_request >= KEYFRAME_EVERY:
            stream.last_keyframe_request = now
            self.send_rtcp(rtcp.keyframe_request(self._ssrc, stream.ssrc))

    def report(self, bitrate: int) -> None:
        """Tell this publisher how its streams arrive, and how many bits/s of picture its subscribers can take."""
        for stream in self.streams.values():
            lost, highest = stream.reception()
            middle, at = stream.last_report
            delay = int((time.monotonic() - at) * 65536) if middle else 0
            self.send_rtcp(rtcp.receiver_report(self._ssrc, stream.ssrc, lost, highest, (middle, delay)))
            if stream.kind == "video":
                self.send_rtcp(rtcp.remb(self._ssrc, stream.ssrc, bitrate))

    @property
    def last_sign(self) -> float:
        """Monotonic time of the last sign of life: sound, picture, RTCP or STUN."""
        return max(self.last_media if self.connected else 0.0, self.ice.last_stun)
