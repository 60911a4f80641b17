"""Transport-wide congestion control: which packets arrived, and when (draft-holmer-rmcat-transport-wide-cc-01).

Pure. Instants are seconds of any clock that only goes forward; numbers are those of the header extension, 16 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from signaling.media.forwarder import rtp

FORMAT = 15  # of transport feedback among RTP feedback
EVERY = 0.1  # s between two reports
MOST = 512  # packets that one report tells of
LAYOUTS = 32  # of headers that are remembered; a browser has a handful
TICK = 250e-6  # s
TICKS = 256  # to a step of the reference time

_HEAD = struct.Struct("!BBHLLHH")
_HEADING = rtp.TRANSPORT << 4 | 1  # of the header extension
_LOST, _SMALL, _LARGE = 0, 1, 2


class Arrivals:
    """What arrived from one client, until it is reported."""

    def __init__(self) -> None:
        self._came: list[tuple[int, float]] = []
        self._places: dict[int, int] = {}
        self._next: int | None = None  # the first number that no report told of
        self._reports, self._reported_at = 0, 0.0

    def number_at(self, packet: bytes) -> int:
        """Where a well-formed packet has its number; 0 for nowhere. Looked for only where it was not the last time."""
        if not packet[0] & 0x10:
            return 0
        layout = packet[0] << 16 | (packet[1] & 0x7F) << 8 | packet[15]
        at = self._places.get(layout, 0)
        if not at or packet[at - 1] != _HEADING:
            if len(self._places) >= LAYOUTS:
                self._places.clear()
            at = self._places[layout] = rtp.extension(packet, rtp.TRANSPORT)
        return at

    def came(self, seq: int, now: float) -> bool:
        """Note a packet; True when a report is due."""
        self._came.append((seq, now))
        return now - self._reported_at >= EVERY or len(self._came) >= MOST

    def report(self, sender: int, media: int, now: float) -> bytes:
        """The report of what came since the last one. At least one packet did."""
        first = self._next if self._next is not None else self._came[0][0]
        ahead = {((seq - first + 0x8000) & 0xFFFF) - 0x8000: at for seq, at in self._came}
        lowest, highest = min(0, *ahead), max(ahead)
        if highest - lowest >= MOST:
            lowest = highest - MOST + 1
        base = (first + lowest) & 0xFFFF
        self._next = (first + highest + 1) & 0xFFFF if highest >= 0 else first
        self._came.clear()
        self._reports, self._reported_at = (self._reports + 1) & 0xFF, now
        times = [ahead.get(step) for step in range(lowest, highest + 1)]
        return _written(sender, media, base, times, self._reports)


def _written(sender: int, media: int, base: int, times: list[float | None], number: int) -> bytes:
    reference = int(min(at for at in times if at is not None) / TICK) // TICKS
    before, symbols, deltas = reference * TICKS, list[int](), bytearray()
    for at in times:
        if at is None:
            symbols.append(_LOST)
            continue
        delta = max(-0x8000, min(0x7FFF, int(at / TICK) - before))
        before += delta
        symbols.append(_SMALL if 0 <= delta < 256 else _LARGE)
        deltas += struct.pack("!B" if 0 <= delta < 256 else "!h", delta)
    body = ((reference & 0xFFFFFF) << 8 | number).to_bytes(4, "big") + _chunks(symbols) + deltas
    body += bytes(-len(body) % 4)
    return _HEAD.pack(0x80 | FORMAT, 205, 3 + len(body) // 4, sender, media, base, len(times)) + body


def _chunks(symbols: list[int]) -> bytes:
    """Seven of two bits each."""
    out = bytearray()
    for at in range(0, len(symbols), 7):
        word = 0b11
        for symbol in (*symbols[at : at + 7], *[_LOST] * 6)[:7]:
            word = word << 2 | symbol
        out += word.to_bytes(2, "big")
    return bytes(out)


def read(body: bytes) -> list[tuple[int, float | None]]:
    """The packets that a report (header included) tells of: number, and the instant it arrived by the client's clock.

    Instants of one report are exact among one another; those of different ones, too, as long as the 24 bits of the
    reference time don't wrap (twelve days). Raises `IndexError` or `struct.error` for what is no report.
    """
    base, count = struct.unpack_from("!HH", body, 12)
    count = min(count, MOST)
    at, symbols = 20, list[int]()
    while len(symbols) < count:
        symbols += _symbols(int(struct.unpack_from("!H", body, at)[0]), count - len(symbols))
        at += 2
    tick, found = int.from_bytes(body[16:19], "big") * TICKS, list[tuple[int, float | None]]()
    for step, symbol in enumerate(symbols[:count]):
        if symbol == _SMALL:
            tick, at = tick + body[at], at + 1
        elif symbol == _LARGE:
            tick, at = tick + struct.unpack_from("!h", body, at)[0], at + 2
        arrived = symbol in (_SMALL, _LARGE)
        found.append(((base + step) & 0xFFFF, tick * TICK if arrived else None))
    return found


def _symbols(chunk: int, most: int) -> Iterator[int]:
    if not chunk & 0x8000:
        return iter([chunk >> 13 & 3] * min(chunk & 0x1FFF, most))
    if chunk & 0x4000:
        return iter([chunk >> 2 * step & 3 for step in range(6, -1, -1)])
    return iter([chunk >> step & 1 for step in range(13, -1, -1)])
