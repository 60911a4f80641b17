"""A Socket.IO server that dispatches only what a client may send.

python-socketio runs a client's event named `connect` or `disconnect` as the server's own handler: a client could forge
an absence. Everything is checked here, before dispatch; tests/gateway fails if an upgrade goes round it.
"""

from __future__ import annotations

from typing import Any

import socketio

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

    async def _handle_event(self, eio_sid: str, namespace: str | None, id: int | None, data: Any) -> None:
        if is_dispatchable(data):
            await super()._handle_event(eio_sid, namespace, id, data)
            return
        sid = self.manager.sid_from_eio_sid(eio_sid, namespace or "/")
        if sid is not None and id is not None:
            error = {"error": {"type": "malformed", "message": "That is not a message we understand."}}
            packet = self.packet_class(self.packet_class.ACK, namespace=namespace, id=id, data=[error])
            await self._send_packet(eio_sid, packet)
