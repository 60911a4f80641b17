"""The live side: who is connected, in which room, and with which media."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from server.application.membership import Membership
from server.application.reads import ReadLog
from server.application.uptime import MediaWatch
from server.composition.core import Core
from server.composition.media import Media
from signaling.gateway.hub import Hub
from signaling.gateway.namespace import SessionNamespace
from signaling.gateway.relay import Relay
from signaling.gateway.sockets import Sockets


@dataclass(frozen=True, slots=True)
class RoomParts:
    hub: Hub
    sockets: Sockets
    namespace: SessionNamespace
    media_watch: MediaWatch


def room_parts(core: Core, media: Media, homes: Membership, read_log: ReadLog) -> RoomParts:
    settings, clock, dispatcher = core.settings, core.clock, core.dispatcher
    sockets = Sockets(urlsplit(settings.base_url).netloc)
    relay = Relay(settings.turn, settings.turn_secret)
    hub = Hub(dispatcher, clock, media, sockets.emit, sockets.kick, relay, homes.elsewhere)
    homes.load = lambda: hub.seats.connections
    namespace = SessionNamespace(dispatcher, core.links, hub, clock, homes)
    namespace.reads = read_log
    sockets.server.register_namespace(namespace)
    media_watch = MediaWatch(dispatcher.submit, clock, hub.seats.sessions)
    media.subscribe(media_watch.on_media)
    return RoomParts(hub, sockets, namespace, media_watch)
