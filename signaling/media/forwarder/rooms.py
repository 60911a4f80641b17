"""Peers in rooms: who gets whose packets. Every change here is synchronous; on return it is so."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from aiortc.rtcdtlstransport import RTCCertificate

from server.application.media_events import LeftOut, MediaEvent, PeerClosed, PeerConnected, PeerObserved, SlotsChanged
from signaling.media.forwarder import rtp
from signaling.media.forwarder.allot import OFF, PICTURES, allotted
from signaling.media.forwarder.mux import Mux
from signaling.media.forwarder.peer import COMING, Peer
from signaling.media.forwarder.sdp import SdpRefused
from signaling.media.forwarder.stream import Slot, Stream

MAX_PEERS = 512
MAX_SLOTS = 15
MAX_BITRATE = 1_200_000  # bits/s of one picture
LEAST_BITRATE = 100_000
LEAST_PICTURE = 40_000  # bits/s: one that is still is not thought to stay so
WHOLE = 600_000  # bits/s that a whole one is thought to take before the first second of it was counted
SHARED = 0.8  # of a downlink's estimate is for pictures; the rest is sound's
BY_TURNS = 10.0  # s


class Refused(Exception):
    """`code` is `peer_unknown`, `sdp_invalid` or `media_full`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until a peer is given up: not answered, not connected, and gone (no STUN, RFC 7675); pictures that
    one person gets at most."""

    answer: float = 30.0
    connect: float = 15.0
    consent: float = 15.0
    pictures: int = PICTURES


class Rooms:
    def __init__(self, addresses: Sequence[str], port: int, tell: Callable[[MediaEvent], None], limits: Limits) -> None:
        """`tell` gets every event. Raises `OSError` where the port is taken."""
        self._mux = Mux(addresses, port)
        self._certificate = RTCCertificate.generateCertificate()
        self._tell, self._limits = tell, limits
        self._peers: dict[str, Peer] = {}
        self._rooms: dict[str, dict[str, Peer]] = {}
        self._stopping: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        return self._mux.port

    # -- commands --------------------------------------------------------------------------

    def offer(self, name: str, slots: int) -> str:
        """A fresh, held peer that may receive `slots` others; one of the same name is closed. Raises `Refused`."""
        self.close(name)
        if len(self._peers) >= MAX_PEERS:
            raise Refused("media_full", "No more people can be connected just now.")
        peer = Peer(
            name, self._mux, self._certificate, min(slots, MAX_SLOTS), self._on_stream, self._on_state, self._thin
        )
        self._peers[name] = peer
        return peer.offer()

    def answer(self, name: str, answer: str) -> None:
        try:
            self._peer(name).answer(answer)
        except SdpRefused as no:
            raise Refused("sdp_invalid", str(no)) from no

    def place(self, name: str, room: str | None) -> None:
        """Move to `room` or to the hold. Where the old room is another, the cut comes first."""
        peer = self._peer(name)
        if peer.room == room:
            return
        self._leave(peer)
        if room is None:
            return
        others = self._rooms.setdefault(room, {})
        for other in others.values():
            self._subscribe(peer, other)
            self._subscribe(other, peer)
        others[name] = peer
        peer.room = room

    def pictures(self, name: str, on: bool) -> None:
        """Whether this peer takes pictures; sound goes on either way."""
        peer = self._peer(name)
        peer.pictures = on
        for pair in peer.pairs:
            pair.video.connect(None)
        self._thin(peer)

    def close(self, name: str, why: str = "closed") -> None:
        """Cut off and forget; a name that is not known is none of our business."""
        peer = self._peers.pop(name, None)
        if peer is None:
            return
        self._leave(peer)
        peer.cut_off()
        task = asyncio.create_task(peer.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)
        self._tell(PeerClosed(name, why))

    async def stop(self) -> None:
        for name in list(self._peers):
            self.close(name)
        await asyncio.gather(*self._stopping, return_exceptions=True)
        self._mux.close()

    def _peer(self, name: str) -> Peer:
        peer = self._peers.get(name)
        if peer is None:
            raise Refused("peer_unknown", "There is no such media connection.")
        return peer

    # -- who gets whom ---------------------------------------------------------------------

    def _subscribe(self, subscriber: Peer, publisher: Peer) -> None:
        pair = next((pair for pair in subscriber.pairs if pair.publisher is None), None)
        if pair is None:
            return
        pair.publisher = publisher
        for stream in publisher.streams.values():
            if stream.kind == "audio":
                stream.serve(subscriber, pair.audio)
        self._tell_slots(subscriber)
        self._thin(subscriber)

    def _show(self, subscriber: Peer, slot: Slot, stream: Stream, now: float) -> None:
        """This picture: at once where there is none, else from its next keyframe on, so that nothing breaks."""
        if slot.source is stream:
            slot.stay()
            return
        if slot.source is None or now - slot.source.came_at > COMING:
            stream.serve(subscriber, slot)
        elif slot.coming is not stream:
            slot.turn(subscriber, stream)
        stream.peer.ask_keyframe(stream)

    def _leave(self, peer: Peer) -> None:
        if peer.room is None:
            return
        others = self._rooms[peer.room]
        del others[peer.name]
        if not others:
            del self._rooms[peer.room]
        peer.room = None
        for other in others.values():
            self._unsubscribe(other, peer)
            self._unsubscribe(peer, other)

    def _unsubscribe(self, subscriber: Peer, publisher: Peer) -> None:
        for pair in subscriber.pairs:
            if pair.publisher is publisher:
                pair.publisher = None
                for slot in pair:
                    slot.connect(None)
                self._tell_slots(subscriber)

    def _tell_slots(self, peer: Peer) -> None:
        slots = {pair.index: pair.publisher.name if pair.publisher else None for pair in peer.pairs}
        paused = {name: why for name, why in peer.paused.items() if name in slots.values()}
        self._tell(SlotsChanged(peer.name, slots, paused))

    def _pause(self, subscriber: Peer, paused: dict[str, LeftOut]) -> None:
        if paused != subscriber.paused:
            subscriber.paused = paused
            self._tell_slots(subscriber)

    def _on_stream(self, stream: Stream) -> None:
        if stream.peer.room is not None:
            for other in self._rooms[stream.peer.room].values():
                if stream.kind == "video" and other is not stream.peer:
                    self._thin(other)
                for pair in other.pairs:
                    if stream.kind == "audio" and pair.publisher is stream.peer:
                        stream.serve(other, pair.audio)

    def _on_state(self, peer: Peer, state: str) -> None:
        if self._peers.get(peer.name) is not peer:
            return
        if state != "connected":
            self.close(peer.name, state)
            return
        self._tell(PeerConnected(peer.name))
        for pair in peer.pairs:
            if pair.video.source is not None:
                pair.video.source.peer.ask_keyframe(pair.video.source)

    # -- every second ----------------------------------------------------------------------

    def tick(self) -> None:
        """To be called once a second: give up who is gone, observe and report to the rest."""
        now = time.monotonic()
        for peer in list(self._peers.values()):
            why = self._given_up(peer, now)
            if why is not None:
                self.close(peer.name, why)
            elif peer.connected:
                self._tell(_observed(peer, now))
        for peer in self._peers.values():
            if peer.connected:
                self._thin(peer)
                peer.report(self._bitrate(peer))

    def _given_up(self, peer: Peer, now: float) -> str | None:
        if peer.answered_at is None:
            return "not_answered" if now - peer.opened_at > self._limits.answer else None
        if not peer.connected:
            return "dtls_timeout" if now - peer.answered_at > self._limits.connect else None
        return "consent_lost" if now - peer.ice.last_stun > self._limits.consent else None

    def _bitrate(self, publisher: Peer) -> int:
        """What the fastest of its subscribers can take, each estimate shared among the pictures it gets: for a slower
        one pictures are left out. One that does not report on its downlink cannot be helped so, and slows everybody."""
        if publisher.room is None:
            # Nobody sees it yet. Who can send it small does so; what more fits is best known before it is wanted.
            return MAX_BITRATE if publisher.layered else LEAST_BITRATE
        others = [peer for peer in self._rooms[publisher.room].values() if peer is not publisher and peer.pictures]
        fast = [_share(peer, SHARED * peer.downlink.estimate.bits) for peer in others if peer.downlink is not None]
        plain = [_share(peer, peer.remb) for peer in others if peer.downlink is None and peer.remb]
        return int(max(LEAST_BITRATE, min([MAX_BITRATE, *plain, *([max(fast)] if fast and not plain else [])])))

    def _thin(self, subscriber: Peer) -> None:
        """Make small or leave out the pictures that don't fit, those first of who was silent longest; bring back those
        that do."""
        if not subscriber.pictures:
            self._pause(subscriber, {})
            return
        now = time.monotonic()
        wanted = [
            (pair, sizes)
            for pair in subscriber.pairs
            if pair.publisher is not None and (sizes := pair.publisher.sizes(now))
        ]
        wanted.sort(key=lambda one: (-_spoke(one[0].publisher), one[0].video.source is None))
        wishes = [(_costs(sizes), _size(pair.video, sizes)) for pair, sizes in wanted]
        sound = sum(pair.audio.source.bits for pair in subscriber.pairs if pair.audio.source is not None)
        bits = math.inf if subscriber.downlink is None else subscriber.downlink.estimate.bits - sound
        got = allotted(bits, wishes[: self._limits.pictures]) + [OFF] * (len(wishes) - self._limits.pictures)
        paused = dict[str, LeftOut]()
        for number, ((pair, sizes), size) in enumerate(zip(wanted, got, strict=True)):
            if size == OFF:
                pair.video.connect(None)
                paused[sizes[0].peer.name] = "slow" if number < self._limits.pictures else "many"
            else:
                self._show(subscriber, pair.video, sizes[size], now)
        self._pause(subscriber, paused)
        if OFF in got[: self._limits.pictures] or (wanted and _share(subscriber, SHARED * bits) < MAX_BITRATE):
            subscriber.probe(now)


def _costs(sizes: Sequence[Stream]) -> list[float]:
    """Bits/s of a picture in each size."""
    return list(accumulate((max(LEAST_PICTURE, stream.bits or WHOLE * stream.size) for stream in sizes), max))


def _size(slot: Slot, sizes: Sequence[Stream]) -> int:
    """Which of the sizes is in the slot, or is about to be; `OFF` where it is empty."""
    stream = slot.coming or slot.source
    return OFF if stream is None else sizes.index(stream) if stream in sizes else 0


def _share(subscriber: Peer, bits: float) -> float:
    return bits // max(1, sum(pair.publisher is not None for pair in subscriber.pairs))


def _spoke(publisher: Peer | None) -> int:
    """When somebody spoke, so coarse that those who speak by turns keep their places."""
    heard = [] if publisher is None else [one.loud_at for one in publisher.streams.values() if one.kind == "audio"]
    return int(max(heard, default=0.0) / BY_TURNS)


def _observed(peer: Peer, now: float) -> PeerObserved:
    sound = [(stream, stream.counted()) for stream in peer.streams.values() if stream.kind == "audio"]
    picture = [stream.counted() for stream in peer.streams.values() if stream.kind == "video"]
    frames = max((count[1] for count in picture), default=0)  # the same ones, in each size
    return PeerObserved(
        peer.name,
        audio_pps=float(sum(count[0] for _, count in sound)),
        audio_level=min((stream.level for stream, count in sound if count[0]), default=rtp.SILENCE),
        video_fps=float(frames),
        video_bytes_per_frame=sum(count[2] for count in picture) / frames if frames else 0.0,
        silent_ms=max(0, int((now - peer.last_sign) * 1000)),
    )
