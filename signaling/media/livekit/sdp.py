"""A page's one connection and LiveKit's two, each described to the other.

LiveKit has one connection for what a person sends, which they offer, and another for what they receive, which it
offers, with an m-line for each track of somebody that they get. A page has both in one connection, each as a BUNDLE
group of its own: m-lines 0 and 1 are its own sound and picture, receive slot i is 2+2i and 3+2i, and who is in a slot
changes by its SSRC alone. Of what a page says, only values that match a pattern reach LiveKit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from signaling.media.forwarder import sdp
from signaling.media.forwarder.rtp import AUDIO_PT, RTX_PT, VIDEO_PT

SOUND, PICTURE = "sound", "picture"  # what a person's tracks are called among LiveKit's
CODECS = {"audio": "opus", "video": "VP8"}
MAX_SSRCS = 4

_ICE = {
    "ice-ufrag": re.compile(r"^a=ice-ufrag:([A-Za-z0-9+/]{4,256})\s*$", re.MULTILINE),
    "ice-pwd": re.compile(r"^a=ice-pwd:([A-Za-z0-9+/]{22,256})\s*$", re.MULTILINE),
    "fingerprint": re.compile(r"^a=fingerprint:(sha-256 (?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})\s*$", re.MULTILINE),
}
_CANDIDATE = re.compile(
    r"^a=(candidate:[A-Za-z0-9+/]{1,32} \d{1,3} (?:udp|UDP|tcp|TCP) \d{1,10} [0-9a-fA-F.:]{2,45} \d{1,5} typ "
    r"(?:host|srflx|prflx|relay)[ A-Za-z0-9.:+/-]{0,200}?)\s*$",
    re.MULTILINE,
)
_MID = re.compile(r"^a=mid:([A-Za-z0-9_-]{1,16})\s*$", re.MULTILINE)
_SETUP = re.compile(r"^a=setup:(actpass|active|passive)\s*$", re.MULTILINE)
_DIRECTION = re.compile(r"^a=(sendonly|recvonly|inactive|sendrecv)\s*$", re.MULTILINE)
_SSRC = re.compile(r"^a=ssrc:(\d{1,10}) cname:", re.MULTILINE)
_FID = re.compile(r"^a=ssrc-group:FID (\d{1,10}) (\d{1,10})\s*$", re.MULTILINE)
_MSID = re.compile(r"^a=msid:\S+ (\S+)\s*$", re.MULTILINE)
_RTPMAP = re.compile(r"^a=rtpmap:(\d{1,3}) ([A-Za-z0-9-]+)/", re.MULTILINE)
_APT = re.compile(r"^a=fmtp:(\d{1,3}) apt=(\d{1,3})\s*$", re.MULTILINE)
_OF_CODEC = re.compile(r"^a=(?:rtpmap|fmtp|rtcp-fb):(\d{1,3}) [ A-Za-z0-9/;=,_.-]{1,200}\s*$")
_EXTENSION = re.compile(r"^a=extmap:\d{1,2} (\S+)\s*$")
_EXTENSIONS = (
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An m-line of LiveKit's offer; `track` is the one that it carries, None where it carries nothing now."""

    mid: str
    kind: str
    track: str | None
    ssrc: int
    rtx_ssrc: int | None
    media: tuple[str, ...]  # what it says of codecs and header extensions
    payloads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """How a side can be reached."""

    ufrag: str
    password: str
    fingerprint: str  # with its algorithm
    candidates: tuple[str, ...]

    def lines(self, setup: str) -> Iterator[str]:
        yield f"a=ice-ufrag:{self.ufrag}"
        yield f"a=ice-pwd:{self.password}"
        yield f"a=fingerprint:{self.fingerprint}"
        yield f"a=setup:{setup}"
        yield from (f"a={one}" for one in self.candidates)
        yield "a=end-of-candidates"


@dataclass(frozen=True, slots=True)
class Offered:
    """What LiveKit offers to send."""

    ground: Ground
    lite: bool
    lines: tuple[Line, ...]

    @property
    def carried(self) -> set[str]:
        return {line.track for line in self.lines if line.track is not None}


# -- what a person sends -------------------------------------------------------------------


def sending(offer: str) -> str:
    """A page's offer of its own sound and picture, as LiveKit is told it. Raises `SdpRefused`."""
    sections = _checked(offer)
    if [_kind(section) for section in sections] != ["audio", "video"]:
        raise sdp.SdpRefused("The offer has to be of sound and of picture.")
    ground = _ground(offer.partition("m=")[0], sections[0])
    lines = list(_head([_mid(section) for section in sections]))
    for section, name in zip(sections, (SOUND, PICTURE), strict=True):
        kind, (payloads, media) = _kind(section), _media(section)
        lines += [f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(payloads)}", "c=IN IP4 0.0.0.0", f"a=mid:{_mid(section)}"]
        lines += [*ground.lines("actpass"), "a=sendonly", "a=rtcp-mux", "a=rtcp-rsize", *media]
        lines.append(f"a=msid:dyad {name}")
        lines += [f"a=ssrc-group:FID {one} {other}" for one, other in _FID.findall(section)[: MAX_SSRCS // 2]]
        lines += [f"a=ssrc:{ssrc} cname:dyad" for ssrc in list(dict.fromkeys(_SSRC.findall(section)))[:MAX_SSRCS]]
    return _text(lines)


def answered(answer: str, candidates: Sequence[str]) -> str:
    """LiveKit's answer to it, with LiveKit's addresses, which it tells apart from the answer."""
    head, *sections = _split(answer)
    return head + "".join(_reachable(section, candidates) for section in sections)


# -- what a person receives ----------------------------------------------------------------


def offered(offer: str, candidates: Sequence[str]) -> Offered:
    """LiveKit's offer, understood. Raises `SdpRefused`."""
    head, *sections = _split(offer)
    if not sections:
        raise sdp.SdpRefused("LiveKit offers nothing.")
    ground = _ground(head, sections[0])
    known = Ground(ground.ufrag, ground.password, ground.fingerprint, tuple(dict.fromkeys(candidates)))
    return Offered(known, "a=ice-lite" in head, tuple(_line(section) for section in sections))


def receiving(own: str, theirs: Offered, slots: Sequence[tuple[str | None, str | None]], version: int) -> str:
    """The page's whole connection as it is offered anew, for the `version`-th time.

    `own` is LiveKit's answer to what the page sends; `slots` are the tracks of sound and of picture that each shows.
    """
    head, *sections = _split(own)
    shared = _text(line for line in head.splitlines() if line.startswith(("a=ice-", "a=fingerprint:")) and ":" in line)
    groups = [[_mid(section) for section in sections], [str(mid) for mid in range(2, 2 + 2 * len(slots))]]
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines += ["a=ice-lite"] if theirs.lite else []
    lines += [*(f"a=group:BUNDLE {' '.join(group)}" for group in groups), "a=msid-semantic: WMS *"]
    received = [
        line for n, track in enumerate(track for slot in slots for track in slot) for line in _slot(theirs, n, track)
    ]
    return _text(lines) + "".join(section + shared for section in sections) + _text(received)


def received(answer: str, theirs: Offered, slots: Sequence[tuple[str | None, str | None]]) -> str:
    """A page's answer to that, as LiveKit is told it: what no slot shows is declined. Raises `SdpRefused`."""
    sections = _checked(answer)
    if len(sections) != 2 + 2 * len(slots):
        raise sdp.SdpRefused("The answer's sections don't match the offer's.")
    setup, ground = _SETUP.search(sections[2]), _ground(answer.partition("m=")[0], sections[2])
    if setup is None or setup[1] != "active":
        raise sdp.SdpRefused("The answer must take the active DTLS role.")
    shown = {track for slot in slots for track in slot if track is not None}
    lines = list(_head([line.mid for line in theirs.lines]))
    for line in theirs.lines:
        direction = "recvonly" if line.track in shown else "inactive"
        lines += [f"m={line.kind} 9 UDP/TLS/RTP/SAVPF {' '.join(line.payloads)}", "c=IN IP4 0.0.0.0"]
        lines += [f"a=mid:{line.mid}", *ground.lines("active"), f"a={direction}", "a=rtcp-mux", "a=rtcp-rsize"]
        lines += line.media
    return _text(lines)


def _slot(theirs: Offered, number: int, track: str | None) -> Iterator[str]:
    kind = "video" if number % 2 else "audio"
    line = next((line for line in theirs.lines if track is not None and line.track == track), None)
    alike = line or next((line for line in theirs.lines if line.kind == kind), None)
    payloads = alike.payloads if alike else tuple(sdp.payloads(kind, True).split())
    yield f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(payloads)}"
    yield "c=IN IP4 0.0.0.0"
    yield from theirs.ground.lines("actpass")
    yield f"a=mid:{number + 2}"
    yield "a=sendonly"
    yield "a=rtcp-mux"
    yield "a=rtcp-rsize"
    yield from alike.media if alike else _plain(kind)
    yield f"a=msid:slot{number // 2} {kind}{number + 2}"
    if line is not None:
        ssrcs = [line.ssrc] if line.rtx_ssrc is None else [line.ssrc, line.rtx_ssrc]
        if line.rtx_ssrc is not None:
            yield f"a=ssrc-group:FID {line.ssrc} {line.rtx_ssrc}"
        yield from (f"a=ssrc:{ssrc} cname:slot{number // 2}" for ssrc in ssrcs)


def _plain(kind: str) -> Iterator[str]:
    """An m-line of which LiveKit has said nothing yet; its numbers are these too."""
    yield f"a=rtpmap:{AUDIO_PT} opus/48000/2" if kind == "audio" else f"a=rtpmap:{VIDEO_PT} VP8/90000"
    if kind == "video":
        yield f"a=rtpmap:{RTX_PT} rtx/90000"
        yield f"a=fmtp:{RTX_PT} apt={VIDEO_PT}"


# -- reading -------------------------------------------------------------------------------


def _line(section: str) -> Line:
    payloads, media = _media(section)
    direction, msid = _DIRECTION.search(section), _MSID.search(section)
    ssrcs = [int(ssrc) for ssrc in dict.fromkeys(_SSRC.findall(section))]
    again = _FID.search(section)
    sends = direction is not None and direction[1] in ("sendonly", "sendrecv") and msid is not None and ssrcs
    return Line(
        _mid(section), _kind(section), msid[1] if sends and msid else None,
        int(again[1]) if again else ssrcs[0] if ssrcs else 0, int(again[2]) if again else None, media, payloads,
    )  # fmt: skip


def _media(section: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The payload types of the one codec that we use, and what is said of them and of header extensions."""
    wanted = CODECS.get(_kind(section), "").lower()
    first = next((number for number, name in _RTPMAP.findall(section) if name.lower() == wanted), None)
    if first is None:
        raise sdp.SdpRefused("There is a section without the codec that it needs.")
    payloads = (first, *(number for number, of in _APT.findall(section) if of == first))
    kept = []
    for line in section.splitlines():
        codec, extension = _OF_CODEC.match(line), _EXTENSION.match(line)
        if (codec and codec[1] in payloads) or (extension and extension[1] in _EXTENSIONS):
            kept.append(line.rstrip())
    return payloads, tuple(kept)


def _checked(description: str) -> list[str]:
    """The sections of what a page says."""
    if len(description) > sdp.MAX_CHARS or len(description.splitlines()) > sdp.MAX_LINES:
        raise sdp.SdpRefused("The description is too long.")
    if not description.startswith("v=0"):
        raise sdp.SdpRefused("That is no SDP.")
    return _split(description)[1:]


def _ground(head: str, section: str) -> Ground:
    found = {name: pattern.search(section) or pattern.search(head) for name, pattern in _ICE.items()}
    ufrag, password, fingerprint = found["ice-ufrag"], found["ice-pwd"], found["fingerprint"]
    if not (ufrag and password and fingerprint):
        raise sdp.SdpRefused("The description has no usable credentials.")
    candidates = _CANDIDATE.findall(section)
    if len(candidates) > sdp.MAX_CANDIDATES:
        raise sdp.SdpRefused("The description has too many candidates.")
    return Ground(ufrag[1], password[1], fingerprint[1], tuple(candidates))


def _reachable(section: str, candidates: Sequence[str]) -> str:
    return section + "".join(f"a={one}\r\n" for one in dict.fromkeys(candidates)) + "a=end-of-candidates\r\n"


def _split(description: str) -> list[str]:
    return re.split(r"^(?=m=)", description, flags=re.MULTILINE)


def _kind(section: str) -> str:
    return section[2:].partition(" ")[0]


def _mid(section: str) -> str:
    found = _MID.search(section)
    if found is None:
        raise sdp.SdpRefused("There is a section without a mid.")
    return found[1]


def _head(mids: Iterable[str]) -> Iterator[str]:
    yield "v=0"
    yield "o=- 1 1 IN IP4 127.0.0.1"
    yield "s=-"
    yield "t=0 0"
    yield f"a=group:BUNDLE {' '.join(mids)}"
    yield "a=msid-semantic: WMS *"


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
