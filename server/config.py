"""Settings, read once: command line over environment (`DYAD_…`) over defaults."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from server.adapters.sql.opening import parsed
from server.telemetry.logs import LEVELS

RECORD = "dyad.db"
PAGES = Path(__file__).resolve().parent.parent / "web" / "dist"
SECURITY = {"smtps": "tls", "smtp+starttls": "starttls", "smtp": "none"}
TURN = re.compile(r"(?:turn:[\w.-]+:\d{1,5}\?transport=(?:udp|tcp)|turns:[\w.-]+:\d{1,5}\?transport=tcp)")
LOCAL = ("localhost", "127.0.0.1", "::1")
MEDIA = {
    "forwarder": (),
    "janus": ("janus_url", "janus_secret", "janus_admin_url", "janus_admin_secret"),
    "livekit": ("livekit_url", "livekit_key", "livekit_secret"),
}  # what each needs
DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
MOST_DOMAIN = 200
DEFAULT_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}


class SettingsRefused(ValueError):
    """A setting that is unknown or cannot be read; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """Where mail goes out. Without it mail is kept and shown, as in the demo."""

    host: str
    port: int
    sender: str
    username: str | None = None
    password: str | None = None
    security: str = "starttls"


@dataclass(frozen=True, slots=True)
class Settings:
    """`base_url` begins every link; `speed` is policy seconds per second and is 1 except in a demo."""

    base_url: str
    data: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8443
    announce: tuple[str, ...] = ()
    media_port: int = 0
    media: str = "forwarder"  # or "janus", or "livekit"
    janus_url: str = ""  # its API as a websocket
    janus_secret: str = field(default="", repr=False)
    janus_admin_url: str = ""
    janus_admin_secret: str = field(default="", repr=False)
    livekit_url: str = ""
    livekit_key: str = ""
    livekit_secret: str = field(default="", repr=False)
    clinic_email: str = "clinic@example.com"
    smtp: Smtp | None = None
    pages: Path = PAGES
    certificate: tuple[Path, Path] | None = None  # certificate and key, PEM
    log_level: str = "info"  # "debug" | "info" | "warning" | "error"
    metrics_port: int | None = None  # without one there are no metrics
    turn: tuple[str, ...] = ()  # addresses of a relay, as browsers take them
    turn_secret: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)  # where the nodes meet; without it this one is alone
    node_address: str = ""  # where browsers reach this very node, as against all of them together
    node_port: int = 0  # a port of this node's own; `port` is then shared with the other nodes of this machine
    database_url: str | None = field(default=None, repr=False)  # may hold a password; None: a file in `data`
    text_gateway: str | None = None  # where texts are posted
    text_token: str = field(default="", repr=False)
    replies_domain: str | None = None
    replies_host: str = "127.0.0.1"
    replies_port: int | None = None

    @property
    def record(self) -> str:
        """The URL of the record."""
        if self.database_url is not None:
            return self.database_url
        assert self.data is not None
        return record_in(self.data)


def smtp_of(url: str) -> Smtp:
    """`smtp+starttls://USER:PASSWORD@HOST:PORT?SENDER` (or `smtps:`, `smtp:`), parts percent-encoded."""
    parts = urlsplit(url)
    if parts.scheme not in SECURITY or not parts.hostname or "@" not in parts.query:
        raise ValueError("smtp+starttls://USER:PASSWORD@HOST:PORT?SENDER@EXAMPLE.ORG")
    return Smtp(
        parts.hostname,
        parts.port or DEFAULT_PORTS[parts.scheme],
        unquote(parts.query),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        SECURITY[parts.scheme],
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError("a port number")
    return port


def _addresses(text: str) -> tuple[str, ...]:
    """IP addresses, IPv4 or IPv6: a name would not do in a candidate."""
    return tuple(str(ipaddress.ip_address(part)) for part in _listed(text))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _one_of(choices: Iterable[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(" or ".join(choices))
        return text

    return read


def _unencrypted_only_here(text: str, scheme: str, example: str) -> str:
    """An address of `scheme` followed by s, or of `scheme` on this very machine, without a password."""
    parts = urlsplit(text)
    plain = parts.scheme == scheme and parts.hostname in LOCAL
    if not parts.hostname or not (parts.scheme == f"{scheme}s" or plain) or parts.username or parts.fragment:
        raise ValueError(example)
    return text


def gateway_of(text: str) -> str:
    """Where texts are posted: over HTTPS, or to a gateway on this very machine."""
    example = "an https address without a password, such as https://texts.example.org/send"
    return _unencrypted_only_here(text, "http", example)


def _domain(text: str) -> str:
    if not DOMAIN.fullmatch(text) or len(text) > MOST_DOMAIN:
        raise ValueError("a mail domain such as replies.example.org")
    return text.lower()


def _pair(text: str) -> tuple[Path, Path]:
    certificate, key = text.split(",")
    return Path(certificate.strip()), Path(key.strip())


def _redis(text: str) -> str:
    if urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("redis://HOST:PORT/0 or rediss://USER:PASSWORD@HOST:PORT/0")
    return text


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("https://HOST or https://HOST/PATH")
    return text.rstrip("/")


def _turn(text: str) -> tuple[str, ...]:
    urls = _listed(text)
    if not all(TURN.fullmatch(url) for url in urls):
        raise ValueError("turn:HOST:PORT?transport=udp, turn:HOST:PORT?transport=tcp or turns:HOST:PORT?transport=tcp")
    return urls


def _websocket(text: str) -> str:
    return _unencrypted_only_here(text, "ws", "wss://HOST:PORT, or ws://127.0.0.1:PORT on this very machine")


def record_in(place: Path | str) -> str:
    """The URL of the record in a folder, which is made where it is missing; a URL stays what it is."""
    if isinstance(place, str) and "://" in place:
        return place
    folder = Path(place).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{folder / RECORD}"


def _database(text: str) -> str:
    parsed(text)
    return text


_READ: dict[str, Callable[[str], Any]] = {
    "data": Path,
    "port": _port,
    "media_port": _port,
    "media": _one_of(MEDIA),
    "janus_url": _websocket,
    "janus_admin_url": _websocket,
    "livekit_url": _websocket,
    "announce": _addresses,
    "turn": _turn,
    "redis_url": _redis,
    "node_address": _address,
    "node_port": _port,
    "smtp": smtp_of,
    "pages": Path,
    "certificate": _pair,
    "database_url": _database,
    "log_level": _one_of(LEVELS),
    "metrics_port": _port,
    "text_gateway": gateway_of,
    "replies_port": _port,
    "replies_domain": _domain,
}


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that `DYAD_NAME`, or the file that `DYAD_NAME_FILE` names, give. Raises `SettingsRefused`."""
    known = {one.name for one in fields(Settings)}
    found: dict[str, Any] = {}
    for variable, value in environment.items():
        if not variable.startswith("DYAD_"):
            continue
        name = variable.removeprefix("DYAD_").removesuffix("_FILE").lower()
        if name not in known:
            raise SettingsRefused(f"{variable} is not a setting. Known: {', '.join(sorted(known))}.")
        try:
            text = Path(value).read_text(encoding="utf-8").strip() if variable.endswith("_FILE") else value
            found[name] = _READ.get(name, str)(text)
        except OSError as fault:
            raise SettingsRefused(f"{variable}: the file cannot be read ({fault.strerror}).") from fault
        except ValueError as fault:
            raise SettingsRefused(f"{variable} cannot be understood; expected {fault}.") from fault
    for one, other in (("text_gateway", "text_token"), ("replies_domain", "replies_port")):
        if (one in found) != (other in found):
            raise SettingsRefused(f"DYAD_{one.upper()} and DYAD_{other.upper()} go together.")
    if bool(found.get("turn")) != bool(found.get("turn_secret")):
        raise SettingsRefused(
            "DYAD_TURN and DYAD_TURN_SECRET go together: a relay's addresses and what it shares with us."
        )
    for name in MEDIA[found.get("media", "forwarder")]:
        if not found.get(name):
            raise SettingsRefused(f"DYAD_MEDIA={found['media']} needs DYAD_{name.upper()}.")
    if found.get("redis_url") and not found.get("node_address"):
        raise SettingsRefused("DYAD_REDIS_URL needs DYAD_NODE_ADDRESS: where browsers reach this very node.")
    return found
