"""Credentials for the relay that carries media where a network lets no UDP through (TURN, RFC 8656).

The form is that of "A REST API For Access To TURN Services", which coturn reads as `use-auth-secret`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

LASTS = 4 * 3600  # s: a session with all that may run over; the relay asks for them again as long as it carries


@dataclass(frozen=True, slots=True)
class Relay:
    """`urls` are TURN addresses as browsers take them; `secret` is shared with the relay."""

    urls: Sequence[str] = ()
    secret: str = field(default="", repr=False)

    def servers(self, peer: str, now: float) -> list[dict[str, Any]]:
        """`iceServers` for one media connection, good for `LASTS` from `now` (Unix time); none without a relay.

        The user name says when it ends and, so that the relay's quota is each person's own, a name that only we know
        whose it is.
        """
        if not self.urls:
            return []
        who = self._digest(peer, "sha256").hex()[:16]
        username = f"{int(now) + LASTS}:{who}"
        credential = base64.b64encode(self._digest(username, "sha1")).decode()
        return [{"urls": list(self.urls), "username": username, "credential": credential}]

    def _digest(self, text: str, algorithm: str) -> bytes:
        return hmac.new(self.secret.encode(), text.encode(), getattr(hashlib, algorithm)).digest()
