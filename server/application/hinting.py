"""Tells the other nodes what was written here, and looks up what they say was written there."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from datetime import datetime

from server.application.dispatcher import Dispatcher
from server.application.ports import CannotRead, Hint, Hints, RecordUnavailable


class Hinting:
    """A lost hint costs latency and nothing else: timekeeper, delivery and hub look at least once a second anyway."""

    def __init__(self, me: str, hints: Hints, dispatcher: Dispatcher, attended: Callable[[], Iterable[str]]) -> None:
        """`attended` names the sessions that somebody is connected to here."""
        self._me, self._hints, self._dispatcher, self._attended = me, hints, dispatcher, attended
        self._wanted: set[str] = set()
        self._more = asyncio.Event()
        dispatcher.written = self._written
        hints.subscribe(self._on_hint)

    async def run(self) -> None:
        """Runs until cancelled: reads on where somebody here looks at a session that another node wrote to."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._wanted:
                with contextlib.suppress(RecordUnavailable, CannotRead):
                    await self._dispatcher.session(self._wanted.pop())

    def _written(self, session: str, seq: int, deadline: datetime | None, posted: bool) -> None:
        self._hints.publish(Hint(self._me, session, seq, deadline, posted))

    def _on_hint(self, hint: Hint) -> None:
        if hint.node == self._me:
            return
        self._dispatcher.hear(hint.deadline, hint.outbox)
        if hint.session in self._attended():
            self._wanted.add(hint.session)
            self._more.set()
