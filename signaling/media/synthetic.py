"""A whole WebRTC client without a browser: a moving picture and a tone, for bots and tests."""

from __future__ import annotations

import array
import asyncio
import contextlib
import fractions
import math
import re
import time
from collections import Counter
from typing import Any

import aioice.ice
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from aiortc.sdp import candidate_from_sdp
from av import AudioFrame, VideoFrame

from signaling.media.bundles import joined, split

WIDTH, HEIGHT, FPS = 320, 240, 12
RATE, SAMPLES = 48_000, 960  # Hz, and samples in 20 ms
TONE = 220.0  # Hz
ROUND_OF_CHECKS = 0.05  # s
ANSWERED = 0.3  # s until an answer has certainly been passed on
SSRC = re.compile(r"^a=ssrc:(\d+) ", re.MULTILINE)
HUES = ((150, 110), (110, 150), (120, 100))  # Cb and Cr: blue, rose, green

_host_addresses = aioice.ice.get_host_addresses


def _with_loopback(*args: Any, **kwargs: Any) -> list[str]:
    """A machine without a network still has itself."""
    return _host_addresses(*args, **kwargs) or ["127.0.0.1"]


aioice.ice.get_host_addresses = _with_loopback


class Picture(MediaStreamTrack):
    """Soft bands that drift, so that anyone can see that it moves. `playing` False: the same picture, black."""

    kind = "video"

    def __init__(self, hue: int) -> None:
        super().__init__()
        self.playing = True
        self._hue, self._number, self._began = hue, 0, 0.0
        wave = [int(120 + 60 * math.sin(2 * math.pi * 3 * x / WIDTH)) for x in range(WIDTH)]
        self._band = bytes(wave * 2)

    async def recv(self) -> VideoFrame:
        await self._wait()
        frame = VideoFrame(WIDTH, HEIGHT, "yuv420p")
        at = 4 * self._number % WIDTH
        blue, red = HUES[self._hue % len(HUES)] if self.playing else (128, 128)
        row = self._band[at : at + WIDTH] if self.playing else bytes(WIDTH)
        lines = (row, bytes([blue]) * (WIDTH // 2), bytes([red]) * (WIDTH // 2))
        for plane, line in zip(frame.planes, lines, strict=True):
            plane.update(line.ljust(plane.line_size, b"\0") * plane.height)
        frame.pts, frame.time_base = self._number * (90_000 // FPS), fractions.Fraction(1, 90_000)
        return frame

    async def _wait(self) -> None:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began or time.monotonic()
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number / FPS - time.monotonic()))


class Tone(MediaStreamTrack):
    """A quiet sine. `playing` False: silence."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.playing = True
        self._number, self._began = 0, 0.0
        wave = (int(4000 * math.sin(2 * math.pi * TONE * at / RATE)) for at in range(RATE))
        self._second = array.array("h", wave).tobytes()

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        self._began = self._began or time.monotonic()
        self._number += 1
        await asyncio.sleep(max(0.0, self._began + self._number * SAMPLES / RATE - time.monotonic()))
        at, size = 2 * (self._number * SAMPLES % RATE), 2 * SAMPLES
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.planes[0].update(self._second[at : at + size] if self.playing else bytes(size))
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._number * SAMPLES, fractions.Fraction(1, RATE)
        return frame


class SyntheticPeer:
    """Answers the server's offer or offers itself, sends, and decodes what it is sent. `hue` tells peers apart."""

    def __init__(self, hue: int = 0, *, audio: bool = True, video: bool = True) -> None:
        self._pcs: list[RTCPeerConnection] = []
        self.tone = Tone() if audio else None
        self.picture = Picture(hue) if video else None
        self._frames: Counter[str] = Counter()
        self._packets = 0
        self._reading: list[asyncio.Task[None]] = []

    async def answer(self, offer: str) -> str:
        """The SDP answer to `offer`; connecting goes on in the background.

        aiortc knows one BUNDLE group, so each group of the offer has a connection of its own here.
        """
        first, *others = split(offer)
        held = [line for line in first.splitlines() if line.startswith("a=candidate:")] if others else []
        if held:
            first = "".join(line for line in first.splitlines(keepends=True) if "candidate" not in line)
        answers = [await self._answer_group(group) for group in (first, *others)]
        if held:
            self._reading.append(asyncio.create_task(self._reach(self._pcs[0], held[0])))
        return joined(answers)

    async def offer(self) -> str:
        """An SDP offer of this peer's own sound and picture, which `accept` completes."""
        pc = self._connection()
        for kind, track in (("audio", self.tone), ("video", self.picture)):
            pc.addTransceiver(track or kind, direction="sendonly")
        await pc.setLocalDescription(await pc.createOffer())
        return str(pc.localDescription.sdp)

    async def accept(self, answer: str) -> None:
        await self._pcs[0].setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def again(self, offer: str) -> str:
        """The SDP answer to what the server says anew of a connection that this peer has offered."""
        group = split(offer)[1]
        if len(self._pcs) == 1:
            answer = await self._answer_group(group)
        else:
            pc = self._pcs[1]
            await pc.setRemoteDescription(RTCSessionDescription(group, "offer"))
            await pc.setLocalDescription(await pc.createAnswer())
            answer = str(pc.localDescription.sdp)
        self._route(self._pcs[1], group)
        return joined([str(self._pcs[0].localDescription.sdp), answer])

    def _route(self, pc: RTCPeerConnection, offer: str) -> None:
        """aiortc keeps to the SSRCs that it was told first, so it is told of those that have come."""
        for line in pc.getTransceivers():
            transport: Any = line.receiver.transport
            section = next(one for one in offer.split("m=") if f"a=mid:{line.mid}\r\n" in one)
            for ssrc in SSRC.findall(section)[:1]:
                transport._rtp_router.ssrc_table[int(ssrc)] = line.receiver

    async def _reach(self, pc: RTCPeerConnection, line: str) -> None:
        """A Janus that is reached before it has our answer takes seconds to forgive it: its first checks fail."""
        await asyncio.sleep(ANSWERED)
        candidate = candidate_from_sdp(line.removeprefix("a=candidate:"))
        candidate.sdpMid = "0"
        await pc.addIceCandidate(candidate)

    def _connection(self) -> RTCPeerConnection:
        pc = RTCPeerConnection(RTCConfiguration(bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        pc.on("track", lambda track: self._on_track(pc, track))
        self._pcs.append(pc)
        return pc

    async def _answer_group(self, offer: str) -> str:
        first, pc = not self._pcs, self._connection()
        for track in (self.tone, self.picture):
            if track is not None and first:
                pc.addTrack(track)
        await pc.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        self._count_packets(pc)
        return str(pc.localDescription.sdp)

    def _count_packets(self, pc: RTCPeerConnection) -> None:
        """Counts every RTP packet that arrives, whether anybody wants it or not."""
        transport: Any = pc.getTransceivers()[0].receiver.transport
        handle = transport._handle_rtp_data

        async def counted(data: bytes, *args: Any, **kwargs: Any) -> None:
            self._packets += 1
            await handle(data, *args, **kwargs)

        transport._handle_rtp_data = counted

    def _on_track(self, pc: RTCPeerConnection, track: MediaStreamTrack) -> None:
        mid = next(t.mid for t in pc.getTransceivers() if t.receiver.track is track)
        self._reading.append(asyncio.ensure_future(self._read(track, int(mid or 0))))

    async def _read(self, track: MediaStreamTrack, mid: int) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                self.on_frame(track.kind, (mid - 2) // 2, await track.recv())

    def on_frame(self, kind: str, slot: int, frame: Any) -> None:
        """A frame was decoded: counted here, and looked at or listened to by whoever overrides this."""
        self._frames[f"{kind}{slot}"] += 1

    @property
    def state(self) -> str:
        """That of the connection which is furthest behind."""
        states = [str(pc.connectionState) for pc in self._pcs] or ["new"]
        return next((state for state in states if state != "connected"), "connected")

    def decoded(self, kind: str = "video") -> dict[int, int]:
        """Frames decoded so far, by receive slot."""
        return {int(name.removeprefix(kind)): n for name, n in self._frames.items() if name.startswith(kind)}

    @property
    def packets(self) -> int:
        """RTP packets that have arrived on the wire."""
        return self._packets

    async def close(self) -> None:
        for track in (self.tone, self.picture):
            if track is not None:
                track.stop()
        for pc in self._pcs:
            await self._end(pc)
        for task in self._reading:
            task.cancel()
        await asyncio.gather(*self._reading, return_exceptions=True)

    async def _end(self, pc: RTCPeerConnection) -> None:
        ice = [one.receiver.transport.transport for one in pc.getTransceivers()[:1]]
        connecting = [one for one in ice if one.state == "checking"]
        await pc.close()
        # aioice ends connecting up to one round of checks (20 ms) after its close, and then asks for consent for ever.
        if connecting:
            await asyncio.sleep(ROUND_OF_CHECKS)
            for one in connecting:
                await one._connection.close()
