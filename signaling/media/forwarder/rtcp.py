"""RTCP packets: the few that the forwarder writes and reads (RFC 3550, RFC 4585, RFC 5104, REMB)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SENDER_REPORT, RECEIVER_REPORT, RTP_FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 205, 206
NACK, PLI, FIR, APPLICATION = 1, 1, 4, 15
EPOCH = 2_208_988_800  # s from the one of NTP, 1900, to 1970
MAX_PARTS = 32  # parts of one compound packet that are looked at
MAX_NACKED = 64  # packets that one feedback message may ask for


@dataclass(frozen=True, slots=True)
class Part:
    """One packet of a compound packet: `body` is whole, header included."""

    format: int
    kind: int
    body: bytes

    def word(self, at: int) -> int:
        """The 32 bits at byte `at`; 0 where the packet is shorter."""
        return int.from_bytes(self.body[at : at + 4], "big") if at + 4 <= len(self.body) else 0


def parts(data: bytes) -> Iterator[Part]:
    at = 0
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            return
        size = 4 * int.from_bytes(data[at + 2 : at + 4], "big") + 4
        yield Part(data[at] & 31, data[at + 1], data[at : at + size])
        at += size


def nack(sender: int, media: int, missing: Sequence[int]) -> bytes:
    items = b"".join(struct.pack("!HH", seq, 0) for seq in missing)
    return struct.pack("!BBHLL", 0x80 | NACK, RTP_FEEDBACK, 2 + len(missing), sender, media) + items


def nacked(part: Part) -> list[int]:
    """The sequence numbers that a NACK asks for, at most `MAX_NACKED`."""
    asked: list[int] = []
    for at in range(12, len(part.body) - 3, 4):
        first, mask = struct.unpack_from("!HH", part.body, at)
        asked.append(first)
        asked += [(first + bit + 1) & 0xFFFF for bit in range(16) if mask >> bit & 1]
        if len(asked) >= MAX_NACKED:
            break
    return asked[:MAX_NACKED]


def keyframe_request(sender: int, media: int) -> bytes:
    return struct.pack("!BBHLL", 0x80 | PLI, PAYLOAD_FEEDBACK, 2, sender, media)


def keyframe_wanted(part: Part) -> int | None:
    """The SSRC whose picture a PLI or FIR wants afresh."""
    if part.kind != PAYLOAD_FEEDBACK or part.format not in (PLI, FIR):
        return None
    return part.word(8 if part.format == PLI else 12)


def remb_of(part: Part) -> int | None:
    """The receiver's estimate in bits/s."""
    body = part.body
    if part.kind != PAYLOAD_FEEDBACK or part.format != APPLICATION or len(body) < 20 or body[12:16] != b"REMB":
        return None
    return (((body[17] & 3) << 16) | (body[18] << 8) | body[19]) << (body[17] >> 2)


def remb(sender: int, media: int, bitrate: int) -> bytes:
    exponent = 0
    while bitrate > 0x3FFFF:
        bitrate >>= 1
        exponent += 1
    top = (exponent << 2) | (bitrate >> 16)
    return struct.pack(
        "!BBHLL4sBBHL", 0x80 | APPLICATION, PAYLOAD_FEEDBACK, 5, sender, 0, b"REMB", 1, top, bitrate & 0xFFFF, media
    )


def receiver_report(sender: int, media: int, lost: tuple[int, int], highest: int, sr: tuple[int, int]) -> bytes:
    """`lost` is (fraction of 256, total); `sr` is (middle of the last report's NTP time, delay in 1/65536 s)."""
    loss = (lost[0] << 24) | (lost[1] & 0x7FFFFF)
    return struct.pack(
        "!BBHLLLLLLL", 0x81, RECEIVER_REPORT, 7, sender, media, loss, highest & 0xFFFFFFFF, 0, sr[0], sr[1] & 0xFFFFFFFF
    )


def ntp(seconds: float) -> int:
    """Seconds since 1970 as an NTP timestamp, 64 bits."""
    return int((seconds + EPOCH) * 2**32)


def ntp_of(part: Part) -> int:
    """The NTP timestamp of a sender report."""
    return int.from_bytes(part.body[8:16], "big")


def sender_report(source: int, at: int, stamp: int, sent: tuple[int, int]) -> bytes:
    """`stamp` is the RTP time of the NTP time `at` (lip sync); `sent` is packets, and bytes of payload, so far."""
    counts = (count & 0xFFFFFFFF for count in sent)
    at, stamp = at & 0xFFFFFFFFFFFFFFFF, stamp & 0xFFFFFFFF
    return struct.pack("!BBHLQLLL", 0x80, SENDER_REPORT, 6, source, at, stamp, *counts)
