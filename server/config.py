"""Settings, read once: command line over environment (`DYAD_…`) over defaults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

PAGES = Path(__file__).resolve().parent.parent / "web" / "dist"
SECURITY = {"smtps": "tls", "smtp+starttls": "starttls", "smtp": "none"}
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

    data: Path
    base_url: str
    host: str = "127.0.0.1"
    port: int = 8443
    announce: tuple[str, ...] = ()
    media_port: int = 0
    clinic_email: str = "clinic@example.com"
    smtp: Smtp | None = None
    pages: Path = PAGES
    certificate: tuple[Path, Path] | None = None  # certificate and key, PEM


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


def _pair(text: str) -> tuple[Path, Path]:
    certificate, key = text.split(",")
    return Path(certificate.strip()), Path(key.strip())


_READ: dict[str, Callable[[str], Any]] = {
    "data": Path,
    "port": _port,
    "media_port": _port,
    "announce": lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
    "smtp": smtp_of,
    "pages": Path,
    "certificate": _pair,
}


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that `DYAD_NAME`, or the file that `DYAD_NAME_FILE` names, give. Raises `SettingsRefused`."""
    known = {field.name for field in fields(Settings)}
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
    return found
