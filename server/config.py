"""Settings, read once: command line over environment (`DYAD_…`) over defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGES = Path(__file__).resolve().parent.parent / "web" / "dist"


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
    speed: float = 1.0
    demo: bool = False
    announce: tuple[str, ...] = ()
    media_port: int = 0
    clinic_email: str = "clinic@example.com"
    smtp: Smtp | None = None
    pages: Path = PAGES
    certificate: tuple[Path, Path] | None = None  # certificate and key, PEM
