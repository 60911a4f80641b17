"""When a node is gone, its sessions live here or on another: their time stood still, and their people are looked for.

Nobody is blamed for a node's death (A1): what it was not there for is an outage of the sessions that lived on it, and
of no other. Its people come back with a newer epoch; only who stays away is dropped, by the epoch that was lost.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from server.application.dispatcher import Dispatcher
from server.application.membership import Membership
from server.application.ports import CannotRead, Clock, Node, Record, RecordUnavailable
from server.application.uptime import is_covered
from server.domain.session.commands import RecordOutage
from server.domain.session.evolve import has_begun
from server.domain.session.state import Session

LOOK_AGAIN = 10.0  # s of real time
AHEAD = timedelta(hours=3)  # whoever is connected to a session whose next deadline is later is looked for later
MOST = 5_000  # sessions looked at in one go, those with the earliest deadlines


class Takeover:
    def __init__(
        self,
        dispatcher: Dispatcher,
        record: Record,
        clock: Clock,
        homes: Membership,
        adopt: Callable[[Session], None],
    ) -> None:
        """`adopt` is told of sessions that live here; it knows whom of them it has."""
        self._dispatcher, self._record, self._clock = dispatcher, record, clock
        self._homes, self._adopt = homes, adopt
        self._gone: list[Node] = []
        self._changed = asyncio.Event()
        homes.subscribe(self._on_nodes)
        dispatcher.uptime.concerns = self._concerns

    async def run(self) -> None:
        """Runs until cancelled."""
        while True:
            gone, self._gone = self._gone, []
            try:
                await self.look(gone)
            except RecordUnavailable:
                self._gone = [*gone, *self._gone]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_AGAIN):
                    await self._changed.wait()
            self._changed.clear()

    async def look(self, gone: Sequence[Node]) -> None:
        """Take over what lives here now. Raises `RecordUnavailable`; again is harmless."""
        for id in await self._record.due(self._clock.now() + AHEAD, MOST):
            if self._homes.is_home(id):
                with contextlib.suppress(CannotRead):  # nobody here can say anything of it
                    await self._take_over(id, gone)

    async def _take_over(self, id: str, gone: Sequence[Node]) -> None:
        session = await self._dispatcher.session(id)
        before = self._homes.home(id, also=gone)
        if before in gone:
            session = await self._note(session, before)
        self._adopt(session)

    async def _note(self, session: Session, lost: Node) -> Session:
        now = self._clock.now()
        if session.plan is None or session.over or not has_begun(session, now):
            return session
        if session.paused_since is not None:  # its media worker was dead, and then all of the node was
            outage = RecordOutage(session.paused_since, now, cut=False)
        elif lost.seen < now and not is_covered(session, lost.seen, now):
            outage = RecordOutage(lost.seen, now, cut=False)
        else:
            return session
        return (await self._dispatcher.submit(session.id, outage)).session

    def _concerns(self, session: Session, since: datetime, until: datetime) -> bool:
        """Whether nobody watched this session while this node did not: another has it, or has taken it over then."""
        if not self._homes.others:
            return True
        return self._homes.is_home(session.id) and not is_covered(session, since, until)

    def _on_nodes(self, gone: Sequence[Node]) -> None:
        self._gone.extend(gone)
        self._changed.set()
