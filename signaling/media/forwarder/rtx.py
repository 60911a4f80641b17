"""Retransmissions as a stream of their own (RFC 4588): the original packet's number, then its payload untouched."""

from __future__ import annotations

from signaling.media.forwarder import rtp


def wrapped(packet: bytes, seq: int) -> bytes:
    """The well-formed `packet`, known to the receiver as `seq`, as a retransmission; sending it sets its own ids."""
    end = rtp.payload_at(packet)
    kind = bytes([packet[0], packet[1] & 0x80 | rtp.RTX_PT])
    return kind + packet[2:end] + seq.to_bytes(2, "big") + packet[end:]


def unwrapped(packet: bytes, ssrc: int) -> bytes | None:
    """The packet of stream `ssrc` that a well-formed retransmission carries; None for one that only fills the line."""
    end = rtp.payload_at(packet)
    if len(packet) < end + 3 or (packet[0] & 0x20 and len(packet) <= end + 2 + packet[-1]):
        return None
    head = bytes([packet[0], packet[1] & 0x80 | rtp.VIDEO_PT]) + packet[end : end + 2] + packet[4:8]
    return head + ssrc.to_bytes(4, "big") + packet[12:end] + packet[end + 2 :]
