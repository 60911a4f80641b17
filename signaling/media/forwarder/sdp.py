"""The one offer that the server makes, and the little that it needs of an answer (RFC 8829, RFC 8839, RFC 8842).

m0 and m1 are the client's sound and picture; receive slot i is m-lines 2+2i and 3+2i. Nobody renegotiates when people
come, go or are admitted: only a slot's source changes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signaling.media.forwarder.rtp import ABS_SEND_TIME, AUDIO_LEVEL, AUDIO_PT, VIDEO_PT

MAX_CHARS = 65_536
MAX_CANDIDATES = 200
MAX_LINES = 2_000
_FINGERPRINT = re.compile(r"^a=fingerprint:(sha-(?:256|384|512)) ((?:[0-9A-Fa-f]{2}:){31,63}[0-9A-Fa-f]{2})\s*$")


class SdpRefused(Exception):
    """An answer that cannot be meant for this server's offer; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What every section of an offer shares."""

    addresses: Sequence[str]
    port: int
    ufrag: str
    password: str
    fingerprint: str  # SHA-256, colon-separated hex


@dataclass(frozen=True, slots=True)
class SlotLine:
    kind: str
    mid: int
    ssrc: int


def offer(ground: Ground, slots: Sequence[SlotLine]) -> str:
    mids = " ".join(str(mid) for mid in range(2 + len(slots)))
    lines = [
        "v=0",
        f"o=- {secrets.randbits(40)} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        f"a=group:BUNDLE {mids}",
        "a=msid-semantic: WMS *",
        *_section(ground, "audio", 0, "recvonly"),
        *_section(ground, "video", 1, "recvonly"),
    ]
    for slot in slots:
        name = f"slot{(slot.mid - 2) // 2}"
        lines += _section(ground, slot.kind, slot.mid, "sendonly")
        lines += [f"a=msid:{name} {slot.kind}{slot.mid}", f"a=ssrc:{slot.ssrc} cname:{name}"]
    return "\r\n".join(lines) + "\r\n"


def _section(ground: Ground, kind: str, mid: int, direction: str) -> Iterator[str]:
    payload = AUDIO_PT if kind == "audio" else VIDEO_PT
    yield f"m={kind} {ground.port} UDP/TLS/RTP/SAVPF {payload}"
    yield f"c=IN IP4 {ground.addresses[0]}"
    for number, address in enumerate(ground.addresses):
        yield f"a=candidate:{number + 1} 1 udp {2130706431 - number} {address} {ground.port} typ host"
    yield "a=end-of-candidates"
    yield f"a=ice-ufrag:{ground.ufrag}"
    yield f"a=ice-pwd:{ground.password}"
    yield f"a=fingerprint:sha-256 {ground.fingerprint}"
    yield "a=setup:actpass"
    yield f"a=mid:{mid}"
    yield f"a={direction}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    if kind == "audio":
        yield f"a=rtpmap:{payload} opus/48000/2"
        yield f"a=fmtp:{payload} minptime=10;useinbandfec=1;usedtx=1"
        yield f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level"
        return
    yield f"a=rtpmap:{payload} VP8/90000"
    for feedback in ("nack", "nack pli", "ccm fir", "goog-remb"):
        yield f"a=rtcp-fb:{payload} {feedback}"
    yield f"a=extmap:{ABS_SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


def fingerprints_of(answer: str, sections: int) -> list[tuple[str, str]]:
    """The answer's certificate fingerprints as (algorithm, value). Raises `SdpRefused`."""
    if len(answer) > MAX_CHARS:
        raise SdpRefused("The answer is too long.")
    lines = answer.splitlines()
    if len(lines) > MAX_LINES or sum(line.startswith("a=candidate:") for line in lines) > MAX_CANDIDATES:
        raise SdpRefused("The answer has too many lines.")
    if not lines or lines[0] != "v=0":
        raise SdpRefused("That is not an SDP answer.")
    if sum(line.startswith("m=") for line in lines) != sections:
        raise SdpRefused("The answer's sections don't match the offer's.")
    if not any(line.startswith("a=ice-ufrag:") for line in lines):
        raise SdpRefused("The answer has no ICE credentials.")
    if any(line.startswith("a=setup:") and line.strip() != "a=setup:active" for line in lines):
        raise SdpRefused("The answer must take the active DTLS role.")
    found = {match.groups() for line in lines if (match := _FINGERPRINT.match(line))}
    if not found or len(found) > 4:
        raise SdpRefused("The answer has no usable certificate fingerprint.")
    return sorted((algorithm, value) for algorithm, value in found)
