"""One person's media connection: DTLS-SRTP by aiortc, packets by ourselves."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import struct
import time
from collections.abc import Callable
from typing import Any

from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from server.application.media_events import LeftOut
from signaling.media.forwarder import rtcp, rtp, rtx, sdp, transport
from signaling.media.forwarder.downlink import KEPT, NOTHING, Downlink
from signaling.media.forwarder.estimate import BURST, BURST_EVERY
from signaling.media.forwarder.mux import LiteIce, Mux
from signaling.media.forwarder.srtp import Srtp
from signaling.media.forwarder.stream import KEYFRAME_EVERY, Pair, Slot, Stream
from signaling.media.forwarder.transport import Arrivals

MAX_STREAMS = 6  # of one publisher: sound, the picture in both sizes, and one spare each
LAYERED = 3  # others from which on a picture is sent in both sizes
COMING = 2.0  # s without a packet, after which a size is not sent any more: a slow uplink has the small one alone
MAX_REMB = 1 << 40  # bits/s; a larger estimate is not one
KINDS = {rtp.AUDIO_PT: "audio", rtp.VIDEO_PT: "video"}
MAX_RESENT = 300  # packets a second that one subscriber gets again
MAX_RTCP = 1200  # bytes of what we say ourselves
MALFORMED = (ValueError, IndexError, struct.error)


class Peer:
    """Held until it is in a room. `on_stream` hears of each new stream, `on_state` of "connected", "closed"…,
    `on_change` of a downlink that takes less than before, or much more. `downlink` is None where the client does not
    report on it."""

    def __init__(
        self,
        name: str,
        mux: Mux,
        certificate: RTCCertificate,
        slots: int,
        on_stream: Callable[[Stream], None],
        on_state: Callable[[Peer, str], None],
        on_change: Callable[[Peer], None],
    ) -> None:
        self.name, self._mux, self._on_stream, self._on_state = name, mux, on_stream, on_state
        self._on_change = on_change
        self.ice = LiteIce(mux, self._on_media)
        self._dtls: Any = RTCDtlsTransport(self.ice, [certificate])  # type: ignore[arg-type]
        self._dtls._set_role("server")
        self.pairs = [Pair(index) for index in range(slots)]
        self.layered = slots >= LAYERED  # whether it is asked for its picture in both sizes
        self._slots: dict[int, Slot] = {slot.ssrc: slot for pair in self.pairs for slot in pair}
        self.streams: dict[int, Stream] = {}
        self.room: str | None = None
        self.pictures = True  # whether it takes any
        self.paused: dict[str, LeftOut] = {}  # whose picture it is not sent for now, and why
        self.remb = 0
        self._takes_rtx, self._repairs, self._resent = False, dict[int, int](), 0
        self.downlink: Downlink | None = None
        self._clock: int | None = None  # how far ours is ahead of this client's, which is nobody's business (NTP time)
        self._arrivals: Arrivals | None = None
        self._probed_at = 0.0
        self.opened_at = self.ice.last_media = time.monotonic()
        self.answered_at: float | None = None
        self.connected = self.closed = False
        self._out = mux.datagrams
        self._rx: Srtp | None = None
        self._tx: Srtp | None = None
        self._ssrc = secrets.randbits(31) | 1
        self._starting: asyncio.Task[None] | None = None
        mux.add(self.ice)

    # -- signaling -------------------------------------------------------------------------

    def offer(self) -> str:
        prints = self._dtls.getLocalParameters().fingerprints
        fingerprint = next(item.value for item in prints if item.algorithm == "sha-256")
        candidates = [(address, self._mux.port) for address in self._mux.addresses]
        ground = sdp.Ground(candidates, self.ice.ufrag, self.ice.password, fingerprint)
        lines = [sdp.SlotLine(s.kind, s.mid, s.ssrc, s.rtx_ssrc) for pair in self.pairs for s in pair]
        return sdp.offer(ground, lines, layered=self.layered)

    def answer(self, answer: str) -> None:
        """Take the client's answer and connect in the background. Raises `sdp.SdpRefused`."""
        prints = sdp.fingerprints_of(answer, 2 + 2 * len(self.pairs))
        if self.answered_at is not None:
            raise sdp.SdpRefused("This offer was answered already.")
        self.answered_at = time.monotonic()
        self._takes_rtx, self._repairs = sdp.takes_rtx(answer), sdp.repairs_of(answer)
        if sdp.numbers_packets(answer):
            self.downlink, self._arrivals = Downlink(), Arrivals()
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
        self._rx, self._tx = Srtp(self._dtls._rx_srtp), Srtp(self._dtls._tx_srtp)
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

    def _on_media(self, view: Any, pointer: Any, size: int) -> None:
        rx = self._rx
        if rx is None or size < rtp.LEAST:
            return
        try:
            if rtp.is_rtcp(view[:2]):
                self._on_rtcp(view[: rx.unprotect_rtcp(pointer, size)])
            else:
                self._on_rtp(view[: rx.unprotect(pointer, size)])
        except MALFORMED:
            return

    def _on_rtp(self, packet: bytes) -> None:
        payload = rtp.payload_at(packet)
        if not payload:
            return
        now = time.monotonic()
        self.ice.last_media = now
        numbered = self._arrivals.number_at(packet) if self._arrivals is not None else 0
        if numbered:
            self._note(packet, numbered, now)
        if packet[1] & 0x7F == rtp.RTX_PT:
            original = self._repaired(packet)
            if original is None:
                return
            packet = original  # with the same header
        stream = self.streams.get(rtp.ssrc(packet)) or self._new_stream(packet)
        if stream is None:
            return
        packet = stream.own(packet, payload)
        fresh = stream.received(packet, now)
        if stream.gaps.missing and (missing := stream.gaps.due(now)):
            self.send_rtcp(rtcp.nack(self._ssrc, stream.ssrc, missing))
        if fresh and stream.joining and rtp.opens_keyframe(packet):
            stream.join()
        if not fresh or not stream.slots:
            return
        seq, stamp = rtp.sequence(packet), rtp.timestamp(packet)
        for subscriber, slot in stream.slots:
            ids = slot.shifted(seq, stamp, now)
            if ids is not None:
                subscriber.send_rtp(packet, ids, slot.ssrc, now)
                if subscriber.downlink is not None:
                    slot.numbers[ids[0] % len(slot.numbers)] = subscriber.downlink.last

    def _note(self, packet: bytes, at: int, now: float) -> None:
        came = self._arrivals
        if came is not None and came.came(int.from_bytes(packet[at : at + 2], "big"), now):
            self.send_rtcp(came.report(self._ssrc, rtp.ssrc(packet), now))

    def _repaired(self, packet: bytes) -> bytes | None:
        """The packet of a known stream that a retransmission carries."""
        again = rtp.ssrc(packet)
        if again not in self._repairs and len(self._repairs) < MAX_STREAMS:
            size = rtp.size(packet, rtp.REPAIRED)
            for stream in self.streams.values():
                if stream.kind == "video" and stream.size == size:
                    self._repairs[again] = stream.ssrc
        ssrc = self._repairs.get(again)
        return rtx.unwrapped(packet, ssrc) if ssrc in self.streams else None

    def _new_stream(self, packet: bytes) -> Stream | None:
        kind = KINDS.get(packet[1] & 0x7F)
        if kind is None or len(self.streams) >= MAX_STREAMS:
            return None
        stream = self.streams[rtp.ssrc(packet)] = Stream(self, kind, rtp.ssrc(packet), rtp.size(packet) or 0)
        self._on_stream(stream)
        return stream

    def _on_rtcp(self, data: bytes) -> None:
        self.ice.last_media = time.monotonic()
        for part in rtcp.parts(data):
            wanted = rtcp.keyframe_wanted(part)
            if part.kind == rtcp.RTP_FEEDBACK and part.format == transport.FORMAT and self.downlink is not None:
                if self.downlink.reported(part.body, self.ice.last_media):
                    self._on_change(self)
                continue
            if part.kind == rtcp.SENDER_REPORT and len(part.body) >= 28:
                self._on_sender_report(part)
            elif part.kind == rtcp.RTP_FEEDBACK and part.format == rtcp.NACK:
                self._on_nack(part)
            elif wanted is not None:
                slot = self._slots.get(wanted)
                if slot is not None and slot.source is not None and slot.may_ask_keyframe(self.ice.last_media):
                    slot.source.peer.ask_keyframe(slot.source)
            else:
                self.remb = min(rtcp.remb_of(part) or self.remb, MAX_REMB)

    def _on_sender_report(self, part: rtcp.Part) -> None:
        stream = self.streams.get(part.word(4))
        if stream is None:
            return
        stream.last_report = part.word(10), time.monotonic()
        said = rtcp.ntp_of(part)
        if self._clock is None:
            self._clock = rtcp.ntp(time.time()) - said
        for subscriber, slot in stream.slots:
            if slot.settled:
                stamp = part.word(16) + slot.ts_shift
                subscriber.send_rtcp(rtcp.sender_report(slot.ssrc, said + self._clock, stamp, slot.sent))

    def _on_nack(self, part: rtcp.Part) -> None:
        slot = self._slots.get(part.word(8))
        if slot is None:
            return
        for asked in rtcp.nacked(part):
            found = slot.again(asked)
            if found is None or self._resent >= MAX_RESENT:
                continue
            self._resent += 1
            packet, seq, stamp = found
            now = self.ice.last_media
            if self._takes_rtx and slot.kind == "video":
                self.send_rtp(rtx.wrapped(packet, seq), (slot.next_rtx(), stamp), slot.rtx_ssrc, now)
            else:
                number = slot.numbers[seq % len(slot.numbers)]
                if self.downlink is not None:
                    self.downlink.repeated(number, now)
                self.send_rtp(packet, (seq, stamp), slot.ssrc, now, number=number)

    # -- media out -------------------------------------------------------------------------

    def send_rtp(
        self, packet: bytes, ids: tuple[int, int], ssrc: int, now: float, *, number: int | None = None
    ) -> None:
        """`packet`, which has a header of ours, with this sequence number and timestamp; encrypted where it lies in the
        outbox. Where the client reports on numbers over all streams it gets the next, or `number` if it had one."""
        tx, name, out = self._tx, self.ice.name, self._out
        if tx is None or name is None:
            return
        n = out.waiting
        view, size = out.outbox.views[n], len(packet)
        view[0:size] = packet
        seq, stamp = ids
        rtp.IDS.pack_into(view, 2, seq, stamp, ssrc)
        down = self.downlink
        if down is not None:
            if number is None:
                down.last = number = (down.last + 1) & 0xFFFF  # as `Downlink.number` does, without the call
                down.sent[number % KEPT] = number, now, size, 0
            rtp.NUMBER.pack_into(view, rtp.NUMBER_AT, rtp.NUMBERED, number)
        size = tx.protect(out.outbox.pointers[n], size)
        if size:
            out.commit(size, name)

    def send_rtcp(self, packet: bytes) -> None:
        tx, name, out = self._tx, self.ice.name, self._out
        if tx is None or name is None or len(packet) > MAX_RTCP:
            return
        out.outbox.views[out.waiting][0 : len(packet)] = packet
        size = tx.protect_rtcp(out.outbox.pointers[out.waiting], len(packet))
        if size:
            out.commit(size, name)
            self._mux.soon()

    def probe(self, now: float) -> None:
        """See whether more would fit, with a burst that carries nothing, at most one each `BURST_EVERY`, and none
        while what is sent waits on the way or is lost."""
        slot = self.pairs[0].video if self.pairs else None
        if (
            self._tx is None
            or self.downlink is None
            or slot is None
            or not self._takes_rtx
            or now - self._probed_at < BURST_EVERY
        ):
            return
        if not self.downlink.estimate.clear:
            return
        self._probed_at = now
        for number in self.downlink.burst_of(BURST, now):
            self.send_rtp(NOTHING, (slot.next_rtx(), 0), slot.rtx_ssrc, now, number=number)
        self._mux.soon()

    def ask_keyframe(self, stream: Stream) -> None:
        now = time.monotonic()
        if now - stream.last_keyframe_request >= KEYFRAME_EVERY:
            stream.last_keyframe_request = now
            self.send_rtcp(rtcp.keyframe_request(self._ssrc, stream.ssrc))

    def report(self, bitrate: int) -> None:
        """Tell this publisher how its streams arrive, and how many bits/s of picture its subscribers can take."""
        self._resent = 0
        for stream in self.streams.values():
            lost, highest = stream.reception()
            middle, at = stream.last_report
            delay = int((time.monotonic() - at) * 65536) if middle else 0
            self.send_rtcp(rtcp.receiver_report(self._ssrc, stream.ssrc, lost, highest, (middle, delay)))
            if stream.kind == "video":
                self.send_rtcp(rtcp.remb(self._ssrc, stream.ssrc, bitrate))

    def sizes(self, now: float) -> list[Stream]:
        """Its picture in each size in which it comes, the smallest first; the newest where none does."""
        newest = {one.size: one for one in self.streams.values() if one.kind == "video"}
        coming = [one for _, one in sorted(newest.items()) if now - one.came_at < COMING]
        return coming or list(newest.values())[-1:]

    @property
    def last_sign(self) -> float:
        """Monotonic time of the last sign of life: sound, picture, RTCP or STUN."""
        return max(self.ice.last_media if self.connected else 0.0, self.ice.last_stun)
