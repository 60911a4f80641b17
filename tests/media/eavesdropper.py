"""A media worker that a curious operator could run: it forwards as the real one does, and keeps all it can read.

Each picture packet goes to the file that `EAVESDROP` names, as two bytes of length and the RTP packet in the clear.
"""

from __future__ import annotations

import os

from signaling.media import worker
from signaling.media.forwarder import peer, rtp

_heard = open(os.environ["EAVESDROP"], "ab", buffering=0)  # noqa: SIM115 - as long as the process
_forward = peer.Peer._on_rtp


def _listen(self: peer.Peer, packet: bytes) -> None:
    if rtp.payload_at(packet) and packet[1] & 0x7F == rtp.VIDEO_PT:
        _heard.write(len(packet).to_bytes(2, "big") + packet)
    _forward(self, packet)


peer.Peer._on_rtp = _listen  # type: ignore[method-assign]

if __name__ == "__main__":
    worker.main()
