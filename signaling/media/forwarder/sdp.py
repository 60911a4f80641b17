"""The one offer that the server makes, and the little that it needs of an answer (RFC 8829, 8839, 8842, 9143).

m0 and m1 are the client's sound and picture; receive slot i is m-lines 2+2i and 3+2i. Nobody renegotiates when people
come, go or are admitted: only a slot's source changes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from signaling.media.forwarder.rtp import (
    ABS_SEND_TIME,
    AUDIO_LEVEL,
    AUDIO_PT,
    REPAIRED,
    RTX_PT,
    SIZE,
    SIZES,
    TRANSPORT,
    VIDEO_PT,
)

_TRANSPORT = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
SOUND_BITRATE = 24_000  # bits/s: a voice is clear, and fits a link of 64 kbit/s with what surrounds it
START_BITRATE = 900_000  # bits/s that Chromium begins with: by itself it sends the whole picture many seconds late
MAX_CHARS = 65_536
MAX_CANDIDATES = 200
MAX_LINES = 2_000
MAX_REPAIRS = 4
MAX_FINGERPRINTS = 8  # three digests for each of two connections
_RTX = re.compile(rf"^a=rtpmap:{RTX_PT} rtx/90000\s*$", re.MULTILINE)
_REPAIR = re.compile(r"^a=ssrc-group:FID (\d{1,10}) (\d{1,10})\s*$", re.MULTILINE)
_FINGERPRINT = re.compile(r"^a=fingerprint:(sha-(?:256|384|512)) ((?:[0-9A-Fa-f]{2}:){31,63}[0-9A-Fa-f]{2})\s*$")


class SdpRefused(Exception):
    """An answer that cannot be meant for this server's offer; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What all sections that share one connection say of it."""

    candidates: Sequence[tuple[str, int]]  # IP addresses and UDP ports, the best first
    ufrag: str
    password: str
    fingerprint: str  # SHA-256, colon-separated hex
    rtx: bool = True  # whether what is lost is sent again as retransmissions (RFC 4588)


@dataclass(frozen=True, slots=True)
class SlotLine:
    kind: str
    mid: int
    ssrc: int
    rtx_ssrc: int  # of its retransmissions; sound has none


def offer(ground: Ground, slots: Sequence[SlotLine], receiving: Ground | None = None, *, layered: bool = False) -> str:
    """`receiving` is the ground of the receive slots, where they have a connection of their own. `layered`: the client
    is to send its picture in both sizes (RFC 8853)."""
    own, others = "0 1", " ".join(str(mid) for mid in range(2, 2 + len(slots)))
    groups = [f"{own} {others}"] if receiving is None else [own, others]
    lines = [
        "v=0",
        f"o=- {secrets.randbits(40)} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        *(f"a=group:BUNDLE {group}" for group in groups),
        "a=msid-semantic: WMS *",
        *_section(ground, "audio", 0, "recvonly"),
        *_section(ground, "video", 1, "recvonly"),
        *(_layers() if layered else ()),
    ]
    for slot in slots:
        name = f"slot{(slot.mid - 2) // 2}"
        lines += _section(receiving or ground, slot.kind, slot.mid, "sendonly")
        lines += [f"a=msid:{name} {slot.kind}{slot.mid}", f"a=ssrc:{slot.ssrc} cname:{name}"]
        if slot.kind == "video":
            lines += [f"a=ssrc-group:FID {slot.ssrc} {slot.rtx_ssrc}", f"a=ssrc:{slot.rtx_ssrc} cname:{name}"]
    return "\r\n".join(lines) + "\r\n"


def _section(ground: Ground, kind: str, mid: int, direction: str) -> Iterator[str]:
    address, port = ground.candidates[0]
    yield f"m={kind} {port} UDP/TLS/RTP/SAVPF {payloads(kind, ground.rtx)}"
    yield f"c=IN IP{6 if ':' in address else 4} {address}"
    for number, (address, port) in enumerate(ground.candidates):
        yield f"a=candidate:{number + 1} 1 udp {2130706431 - number} {address} {port} typ host"
    yield "a=end-of-candidates"
    yield f"a=ice-ufrag:{ground.ufrag}"
    yield f"a=ice-pwd:{ground.password}"
    yield f"a=fingerprint:sha-256 {ground.fingerprint}"
    yield "a=setup:actpass"
    yield f"a=mid:{mid}"
    yield f"a={direction}"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    yield f"a=extmap:{TRANSPORT} {_TRANSPORT}"
    yield f"a=rtcp-fb:{AUDIO_PT if kind == 'audio' else VIDEO_PT} transport-cc"
    yield from codec(kind, ground.rtx)


def _layers() -> Iterator[str]:
    names = [size.decode() for size in SIZES]
    yield f"a=fmtp:{VIDEO_PT} x-google-start-bitrate={START_BITRATE // 1000}"
    yield f"a=extmap:{SIZE} urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
    yield f"a=extmap:{REPAIRED} urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
    yield from (f"a=rid:{name} recv" for name in names)
    yield f"a=simulcast:recv {';'.join(names)}"


def payloads(kind: str, rtx: bool) -> str:
    """What an m-line lists."""
    return str(AUDIO_PT) if kind == "audio" else f"{VIDEO_PT} {RTX_PT}" if rtx else str(VIDEO_PT)


def codec(kind: str, rtx: bool) -> Iterator[str]:
    """The one codec of sound, or of pictures, with its feedback and header extensions."""
    payload = AUDIO_PT if kind == "audio" else VIDEO_PT
    if kind == "audio":
        yield f"a=rtpmap:{payload} opus/48000/2"
        yield f"a=fmtp:{payload} minptime=10;useinbandfec=1;usedtx=1;maxaveragebitrate={SOUND_BITRATE}"
        yield f"a=rtcp-fb:{payload} nack"
        yield f"a=extmap:{AUDIO_LEVEL} urn:ietf:params:rtp-hdrext:ssrc-audio-level"
        return
    yield f"a=rtpmap:{payload} VP8/90000"
    if rtx:
        yield f"a=rtpmap:{RTX_PT} rtx/90000"
        yield f"a=fmtp:{RTX_PT} apt={payload}"
    for feedback in ("nack", "nack pli", "ccm fir", "goog-remb"):
        yield f"a=rtcp-fb:{payload} {feedback}"
    yield f"a=extmap:{ABS_SEND_TIME} http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"


def takes_rtx(answer: str) -> bool:
    """Whether the client wants what it missed as retransmissions (RFC 4588), not as the packet once more."""
    return _RTX.search(answer) is not None


def numbers_packets(answer: str) -> bool:
    """Whether the client numbers its packets over all its streams, and reports which of ours arrived."""
    return f"a=extmap:{TRANSPORT} {_TRANSPORT}" in answer


def repairs_of(answer: str) -> dict[int, int]:
    """The SSRC of each picture that the client sends, by the SSRC of its retransmissions."""
    return {int(again): int(media) for media, again in _REPAIR.findall(answer)[:MAX_REPAIRS]}


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
    if not found or len(found) > MAX_FINGERPRINTS:
        raise SdpRefused("The answer has no usable certificate fingerprint.")
    return sorted((algorithm, value) for algorithm, value in found)
