"""Where logs stand, as far as this process wrote or read it: so it need not be looked up for the next append."""

from __future__ import annotations

MOST = 10_000  # sessions known at once


class Heads:
    """Number and hash of the last line that is known of each session. A line never changes, so it stays true; but
    others may have written further, and at any time all of it may be forgotten: what one needs, one keeps."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, bytes]] = {}

    def get(self, session: str) -> tuple[int, bytes] | None:
        return self._known.get(session)

    def note(self, session: str, seq: int, hash: bytes) -> None:
        """Of a line that is durable; where one did not become so, all must be forgotten."""
        if len(self._known) >= MOST:
            self.forget()
        self._known[session] = seq, hash

    def forget(self) -> None:
        self._known.clear()
