"""Dyad's one offer out of Janus' two connections, and the answer to it taken apart again.

Janus' videoroom has one connection for what a person sends and another for what they receive. Both go into one offer,
each as a BUNDLE group of its own. For sending, Janus wants to be offered to and to answer; so it is offered something
before the person's browser has been asked, and told the browser's credentials afterwards. Of what a browser says, only
values that match a pattern reach Janus; its candidates never do, since Janus learns its addresses from its checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from signaling.media.forwarder import sdp
from signaling.media.forwarder.rtp import RTX_PT

_CANDIDATE = re.compile(r"^a=candidate:\S+ 1 udp (\d+) (\S+) (\d+) typ (?:host|srflx|relay)", re.MULTILINE)
_SSRC = re.compile(r"^a=ssrc:(\d{1,10}) cname:", re.MULTILINE)
_CREDENTIALS = {
    "ice-ufrag": re.compile(r"^a=ice-ufrag:([A-Za-z0-9+/]{4,256})\s*$", re.MULTILINE),
    "ice-pwd": re.compile(r"^a=ice-pwd:([A-Za-z0-9+/]{22,256})\s*$", re.MULTILINE),
    "fingerprint": re.compile(r"^a=fingerprint:(sha-256 (?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})\s*$", re.MULTILINE),
}
_RTX = f"a=rtpmap:{RTX_PT} rtx/90000"
_DIRECTION = re.compile(r"^a=(sendonly|recvonly|inactive|sendrecv)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Credentials:
    ufrag: str
    password: str
    fingerprint: str  # with its algorithm


# Nobody's: no check that is made with them succeeds, so nothing connects before the true ones are known.
NOBODY = Credentials("none", "0" * 24, "sha-256 " + ":".join(["00"] * 32))


def sending(
    who: Credentials, tracks: Sequence[tuple[str, Sequence[str]]] = (("sendonly", ()), ("sendonly", ()))
) -> str:
    """What a person sends to Janus: as an offer before their browser is asked, as an answer afterwards.

    `tracks` are the direction and the SSRCs of sound and of picture.
    """
    lines = list(_head(["0", "1"]))
    for mid, (kind, (direction, ssrcs)) in enumerate(zip(("audio", "video"), tracks, strict=True)):
        lines += [*_section(kind, mid, direction, who, rtx=False), *(f"a=ssrc:{ssrc} cname:dyad" for ssrc in ssrcs)]
    return _text(lines)


def receiving(who: Credentials, slots: int) -> str:
    """The answer to what Janus offers to send in `slots` slots."""
    lines = list(_head([str(mid) for mid in range(2 * slots)]))
    for mid in range(2 * slots):
        lines += _section("video" if mid % 2 else "audio", mid, "recvonly", who, rtx=True)
    return _text(lines)


def ground(description: str) -> sdp.Ground:
    """How Janus can be reached, by its own description of a connection. Raises `SdpRefused`."""
    found = {(rank, address, int(port)) for rank, address, port in _CANDIDATE.findall(description)}
    best = sorted(found, key=lambda one: -int(one[0]))
    usable = [(address, port) for _, address, port in best if not ip_address(address).is_link_local]
    if not usable:
        raise sdp.SdpRefused("Janus has no address.")
    own = _credentials(description)
    return sdp.Ground(usable, own.ufrag, own.password, own.fingerprint.removeprefix("sha-256 "), _RTX in description)


def slot_lines(description: str) -> list[sdp.SlotLine]:
    """The slots that Janus offers, with the SSRC of each."""
    lines = []
    for number, section in enumerate(_sections(description)):
        ssrcs = [int(ssrc) for ssrc in dict.fromkeys(_SSRC.findall(section))]
        if len(ssrcs) <= number % 2:
            raise sdp.SdpRefused("Janus offers a slot without its SSRCs.")
        lines.append(sdp.SlotLine("video" if number % 2 else "audio", number + 2, ssrcs[0], ssrcs[-1]))
    return lines


def taken_apart(answer: str, slots: int) -> tuple[str, str]:
    """The answer of a browser as Janus is told it: what they send, and that they receive. Raises `SdpRefused`."""
    sdp.fingerprints_of(answer, 2 + 2 * slots)
    sections = _sections(answer)
    tracks = []
    for section in sections[:2]:
        direction = _DIRECTION.search(section)
        sends = direction is not None and direction[1] in ("sendonly", "sendrecv")
        tracks.append(("sendonly" if sends else "inactive", list(dict.fromkeys(_SSRC.findall(section)))[:2]))
    session = answer.partition("m=")[0]
    return (
        sending(_credentials(session + sections[0]), tracks),
        receiving(_credentials(session + sections[2]), slots) if slots else "",
    )


def _sections(description: str) -> list[str]:
    return re.split(r"^(?=m=)", description, flags=re.MULTILINE)[1:]


def _credentials(text: str) -> Credentials:
    found = {name: pattern.search(text) for name, pattern in _CREDENTIALS.items()}
    ufrag, password, fingerprint = found["ice-ufrag"], found["ice-pwd"], found["fingerprint"]
    if not (ufrag and password and fingerprint):
        raise sdp.SdpRefused("The description has no usable credentials.")
    return Credentials(ufrag[1], password[1], fingerprint[1])


def _head(mids: Sequence[str]) -> Iterator[str]:
    yield "v=0"
    yield "o=- 1 1 IN IP4 127.0.0.1"
    yield "s=-"
    yield "t=0 0"
    yield f"a=group:BUNDLE {' '.join(mids)}"


def _section(kind: str, mid: int, direction: str, who: Credentials, *, rtx: bool) -> Iterator[str]:
    yield f"m={kind} 9 UDP/TLS/RTP/SAVPF {sdp.payloads(kind, rtx)}"
    yield "c=IN IP4 0.0.0.0"
    yield f"a=mid:{mid}"
    yield f"a={direction}"
    yield "a=rtcp-mux"
    yield f"a=ice-ufrag:{who.ufrag}"
    yield f"a=ice-pwd:{who.password}"
    yield "a=ice-options:trickle"
    yield f"a=fingerprint:{who.fingerprint}"
    yield "a=setup:active"
    yield from sdp.codec(kind, rtx)


def _text(lines: Sequence[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
