"""RTP packets as bytes: what the forwarder reads and rewrites, and nothing of the payload (RFC 3550, RFC 8285).

What goes out has a header of our own making: of the sender's it keeps the marker, the loudness and what the payload
needs. Nothing else that a browser may say of itself or its surroundings is passed on.
"""

from __future__ import annotations

import struct
import time

AUDIO_PT, VIDEO_PT, RTX_PT = 111, 96, 97
AUDIO_CLOCK, VIDEO_CLOCK = 48_000, 90_000  # Hz
AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT, SIZE, REPAIRED = 1, 2, 3, 4, 5  # ids of the header extensions in every offer
SIZES = b"s", b"w"  # in which a group's pictures are sent, small and whole: the names of their streams (RFC 8852)
SILENCE = 127  # RFC 6464: -127 dBov

LEAST = 12  # bytes of a header
HEADER = 24  # bytes of every header that is sent
NUMBER_AT, LEVEL_AT, SEND_TIME_AT = 16, 20, 20  # of the number over all streams, with its heading, in such a header
IDS = struct.Struct("!HLL")  # sequence number, timestamp, SSRC: from byte 2 on
NUMBER = struct.Struct("!BH")
NUMBERED = TRANSPORT << 4 | 1  # heading of the number; nulls in its place are padding
_ONE_BYTE = b"\xbe\xde"
_SEEN = struct.Struct("!BB10s2sHxxxB3sx")  # a picture's header, and that of sound
_HEARD = struct.Struct("!BB10s2sHxxxBBxxx")


def is_rtcp(data: bytes) -> bool:
    """RFC 5761: told apart from RTP by the second byte."""
    return 63 < data[1] & 0x7F < 96


def sequence(packet: bytes) -> int:
    return (packet[2] << 8) | packet[3]


def timestamp(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def ssrc(packet: bytes) -> int:
    return int.from_bytes(packet[8:12], "big")


def payload_at(packet: bytes) -> int:
    """Where the payload begins; 0 where the version is not 2, or the CSRCs and extension don't lie in the packet."""
    if len(packet) < 12 or packet[0] >> 6 != 2:
        return 0
    end = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        if len(packet) < end + 4:
            return 0
        end += 4 + 4 * ((packet[end + 2] << 8) | packet[end + 3])
    return end if len(packet) >= end else 0


def extension(packet: bytes, wanted: int) -> int:
    """Offset of the data of a one-byte-header extension of a well-formed packet; 0 where it is absent."""
    if not packet[0] & 0x10:
        return 0
    at = 16 + 4 * (packet[0] & 15)
    end = at + 4 * ((packet[at - 2] << 8) | packet[at - 1])
    if packet[at - 4 : at - 2] != _ONE_BYTE:
        return 0
    while at < end:
        head = packet[at]
        length = (head & 15) + 1
        if head == 0:
            at += 1
        elif head >> 4 == wanted:
            return at + 1 if at + length < end else 0
        else:
            at += length + 1
    return 0


def size(packet: bytes, told_by: int = SIZE) -> int | None:
    """Which of `SIZES` a picture's packet is of, or is a retransmission of (`REPAIRED`); None where it is not told."""
    at = extension(packet, told_by)
    name = packet[at : at + (packet[at - 1] & 15) + 1] if at else b""
    return SIZES.index(name) if name in SIZES else None


def opens_keyframe(packet: bytes) -> bool:
    """Whether a packet from `own_picture` is the first of a frame that needs none before it (RFC 7741, 4.2 and 4.3)."""
    at = HEADER
    if len(packet) <= at or packet[at] & 0x17 != 0x10:  # the beginning of the first partition
        return False
    if packet[at] & 0x80:
        at += 1
        more = packet[at] if at < len(packet) else 0
        if more & 0x80:
            at += 2 if at + 1 < len(packet) and packet[at + 1] & 0x80 else 1
        at += bool(more & 0x40) + bool(more & 0x30)
    return at + 1 < len(packet) and not packet[at + 1] & 1


def own_picture(packet: bytes, payload: int) -> bytes:
    """A packet of a picture, whose payload begins there, under a header of ours with the time that it is now."""
    first, stamp = packet[0] & 0x20 | 0x90, (int(time.time() * 262144) & 0xFFFFFF).to_bytes(3, "big")
    head = _SEEN.pack(first, packet[1], packet[2:12], _ONE_BYTE, 2, ABS_SEND_TIME << 4 | 2, stamp)
    return head + packet[payload:]


def own_sound(packet: bytes, payload: int) -> bytes:
    """The same of sound, with its level; without one where the sender does not tell."""
    at = extension(packet, AUDIO_LEVEL)
    heading, level = (AUDIO_LEVEL << 4, packet[at]) if at else (0, 0)
    head = _HEARD.pack(packet[0] & 0x20 | 0x90, packet[1], packet[2:12], _ONE_BYTE, 2, heading, level)
    return head + packet[payload:]


def audio_level(packet: bytes) -> int | None:
    """RFC 6464 level, 0 (loud) to 127 (silence), of a packet from `own_sound`; None where the sender does not tell."""
    return packet[LEVEL_AT] & 0x7F if packet[LEVEL_AT - 1] else None
