"""RTP packets as bytes: what the forwarder reads and rewrites, and nothing of the payload (RFC 3550, RFC 8285)."""

from __future__ import annotations

import struct
import time

AUDIO_PT, VIDEO_PT, RTX_PT = 111, 96, 97
AUDIO_CLOCK, VIDEO_CLOCK = 48_000, 90_000  # Hz
AUDIO_LEVEL, ABS_SEND_TIME, TRANSPORT = 1, 2, 3  # ids of the header extensions in every offer
SILENCE = 127  # RFC 6464: -127 dBov

LEAST = 12  # bytes of a header
IDS = struct.Struct("!HLL")  # sequence number, timestamp, SSRC: from byte 2 on


def is_rtcp(data: bytes) -> bool:
    """RFC 5761: told apart from RTP by the second byte."""
    return 63 < data[1] & 0x7F < 96


def sequence(packet: bytes) -> int:
    return (packet[2] << 8) | packet[3]


def timestamp(packet: bytes) -> int:
    return int.from_bytes(packet[4:8], "big")


def ssrc(packet: bytes) -> int:
    return int.from_bytes(packet[8:12], "big")


def is_well_formed(packet: bytes) -> bool:
    """Version 2, and the header with its CSRCs and extension lies inside the packet."""
    if len(packet) < 12 or packet[0] >> 6 != 2:
        return False
    end = 12 + 4 * (packet[0] & 15)
    if packet[0] & 0x10:
        if len(packet) < end + 4:
            return False
        end += 4 + 4 * ((packet[end + 2] << 8) | packet[end + 3])
    return len(packet) >= end


def header_size(packet: bytes) -> int:
    """Bytes of a well-formed packet before its payload."""
    end = 12 + 4 * (packet[0] & 15)
    return end + 4 + 4 * ((packet[end + 2] << 8) | packet[end + 3]) if packet[0] & 0x10 else end


def extension(packet: bytes, wanted: int) -> int:
    """Offset of the data of a one-byte-header extension of a well-formed packet; 0 where it is absent."""
    if not packet[0] & 0x10:
        return 0
    at = 16 + 4 * (packet[0] & 15)
    end = at + 4 * ((packet[at - 2] << 8) | packet[at - 1])
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


def audio_level(packet: bytes) -> int | None:
    """RFC 6464 level, 0 (loud) to 127 (silence); None where the sender does not tell."""
    at = extension(packet, AUDIO_LEVEL)
    return packet[at] & 0x7F if at else None


def with_send_time(packet: bytes) -> bytes:
    """The packet with abs-send-time set to now: a subscriber's REMB is of its own downlink."""
    at = extension(packet, ABS_SEND_TIME)
    if not at or at + 3 > len(packet):
        return packet
    stamp = (int(time.time() * 262144) & 0xFFFFFF).to_bytes(3, "big")
    return packet[:at] + stamp + packet[at + 3 :]
