"""So many tries in so many seconds for each key, such as an address; kept in this process."""

from __future__ import annotations

import time

from server.http.problems import Problem

MOST_KEYS = 10_000


class Throttle:
    def __init__(self, rate: int, seconds: float) -> None:
        self._rate, self._seconds = rate, seconds
        self._tries: dict[str, list[float]] = {}

    def count(self, key: str) -> None:
        """Raises `Problem` 429 instead of counting one try too many."""
        now = time.monotonic()
        if len(self._tries) > MOST_KEYS:
            self._tries.clear()
        recent = [at for at in self._tries.get(key, []) if now - at < self._seconds]
        if len(recent) >= self._rate:
            raise Problem(429, "too_many_requests", "Too many tries. Please wait a moment.")
        self._tries[key] = [*recent, now]
