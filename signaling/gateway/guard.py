"""A Socket.IO server that dispatches only what a client may send.

python-socketio runs a client's event named `connect` or `disconnect` as the server's own handler: a client could forge
an absence. Everything is checked here, before dispatch; tests/gateway fails if an upgrade goes round it.
"""

from __future__ import annotations

from typing import Any

import socketio
from socketio import packet as packets

from server.telemetry import log

RESERVED = frozenset(
    {"connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener", "error"}
)


def is_dispatchable(data: object) -> bool:
    """Whether an event packet's data is a list that begins with a name a client may use."""
    return (
        isinstance(data, list)
        and 1 <= len(data) <= 2
        and isinstance(data[0], str)
        and data[0] not in RESERVED
        and not data[0].startswith("_")
    )


class GuardedServer(socketio.AsyncServer):  # type: ignore[misc]
    """Refuses reserved, malformed and binary events with an acknowledgement, and passes on the rest."""

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            await super()._handle_eio_message(eio_sid, data)
        except Exception as error:  # whatever the library trips over was sent by this client alone
            log.warning("a frame could not be read; closing its connection", error=error)
            await self.eio.disconnect(eio_sid)

    async def hang_up(self, sid: str, namespace: str) -> None:
        """Close the connection under a client that does not stop."""
        eio_sid = self.manager.eio_sid_from_sid(sid, namespace)
        if eio_sid is not None:
            await self.eio.disconnect(eio_sid)

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if is_dispatchable(data):
            await super()._handle_event(eio_sid, namespace, id, data)
            return
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace or "/")
        if sid is not None and id is not None:
            error = {"error": {"type": "malformed", "message": "That is not a message we understand."}}
            packet = self.packet_class(packets.ACK, namespace=namespace, id=id, data=[error])
            await self._send_packet(eio_sid, packet)
