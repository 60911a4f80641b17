"""A sound that is known beforehand, and an ear that says how much of it came through."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from aiortc.rtp import RtpPacket
from av import AudioFrame, CodecContext, Packet

from signaling.media.synthetic import RATE, SAMPLES, SyntheticPeer, Tone

NOTES = (400, 600, 850, 1150, 1500, 1900, 2400, 3000)  # Hz
FRAMES_A_NOTE = 5  # of 20 ms
TUNE = [random.Random(11).randrange(len(NOTES)) for _ in range(1009)]
PATIENCE = 3.0  # s that a packet may be later than the soonest: long, for a machine that stalls
BUSY = 0.4  # of what should have been heard, at least so much is, on a machine that is busy with other things
CHANCE = 1 / len(NOTES)  # what silence or noise scores

_AT = np.arange(SAMPLES) / RATE
_WAVES = {note: (8000 * np.sin(2 * np.pi * note * _AT)).astype(np.int16).tobytes() for note in NOTES}
_PROBES = np.exp(-2j * np.pi * np.outer(NOTES, _AT))


class Melody(Tone):
    """A tune in which no stretch of a second is like another."""

    async def recv(self) -> AudioFrame:
        frame = await super().recv()
        note = TUNE[self._number // FRAMES_A_NOTE % len(TUNE)]
        frame.planes[0].update(_WAVES[NOTES[note]])
        return frame


class Listener(SyntheticPeer):
    """Plays the melody, and keeps the sound that arrives in each slot as (RTP time, when it came, Opus).

    aiortc's own buffer gives up sound that had come when what is beside it is lost; a browser's does not.
    """

    def __init__(self, hue: int = 0, *, video: bool = True) -> None:
        super().__init__(hue, video=video)
        self.tone = Melody()
        self.came: dict[int, list[tuple[int, float, bytes]]] = {}

    async def answer(self, offer: str) -> str:
        answer = await super().answer(offer)
        for index, one in enumerate(self._pcs[0].getTransceivers()[2::2]):
            self._overhear(one.receiver, self.came.setdefault(index, []))
        return answer

    def _overhear(self, receiver: Any, came: list[tuple[int, float, bytes]]) -> None:
        handle = receiver._handle_rtp_packet

        async def heard(packet: RtpPacket, arrival_time_ms: int) -> None:
            came.append((packet.timestamp, time.monotonic(), packet.payload))
            await handle(packet, arrival_time_ms)

        receiver._handle_rtp_packet = heard

    async def listen(self, seconds: float, slot: int = 0) -> float:
        """How much of the melody is heard in this slot from now on for so long: 1 is all of it."""
        before = len(self.came[slot])
        await asyncio.sleep(seconds)
        return recognised(notes(self.came[slot][before:]), int(seconds * RATE / SAMPLES * BUSY))


def notes(came: Sequence[tuple[int, float, bytes]]) -> list[tuple[int, int]]:
    """What somebody hears who waits `PATIENCE` for each packet, as (RTP time in frames, note)."""
    if not came:
        return []
    decoder = CodecContext.create("opus", "r")
    soonest = min(at - stamp / RATE for stamp, at, _ in came)
    heard = []
    for stamp, at, payload in sorted(came):
        if at - stamp / RATE > soonest + PATIENCE:
            continue
        for frame in decoder.decode(Packet(payload)):
            samples = frame.to_ndarray().astype(float).reshape(-1)[: 2 * SAMPLES]
            mono = samples[::2] if frame.format.is_packed and frame.layout.nb_channels == 2 else samples[:SAMPLES]
            heard.append((stamp // SAMPLES, int(np.abs(_PROBES[:, : len(mono)] @ mono).argmax())))
    return heard


def recognised(heard: Sequence[tuple[int, int]], least: int) -> float:
    """The share of the frames, from the first heard to the last and at least so many, that carried the right note
    at whatever place of the tune fits best."""
    if not heard:
        return 0.0
    expected = max(least, max(at for at, _ in heard) - min(at for at, _ in heard) + 1)
    at, notes = np.array([one for one, _ in heard]), np.array([note for _, note in heard])
    score = np.array(TUNE).repeat(FRAMES_A_NOTE)
    hits = [(score[(at + offset) % len(score)] == notes).sum() for offset in range(len(score))]
    return float(max(hits) / expected)
