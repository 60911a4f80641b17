"""The media backend that the settings name."""

from __future__ import annotations

from typing import Protocol

from server.application.ports import MediaBackend
from server.config import Settings
from signaling.media.backend import EmbeddedForwarder
from signaling.media.janus.backend import JanusBackend
from signaling.media.livekit.backend import LiveKitBackend


class Media(MediaBackend, Protocol):
    """A backend with a life: `ready` while it takes requests."""

    @property
    def ready(self) -> bool: ...

    async def start(self) -> None:
        """Raises `MediaRefused`."""

    async def stop(self) -> None: ...


def media_of(settings: Settings) -> Media:
    """The media backend that the settings name, not started."""
    if settings.media == "janus":
        where = (settings.janus_url, settings.janus_secret, settings.janus_admin_url, settings.janus_admin_secret)
        return JanusBackend(*where)
    if settings.media == "livekit":
        return LiveKitBackend(settings.livekit_url, settings.livekit_key, settings.livekit_secret)
    return EmbeddedForwarder(announce=settings.announce, port=settings.media_port)
