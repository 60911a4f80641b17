"""A token bucket: so many messages a second, with a burst."""

from __future__ import annotations


class Bucket:
    """Holds at most `burst` tokens and regains `rate` a second. `now` is any monotonic time in seconds."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, now

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`; a refused one costs nothing."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
